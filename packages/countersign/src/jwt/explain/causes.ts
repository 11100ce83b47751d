import { forgeCauses } from './forge-causes.ts';

/** The causes of Connect, and those that any call to Jira may have. */
const connectCauses = {
  // The credential as it was sent ------------------------------------------------------------------------------------
  'CS-TOKEN-MISSING': {
    title: 'There is no token',
    where: ['to-jira', 'from-jira'],
    symptoms: [
      'You are not authenticated. Authentication required to perform this operation.',
      'Could not find authentication data on request',
    ],
    why: 'The request carries no Authorization header, or an empty one: the client dropped it, a server in between took it away, or the code never set it.',
    fix: 'Send the header `Authorization: JWT <token>` with every request, and look at what leaves the machine.',
  },
  'CS-TOKEN-NOT-TEXT': {
    title: 'The token is no text: a value was put into the header before it was there',
    where: ['to-jira', 'from-jira'],
    symptoms: ['Authorization: JWT undefined', 'Authorization: JWT [object Promise]'],
    why: '`undefined`, `null` or an object was turned into text: a variable that was never set, or a promise that was not awaited.',
    fix: 'Await the function that makes the token, and check that what it gives is text before it goes into the header.',
  },
  'CS-PLACEHOLDER': {
    title: 'A placeholder was never filled in',
    where: ['to-jira', 'from-jira'],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a placeholder that was never filled is what is looked for.
    symptoms: ['Authorization: JWT {{token}}', 'GET /rest/api/3/issue/${key}'],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a placeholder that was never filled is what is looked for.
    why: 'The text still holds a placeholder such as ${key}, {{token}} or <token>: single quotes where backticks belong, or an environment that was not loaded.',
    fix: 'Fill the placeholder in before the request is signed and sent.',
  },
  'CS-SCHEME-BEARER': {
    title: 'The scheme is Bearer; a Connect token travels as JWT',
    where: ['to-jira', 'from-jira'],
    symptoms: [
      "Field 'summary' cannot be set. It is not on the appropriate screen, or unknown.",
      '{"error": "Failed to parse Connect Session Auth Token"}',
    ],
    why: 'Jira does not take `Bearer <token>` for a login of the app. The request goes on as anonymous, so the answer is often about screens or permissions and not about the token.',
    fix: 'Write `Authorization: JWT <token>` in place of `Authorization: Bearer <token>`.',
  },
  'CS-SCHEME-TOKEN-PARAM': {
    title: 'The header says `JWT token=…`',
    where: ['to-jira', 'from-jira'],
    symptoms: [],
    why: 'Some libraries (requests_jwt) write `JWT token="…"`. Jira takes everything after the word JWT for the token.',
    fix: 'Send the word JWT, one space and the token: `Authorization: JWT <token>`, without `token=`.',
  },
  'CS-SCHEME-CASE': {
    title: 'The scheme is not written JWT in capital letters',
    where: ['to-jira'],
    symptoms: [],
    why: 'Frameworks on both sides look for the four characters `JWT ` exactly.',
    fix: 'Write the scheme as `JWT`, in capital letters.',
  },
  'CS-SCHEME-MISSING': {
    title: 'The header holds a token without the word JWT before it',
    where: ['to-jira', 'from-jira'],
    symptoms: [],
    why: 'Without a scheme nobody knows what the text is.',
    fix: 'Write `Authorization: JWT <token>`: the word JWT, one space, the token.',
  },
  'CS-SCHEME-DOUBLED': {
    title: 'The header names a scheme, or itself, twice',
    where: ['to-jira', 'from-jira'],
    symptoms: ['Authorization: Bearer JWT eyJ…', 'Authorization: JWT JWT eyJ…'],
    why: 'The code adds `JWT ` and the library adds a scheme of its own (axios and Postman do so for a "token" option), or the name of the header is in its value.',
    fix: 'Set the header in one place only, to exactly `JWT <token>`.',
  },
  'CS-SCHEME-FORM': {
    title: 'Between the word JWT and the token is not exactly one space',
    where: ['to-jira', 'from-jira'],
    symptoms: ['Authorization: JWT: eyJ…'],
    why: 'A colon, an equals sign, no space or two spaces become part of the token, or of the scheme.',
    fix: 'Write `Authorization: JWT <token>` with one space and nothing else.',
  },
  'CS-SCHEME-UNKNOWN': {
    title: 'The scheme of the Authorization header is none that Jira knows here',
    where: ['to-jira', 'from-jira'],
    symptoms: [],
    why: 'Jira takes JWT from a Connect app, Basic from a person with an API token and Bearer from an OAuth or Forge app.',
    fix: 'Write `Authorization: JWT <token>`.',
  },
  'CS-SCHEME-BASIC': {
    title: 'A Basic login was sent where a JWT belongs',
    where: ['to-jira'],
    symptoms: [
      'Basic auth with password is not allowed on this instance',
      'Basic authentication with passwords is deprecated.',
      'Basic Authentication Failure - Reason : AUTHENTICATED_FAILED',
    ],
    why: 'An app has no user name and password: the key and the shared secret never travel. Often a default of the HTTP client (axios `auth`, a URL with a user in it, a proxy) puts Basic over the header that the code set.',
    fix: 'Remove every other credential from the client (its `auth` option, user:password@ in the URL) and send `Authorization: JWT <token>`.',
  },
  'CS-HEADER-TWICE': {
    title: 'More than one Authorization header was sent',
    where: ['to-jira', 'from-jira'],
    symptoms: [],
    why: 'A default of the client and the header of this call were both sent, or joined with a comma.',
    fix: 'Set the Authorization header once, in one place.',
  },
  'CS-TOKEN-QUOTED': {
    title: 'The token stands in quotes or brackets',
    where: ['to-jira', 'from-jira'],
    symptoms: ['Authorization: JWT "eyJ…"'],
    why: 'JSON.stringify on a text adds quotes, and so does a shell variable that was quoted twice.',
    fix: 'Send the bare token, without quotes or brackets around it.',
  },
  'CS-TOKEN-WHITESPACE': {
    title: 'There is a space or a line break inside the token',
    where: ['to-jira', 'from-jira'],
    symptoms: ['Invalid character in header content ["Authorization"]'],
    why: 'The token was wrapped by a terminal, or by a tool that breaks base64 into lines of 76 characters (`base64` without -w0).',
    fix: 'Take every space and line break out of the token.',
  },
  'CS-TOKEN-ENCODED': {
    title: 'The token was encoded once more before it was sent',
    where: ['to-jira', 'from-jira'],
    symptoms: [],
    why: 'The whole token went through encodeURIComponent or base64. In a header it is sent as it is.',
    fix: 'Send the token as it was made; it needs no encoding in a header.',
  },
  'CS-TOKEN-BASE64': {
    title: 'The token is written in plain base64, not in base64url',
    where: ['to-jira', 'from-jira'],
    symptoms: [],
    why: 'A token made by hand with plain base64 has `+`, `/` and `=` in it, where base64url has `-`, `_` and nothing.',
    fix: 'Encode header, claims and signature with base64url: `-` for `+`, `_` for `/`, and no `=`.',
  },
  'CS-TOKEN-TRUNCATED': {
    title: 'The token was cut short',
    where: ['to-jira', 'from-jira'],
    symptoms: [
      'Not enough or too many JWT token segments; should be 3',
      'Not enough or too many segments',
    ],
    why: 'A part is missing at the end or its signature is too short: a column too narrow, a log that shortens, a copy that missed the end, or code that splits at a dot.',
    fix: 'Send the whole token: three parts with dots between them, the last one 43 characters long.',
  },
  'CS-TOKEN-DOUBLED': {
    title: 'The token was written twice in a row',
    where: ['to-jira', 'from-jira'],
    symptoms: ['Not enough or too many JWT token segments; should be 3'],
    why: 'The token was appended to a header that already held it, or pasted twice.',
    fix: 'Send the token once: three parts with two dots.',
  },
  'CS-TOKEN-MALFORMED': {
    title: 'This is no token: three base64url parts were expected',
    where: ['to-jira', 'from-jira'],
    symptoms: ['Failed to parse JWT', 'Invalid JWT: '],
    why: 'A signed token is header, claims and signature, each in base64url, with dots between them. What was sent is not.',
    fix: 'Make the token with createToken, or with encodeSymmetric of atlassian-jwt, and send what it gives unchanged.',
  },
  'CS-TOKEN-IN-QUERY': {
    title: 'The token is in the query (?jwt=) of a REST call',
    where: ['to-jira'],
    symptoms: [],
    why: 'Since February 2022 Jira takes no token from the query of a REST call. Only the pages that Jira opens at the app carry one there.',
    fix: 'Take `jwt` out of the query and send the header `Authorization: JWT <token>`.',
  },
  'CS-TOKEN-TWICE': {
    title: 'The request carries two different tokens',
    where: ['from-jira'],
    symptoms: ['Could not find authentication data on request'],
    why: 'One token is in the Authorization header and another one in the `jwt` query parameter.',
    fix: 'Send one of them: take `jwt` out of the URL of calls that carry the header.',
  },

  // Another kind of credential ---------------------------------------------------------------------------------------
  'CS-KIND-FIT': {
    title: 'This is a Forge invocation token',
    where: ['to-jira', 'from-jira'],
    symptoms: ['Forge Invocation Token verification was unsuccessful'],
    why: 'A Forge invocation token (FIT) proves to a Forge remote that Atlassian called it. It is signed with RS256 and is no login for Jira, and no Connect token.',
    fix: 'Verify it as a FIT (RS256, Forge key set, aud = your app id); call Jira with the token of the header x-forge-oauth-system, at app.apiBaseUrl.',
  },
  'CS-KIND-OAUTH': {
    title: 'This is an OAuth access token, of OAuth 2.0 or of Forge',
    where: ['to-jira', 'from-jira'],
    symptoms: ['401 {"code":401,"message":"Unauthorized"}'],
    why: 'An access token (3LO, x-forge-oauth-system, x-forge-oauth-user, impersonation) travels as Bearer. Those of 3LO and Forge open https://api.atlassian.com/ex/jira/<cloudId>, never the URL of the site.',
    fix: 'Send it as `Authorization: Bearer <token>` to https://api.atlassian.com/ex/jira/<cloudId>/…, or make a Connect token for the URL of the site.',
  },
  'CS-KIND-API-TOKEN': {
    title: 'This is an API token of a person',
    where: ['to-jira'],
    symptoms: [],
    why: 'An API token (ATATT…) belongs to a person and travels as Basic email:token. It is no JWT, and it signs none.',
    fix: 'For an app: make a token with createToken. For a script of your own: `Authorization: Basic base64(email:API token)`.',
  },
  'CS-KIND-RAW-KEY': {
    title: 'A key or the shared secret itself was sent in place of a token',
    where: ['to-jira', 'from-jira'],
    symptoms: [],
    why: 'The shared secret signs tokens and never travels; app key and clientKey are names. If it was the secret, whoever saw this request has it.',
    fix: 'Make a token with createToken and send that. If the secret was sent, have the app installed again to get a new one.',
  },
  'CS-KIND-ASSERTION': {
    title: 'This is an impersonation assertion, not a token for Jira',
    where: ['to-jira'],
    symptoms: [],
    why: 'An assertion (iss urn:atlassian:connect:clientid:…) is exchanged at the authorization server for an access token; Jira itself does not take it.',
    fix: 'Post the assertion to the authorization server, and call Jira with `Authorization: Bearer <access token>` from its answer.',
  },
  'CS-KIND-HUB-SIGNATURE': {
    title: 'This is the signature of an administrator’s webhook, not a token',
    where: ['from-jira'],
    symptoms: ['Missing signature'],
    why: 'Webhooks that an administrator registers carry X-Hub-Signature: an HMAC of the body. Only webhooks of a Connect descriptor carry a JWT.',
    fix: 'Check X-Hub-Signature with the secret of that webhook over the raw body, or declare the webhook in the descriptor.',
  },
  'CS-KIND-OTHER-JWT': {
    title: 'This is a token of some other system',
    where: ['to-jira', 'from-jira'],
    symptoms: [],
    why: 'It is a JWT, but its issuer and its algorithm are those of another login service.',
    fix: 'Make a Connect token: HS256 with the shared secret, iss = app key, and a qsh.',
  },
  'CS-CONTEXT-TOKEN': {
    title: 'A context token was used where a request token belongs',
    where: ['to-jira', 'from-jira'],
    symptoms: ['Authentication failed: query hash does not match.'],
    why: 'What AP.context.getToken gives has qsh = context-qsh: it is bound to no URL. It tells the app’s own backend who looks at the page; it opens no REST resource of Jira.',
    fix: "To Jira: make a request token in the backend. From the page to the app: accept it on that route with accept: ['context'].",
  },
  'CS-TOKEN-FORWARDED': {
    title: 'A token that Jira made for the app was sent back to Jira',
    where: ['to-jira'],
    symptoms: [],
    why: 'The token in the URL of an iframe or on a webhook says "this is from Jira", and its hash is that of the page. It is no credential of the app.',
    fix: 'Make a token of the app for this call, with iss = app key and the hash of this method and URL.',
  },
  'CS-SESSION-TOKEN': {
    title: 'A session token was used to call Jira',
    where: ['to-jira'],
    symptoms: [],
    why: 'The app made this token for its own page, or a browser got it at its login. It has no hash of a request.',
    fix: 'Make a request token in the backend, with the hash of this method and URL.',
  },

  // iss --------------------------------------------------------------------------------------------------------------
  'CS-ISS-MISSING': {
    title: 'The claim iss is missing',
    where: ['to-jira', 'from-jira'],
    symptoms: ['JWT claim did not contain the issuer (iss) claim'],
    why: 'Without iss nobody knows whose secret to check the token with.',
    fix: 'Add iss: the key of the descriptor.',
  },
  'CS-ISS-CLIENT-KEY': {
    title: 'iss is the clientKey; a token for Jira carries the app key',
    where: ['to-jira'],
    symptoms: ['Your presented credentials do not provide access to this resource.'],
    why: 'The clientKey is iss on the tokens that Jira makes. On those that the app makes iss is the `key` of its descriptor. Mixing the two up is the commonest cause of a 401.',
    fix: 'Set iss to the `key` of atlassian-connect.json.',
  },
  'CS-ISS-APP-KEY': {
    title: 'iss is the app itself; a token of a site carries the clientKey',
    where: ['from-jira'],
    symptoms: ['Could not find stored client data for '],
    why: 'A token that the app made, for Jira or for its own page, came in as if Jira had made it.',
    fix: 'Send the app the token that Jira made: the `jwt` of the iframe, or the one of AP.context.getToken.',
  },
  'CS-ISS-PREFIX': {
    title: 'iss has a prefix or suffix that does not belong there',
    where: ['to-jira', 'from-jira'],
    symptoms: [],
    why: 'Some clientKeys look like jira:1234, and so people put `jira:` before the key. Both keys are opaque texts.',
    fix: 'Set iss to exactly the `key` of the descriptor, with nothing before or after it.',
  },
  'CS-ISS-SPELLING': {
    title: 'iss is the app key, but spelt otherwise',
    where: ['to-jira', 'from-jira'],
    symptoms: [],
    why: 'Capital letters, spaces, dashes and dots count.',
    fix: 'Take iss from the stored installation or from the descriptor, not from a text that is typed again.',
  },
  'CS-ISS-SAMPLE': {
    title: 'iss is still the value of an example',
    where: ['to-jira'],
    symptoms: [],
    why: "'issuer-val' and the like stand in the README of the libraries.",
    fix: 'Set iss to the `key` of your descriptor.',
  },
  'CS-ISS-URL': {
    title: 'iss is a URL; the app key was expected',
    where: ['to-jira'],
    symptoms: [],
    why: 'Elsewhere iss is the URL of whoever makes the token. In Connect it is the key of the app.',
    fix: 'Set iss to the `key` of the descriptor, not to the URL of the app or the site.',
  },
  'CS-ISS-ENVIRONMENT': {
    title: 'The token is that of another environment of the same app',
    where: ['to-jira', 'from-jira'],
    symptoms: [],
    why: 'Development, staging and production have their own app keys, sites and secrets. Here the key of one is used with the installation of another.',
    fix: 'Read app key, site URL and secret from one and the same stored installation.',
  },
  'CS-ISS-UNKNOWN': {
    title: 'iss names nobody that is known here',
    where: ['to-jira', 'from-jira'],
    symptoms: [
      'Could not find stored client data for ',
      'Your presented credentials do not provide access to this resource.',
    ],
    why: 'To Jira it must be the key of an app that is installed there; from Jira the clientKey of a stored installation.',
    fix: 'To Jira: set iss to the `key` of the descriptor. From Jira: install the app on that site again, and check that the store outlives a restart.',
  },

  // Algorithm and signature ------------------------------------------------------------------------------------------
  'CS-ALG-NONE': {
    title: 'The token is not signed (alg none)',
    where: ['to-jira', 'from-jira'],
    symptoms: [],
    why: 'Nobody takes an unsigned token.',
    fix: 'Sign with HS256 and the shared secret.',
  },
  'CS-ALG-UNEXPECTED': {
    title: 'The algorithm is not HS256',
    where: ['to-jira', 'from-jira'],
    symptoms: ['Algorithm from the header "'],
    why: 'Requests are signed with HS256, whatever a library uses by default. RS256 is for the installed and uninstalled callbacks, which only Atlassian can sign.',
    fix: 'Sign with HS256.',
  },
  'CS-ALG-MISLABELLED': {
    title: 'The header says HS256, but another algorithm made the signature',
    where: ['to-jira', 'from-jira'],
    symptoms: [],
    why: 'The signature is the HMAC of another hash (SHA-384 or SHA-512) than the header says.',
    fix: 'Use HMAC-SHA-256 for a token whose header says HS256.',
  },
  'CS-SIGNATURE-ENCODING': {
    title: 'The signature is right but written in another encoding',
    where: ['to-jira', 'from-jira'],
    symptoms: [],
    why: 'It is the right HMAC in hex, or in base64 of its hex text. A token has it in base64url.',
    fix: "Write the signature in base64url: digest('base64url').",
  },
  'CS-SECRET-WHITESPACE': {
    title: 'The secret had a space or line break at its end when it signed',
    where: ['to-jira', 'from-jira'],
    symptoms: [],
    why: 'A secret that was read from a file or pasted into a form brings the line break along, or was trimmed where it should not be.',
    fix: 'Store and use the secret as the installed callback brought it: no character more, none less.',
  },
  'CS-SECRET-QUOTED': {
    title: 'The secret had quotes around it when it signed',
    where: ['to-jira', 'from-jira'],
    symptoms: [],
    why: 'JSON.stringify on a text, a .env file and a database console all add quotes.',
    fix: 'Use the bare text of the secret.',
  },
  'CS-SECRET-BASE64': {
    title: 'The secret was decoded from, or encoded to, base64 before it signed',
    where: ['to-jira', 'from-jira'],
    symptoms: ['JWT signature does not match locally computed signature.'],
    why: 'Some libraries (jjwt, PyJWT helpers, online tools) take a key as base64. The shared secret is used as the UTF-8 text that it is.',
    fix: 'Sign with the bytes of the text itself: neither decode nor encode the secret.',
  },
  'CS-SECRET-HEX': {
    title: 'The secret was decoded from, or encoded to, hex before it signed',
    where: ['to-jira', 'from-jira'],
    symptoms: [],
    why: 'The shared secret may look like hex, but it is used as the UTF-8 text that it is.',
    fix: 'Sign with the bytes of the text itself.',
  },
  'CS-SECRET-CHANGED': {
    title: 'The secret was changed on its way: letters, length or encoding',
    where: ['to-jira', 'from-jira'],
    symptoms: [],
    why: 'It was put into upper or lower case, URL-encoded, hashed, or cut to the width of a column before it signed.',
    fix: 'Store and use the secret exactly as it came; it can be up to 128 characters long.',
  },
  'CS-SECRET-CLIENT-KEY': {
    title: 'The clientKey was used as the secret',
    where: ['to-jira', 'from-jira'],
    symptoms: [],
    why: 'The clientKey names the installation; the sharedSecret signs.',
    fix: 'Sign with `sharedSecret` of the installed callback.',
  },
  'CS-SECRET-PUBLIC-KEY': {
    title: 'The publicKey was used as the secret',
    where: ['to-jira', 'from-jira'],
    symptoms: [],
    why: 'publicKey of the installed callback is a remnant and signs nothing.',
    fix: 'Sign with `sharedSecret` of the installed callback.',
  },
  'CS-SECRET-APP-KEY': {
    title: 'The app key was used as the secret',
    where: ['to-jira', 'from-jira'],
    symptoms: [],
    why: 'The app key is public; the sharedSecret signs.',
    fix: 'Sign with `sharedSecret` of the installed callback.',
  },
  'CS-SECRET-PREVIOUS': {
    title: 'The token was signed with an earlier secret of this installation',
    where: ['to-jira', 'from-jira'],
    symptoms: ['Signature verification failed for input: '],
    why: 'Every installed callback may bring a new secret, also upgrades and re-installs. One that was kept in memory, in a cache or in a second row is not the newest.',
    fix: 'Read the secret of the newest installed callback before each call, and replace the row instead of adding one.',
  },
  'CS-SECRET-OTHER-INSTALLATION': {
    title: 'The token was signed with the secret of another installation',
    where: ['to-jira', 'from-jira'],
    symptoms: ['Signature verification failed for input: '],
    why: 'The app is installed more than once (two sites, or development and production), and secret and site were mixed up.',
    fix: 'Read secret, site URL and clientKey from one stored installation, found by its clientKey.',
  },
  'CS-SECRET-SAMPLE': {
    title: 'The token was signed with an empty, unset or sample secret',
    where: ['to-jira', 'from-jira'],
    symptoms: ['Require key'],
    why: "'undefined', an empty text or the value of an example was the secret: the store or the environment was not read.",
    fix: 'Sign with `sharedSecret` of the stored installation, and stop when there is none.',
  },
  'CS-SECRET-OTHER': {
    title: 'The token was not signed with this secret',
    where: ['to-jira', 'from-jira'],
    symptoms: [
      'Unable to decode JWT token: Error: Signature verification failed for input: ',
      'JWT signature does not match locally computed signature.',
    ],
    why: 'Neither the secret nor any known misuse of it gives this signature. Another secret signed it, or the token was changed after it was signed.',
    fix: 'Compare the secret that signs with `sharedSecret` of the newest installed callback (by length and hash, never by eye in a log); install again if in doubt.',
  },

  // Times ------------------------------------------------------------------------------------------------------------
  'CS-EXP-MISSING': {
    title: 'The claim exp is missing',
    where: ['to-jira', 'from-jira'],
    symptoms: [
      "'exp' and 'iat' are required claims. Atlassian JWT does not allow JWTs with unlimited lifetimes.",
    ],
    why: 'Atlassian takes no token of unlimited life.',
    fix: 'Add exp: iat plus 180 seconds.',
  },
  'CS-IAT-MISSING': {
    title: 'The claim iat is missing',
    where: ['to-jira', 'from-jira'],
    symptoms: [
      "'exp' and 'iat' are required claims. Atlassian JWT does not allow JWTs with unlimited lifetimes.",
    ],
    why: 'Atlassian demands iat as well as exp. jsonwebtoken leaves it out with noTimestamp.',
    fix: 'Add iat: the time now, in whole seconds.',
  },
  'CS-TIME-MILLISECONDS': {
    title: 'iat or exp is in milliseconds; seconds were expected',
    where: ['to-jira', 'from-jira'],
    symptoms: [],
    why: 'Date.now() gives milliseconds; a token counts in seconds.',
    fix: 'Use Math.floor(Date.now() / 1000).',
  },
  'CS-TIME-TEXT': {
    title: 'iat or exp is no whole number of seconds',
    where: ['to-jira', 'from-jira'],
    symptoms: ["Expecting claim 'exp' to be numeric but it is a string"],
    why: 'A text, a date or a fraction stands where a whole number belongs.',
    fix: 'Use Math.floor(Date.now() / 1000), as a number.',
  },
  'CS-EXP-RELATIVE': {
    title: 'exp is a duration; a point in time was expected',
    where: ['to-jira', 'from-jira'],
    symptoms: [],
    why: 'exp is when the token ends, in seconds since 1970. 180 there means three minutes after New Year 1970.',
    fix: 'Set exp to iat plus the duration.',
  },
  'CS-TIME-ZONE': {
    title: 'The times of the token are off by whole hours',
    where: ['to-jira', 'from-jira'],
    symptoms: [],
    why: 'Local time was taken for UTC. Seconds since 1970 are the same everywhere.',
    fix: 'Use Math.floor(Date.now() / 1000), and no date that was put together from local hours.',
  },
  'CS-CLOCK': {
    title: 'The clocks of the two machines differ',
    where: ['to-jira', 'from-jira'],
    symptoms: ['Token used before issued', 'Expired at '],
    why: 'The clock that made the token and the one that checks it are more than 30 seconds apart.',
    fix: 'Set the clock by NTP (in a container: that of its host), and compare it with the Date header of any answer.',
  },
  'CS-EXPIRED': {
    title: 'The token has expired',
    where: ['to-jira', 'from-jira'],
    symptoms: ['Authentication request has expired. Try reloading the page.', 'Expired at '],
    why: 'It was made once and used again, or it waited in a queue. A token lives for about three minutes.',
    fix: 'Make a fresh token for each request; in a page ask AP.context.getToken before each call.',
  },
  'CS-NOT-YET-VALID': {
    title: 'The token is not valid yet (nbf)',
    where: ['to-jira', 'from-jira'],
    symptoms: ['Token used before issued'],
    why: 'nbf lies in the future: the clocks differ, or it was set too late.',
    fix: 'Leave nbf out, or set it to the time now.',
  },
  'CS-EXP-TOO-FAR': {
    title: 'The token is made to live far too long',
    where: ['to-jira', 'from-jira'],
    symptoms: [],
    why: 'Whoever finds the token can use it until it ends. Atlassian’s own libraries use 180 seconds.',
    fix: 'Set exp to iat plus 180 seconds, and make a token for each request.',
  },

  // aud --------------------------------------------------------------------------------------------------------------
  'CS-AUD-MISSING': {
    title: 'The claim aud is missing from a lifecycle token',
    where: ['install'],
    symptoms: ['JWT claim did not contain the correct audience (aud) claim'],
    why: 'installed and uninstalled callbacks name the app they are for, so that one app cannot replay them to another.',
    fix: 'Only Jira makes these tokens: set apiMigrations.signed-install to true, and install again.',
  },
  'CS-AUD-MISMATCH': {
    title: 'aud names another URL than the app’s own',
    where: ['install', 'from-jira'],
    symptoms: [
      'JWT claim did not contain the correct audience (aud) claim',
      'jwt.exceptions.InvalidAudienceError: Invalid audience',
      'The app host returned HTTP response code 401 when we tried to contact it during installation.',
    ],
    why: 'Jira puts the baseUrl of the descriptor that it installed into aud: often an older tunnel URL, http in place of https, or the URL behind the proxy.',
    fix: 'Give appUrl exactly the baseUrl of the installed descriptor, or install the app again from its present URL.',
  },

  // Where the request goes -------------------------------------------------------------------------------------------
  'CS-HOST-GATEWAY': {
    title: 'A Connect token was sent to api.atlassian.com',
    where: ['to-jira'],
    symptoms: ['401 {"code":401,"message":"Unauthorized"}'],
    why: 'The gateway takes OAuth and Forge tokens. A Connect token goes to the URL of the site, the `baseUrl` of the installed callback.',
    fix: 'Send it to https://<site>.atlassian.net/rest/….',
  },
  'CS-HOST-OTHER-SITE': {
    title: 'The request goes to another site than the installation’s',
    where: ['to-jira'],
    symptoms: [],
    why: 'Secret and host come from two installations, or from the displayUrl (custom domain) in place of the baseUrl.',
    fix: 'Send the request to `baseUrl` of the installation whose secret signs it.',
  },

  // qsh --------------------------------------------------------------------------------------------------------------
  'CS-QSH-MISSING': {
    title: 'The claim qsh is missing',
    where: ['to-jira', 'from-jira'],
    symptoms: ['JWT claim did not contain the query string hash (qsh) claim'],
    why: 'A general JWT library knows nothing of qsh: it must be given among the claims.',
    fix: 'Add qsh: the SHA-256, in hex, of the canonical request (queryStringHash of countersign/jwt).',
  },
  'CS-QSH-NOT-HASHED': {
    title: 'qsh is the canonical request itself, not its hash',
    where: ['to-jira', 'from-jira'],
    symptoms: [],
    why: 'createCanonicalRequest gives a text; qsh is the hash of it.',
    fix: 'Use createQueryStringHash (or queryStringHash of countersign/jwt) for qsh.',
  },
  'CS-QSH-DIGEST': {
    title: 'qsh is the right text, hashed or written in another way',
    where: ['to-jira', 'from-jira'],
    symptoms: [],
    why: 'It is another hash than SHA-256, an HMAC, or the hash in base64 or capital letters.',
    fix: 'Use plain SHA-256 of the canonical request, in lower-case hex.',
  },
  'CS-QSH-FORM': {
    title: 'The canonical request was put together in another form',
    where: ['to-jira', 'from-jira'],
    symptoms: [],
    why: 'It is METHOD&path&query with both ampersands, also where there is no query: GET&/rest/api/3/myself&.',
    fix: 'Join method, path and query with &, and keep the last & where the query is empty.',
  },
  'CS-QSH-METHOD': {
    title: 'The token was made for another method',
    where: ['to-jira', 'from-jira'],
    symptoms: [],
    why: 'The method is part of the hash, in capital letters. A default (GET), a redirect (POST becomes GET) or a typing error changed it.',
    fix: 'Hash the method that is sent, in capital letters.',
  },
  'CS-QSH-FULL-URL': {
    title: 'The full URL was hashed in place of its path',
    where: ['to-jira', 'from-jira'],
    symptoms: [],
    why: 'Scheme and host are no part of the canonical request.',
    fix: 'Hash the path: /rest/api/3/…. canonicalRequest takes a full URL and cuts it.',
  },
  'CS-QSH-CONTEXT-PATH': {
    title: 'The path was hashed with the context path of the product',
    where: ['to-jira', 'from-jira'],
    symptoms: [],
    why: 'The path of the baseUrl (such as /wiki or /jira) is cut off before hashing.',
    fix: 'Give baseUrl to canonicalRequest, or cut its path off: hash /rest/…, send /wiki/rest/….',
  },
  'CS-QSH-CONTEXT-PATH-CUT': {
    title: 'A part of the path that belongs to it was cut off before hashing',
    where: ['to-jira', 'from-jira'],
    symptoms: [],
    why: 'The base URL of the HTTP client (axios baseURL: …/rest/api/3) is not the base URL of the product, and its path counts; or a proxy serves the app below another path than Jira calls.',
    fix: 'Hash the whole path below the baseUrl of the installation (to Jira: /rest/api/3/…; from Jira: what Jira called, before any proxy).',
  },
  'CS-QSH-BASE-DOUBLED': {
    title: 'A part of the path was hashed twice',
    where: ['to-jira', 'from-jira'],
    symptoms: [],
    why: 'The base was joined to a path that already began with it.',
    fix: 'Join base and path once, and hash what is sent.',
  },
  'CS-QSH-VERSION': {
    title: 'The token was made for another version of the API',
    where: ['to-jira'],
    symptoms: [],
    why: '/rest/api/2, /rest/api/3 and /rest/api/latest are three different paths.',
    fix: 'Hash and send the same version.',
  },
  'CS-QSH-PATH-DECODED': {
    title: 'The path was hashed decoded, and sent encoded',
    where: ['to-jira'],
    symptoms: ['wrong qsh'],
    why: 'Jira hashes the path of a REST call as it comes over the wire, with its escapes.',
    fix: 'Hash the path as it is sent: with %20, not with a space.',
  },
  'CS-QSH-PATH-ENCODED': {
    title: 'The path was hashed in another encoding than it arrived in',
    where: ['to-jira', 'from-jira'],
    symptoms: ["Expecting claim 'qsh' to have value '", 'wrong qsh'],
    why: 'It was encoded once too often, or a proxy or framework rewrote the escapes after the token was made.',
    fix: 'Hash the path exactly as it goes over the wire; behind a proxy use the URL as the caller sent it.',
  },
  'CS-QSH-QUERY-IN-PATH': {
    title: 'The query was encoded into the path',
    where: ['to-jira'],
    symptoms: [],
    why: 'The "?" was escaped, so that path and query became one long path.',
    fix: 'Encode names and values, not the whole URL: keep ?, & and = as they are.',
  },
  'CS-QSH-SLASH': {
    title: 'The path was hashed with other slashes',
    where: ['to-jira', 'from-jira'],
    symptoms: [],
    why: 'The hashed path begins with one slash and ends with none; a doubled slash comes from a base URL that ends with one.',
    fix: 'Send and hash one slash between the parts, one at the start and none at the end.',
  },
  'CS-QSH-PATH-CASE': {
    title: 'The path was hashed in other capital or small letters',
    where: ['to-jira', 'from-jira'],
    symptoms: [],
    why: 'The letters of the path count, also those of an issue key.',
    fix: 'Hash the path as it is sent.',
  },
  'CS-QSH-QUERY-NOT-SIGNED': {
    title: 'Parameters were sent that the hash does not cover',
    where: ['to-jira', 'from-jira'],
    symptoms: [],
    why: 'The client added them after the token was made: axios `params`, requests `params=`, Guzzle `query`, a cache buster, a tracking proxy. Or the hash was made from the path alone.',
    fix: 'Put every parameter into the URL first, hash that URL, and let the client send it unchanged.',
  },
  'CS-QSH-QUERY-NOT-SENT': {
    title: 'The hash covers parameters that were not sent',
    where: ['to-jira', 'from-jira'],
    symptoms: [],
    why: 'The query was hashed but got lost on its way: given to an option that the client does not know, or cut by a redirect or a proxy.',
    fix: 'Hash exactly the URL that is sent, with its query.',
  },
  'CS-QSH-QUERY-ORDER': {
    title: 'The parameters were hashed in the order in which they were sent',
    where: ['to-jira', 'from-jira'],
    symptoms: [],
    why: 'They are sorted by their encoded name before hashing.',
    fix: 'Sort the parameters by name, and the values of one name by value.',
  },
  'CS-QSH-QUERY-VALUE': {
    title: 'A parameter was hashed with another value than it was sent with',
    where: ['to-jira', 'from-jira'],
    symptoms: [],
    why: 'The client changed it on the way: true became 1, an empty value was left out, or null became text.',
    fix: 'Hash the URL that is sent, after the client has written its query.',
  },
  'CS-QSH-QUERY-DECODED': {
    title: 'The parameters were hashed without encoding',
    where: ['to-jira', 'from-jira'],
    symptoms: [],
    why: 'Names and values are percent-encoded by RFC 3986 before hashing: everything but letters, digits and -._~.',
    fix: "Encode names and values with encodeURIComponent, and !'()* as well.",
  },
  'CS-QSH-QUERY-DOUBLE-ENCODED': {
    title: 'The parameters were encoded twice',
    where: ['to-jira', 'from-jira'],
    symptoms: [],
    why: 'A value that was already encoded went through encodeURIComponent again: %20 became %2520.',
    fix: 'Decode once, then encode once, both for the hash and for the URL.',
  },
  'CS-QSH-PLUS': {
    title: 'Spaces in the query were hashed as +',
    where: ['to-jira', 'from-jira'],
    symptoms: [],
    why: 'URLSearchParams and form encoding write a space as +. In the canonical request it is %20.',
    fix: 'Write %20 for a space, and %2B for a plus sign.',
  },
  'CS-QSH-ESCAPES': {
    title: 'Some characters of the query were escaped in another way',
    where: ['to-jira', 'from-jira'],
    symptoms: [],
    why: "encodeURIComponent leaves !'()* as they are, encodeURI leaves even more, and some languages write escapes in small letters. RFC 3986 escapes all but letters, digits and -._~, in capital letters.",
    fix: "Escape by RFC 3986: also !'()* and , : / @ in values, as %21 %27 %28 %29 %2A %2C %3A %2F %40.",
  },
  'CS-QSH-REPEATED': {
    title: 'A repeated parameter was hashed in another way',
    where: ['to-jira', 'from-jira'],
    symptoms: [],
    why: 'The values of one name are sorted and joined with a comma that is not encoded: ids=1,2.',
    fix: 'Join repeated values as name=first,second, sorted.',
  },
  'CS-QSH-BRACKETS': {
    title: 'The client wrote a list as a[]=, the hash has a=',
    where: ['to-jira', 'from-jira'],
    symptoms: [],
    why: 'axios and qs spell lists `a[]=1&a[]=2` or `a[0]=1` by default, after the token was made.',
    fix: 'Write the query yourself, or tell the client to repeat the plain name (axios: paramsSerializer: { indexes: null }).',
  },
  'CS-QSH-JWT-INCLUDED': {
    title: 'The parameter jwt was hashed as well',
    where: ['to-jira', 'from-jira'],
    symptoms: [],
    why: 'The token cannot cover itself: the parameter jwt is left out of the canonical request.',
    fix: 'Leave the parameter jwt out of the hash.',
  },
  'CS-QSH-BODY': {
    title: 'The body was hashed as if it were the query',
    where: ['to-jira', 'from-jira'],
    symptoms: ["Expecting claim 'qsh' to have value '"],
    why: 'The hash covers method, path and query, and not the body.',
    fix: 'Leave the body out of the hash.',
  },
  'CS-QSH-FRAGMENT': {
    title: 'The fragment (#…) was hashed as well',
    where: ['to-jira', 'from-jira'],
    symptoms: [],
    why: 'A fragment is never sent, so nobody else can hash it.',
    fix: 'Cut # and what follows before hashing.',
  },
  'CS-QSH-OTHER-REQUEST': {
    title: 'The token was made for another request',
    where: ['to-jira', 'from-jira'],
    symptoms: ['Auth failure: Query hash mismatch: Received: "', 'wrong qsh'],
    why: 'The hash is of another method, path or query, and none of the known mistakes gives it. Often one token is used for several requests.',
    fix: 'Make a token for each request, and compare canonicalRequest of what is sent with what your code hashes.',
  },

  // The installation -------------------------------------------------------------------------------------------------
  'CS-INSTALLATION-UNKNOWN': {
    title: 'No installation is stored for this site',
    where: ['from-jira', 'to-jira'],
    symptoms: [
      'Could not find stored client data for ',
      'There are no "clientInfo" settings in the store for tenant "',
    ],
    why: 'The installed callback was never stored here: a store in memory that was emptied by a restart, another database, or a site that was imported and has a new clientKey.',
    fix: 'Use a store that outlives a restart, point every process at it, and install the app on that site again.',
  },
  'CS-INSTALLATION-UNINSTALLED': {
    title: 'The app was uninstalled from this site',
    where: ['from-jira', 'to-jira'],
    symptoms: ['The app is not installed on this instance'],
    why: 'Since the uninstalled callback the secret opens nothing.',
    fix: 'Have an administrator install the app again; the installed callback brings a new secret.',
  },
  'CS-INSTALLATION-STALE': {
    title: 'The site does not know this app by this secret',
    where: ['to-jira'],
    symptoms: [],
    why: 'The token is well made, so what it was made with is wrong: the secret was replaced by a later installed callback, or the app is disabled or uninstalled there.',
    fix: 'Check under Apps › Manage apps that the app is installed and enabled, then install it again and use the new secret.',
  },
  'CS-INSTALL-UNSIGNED': {
    title: 'The install callback is not signed with Atlassian’s key',
    where: ['install'],
    symptoms: ['Unexpected or missing JWT token, failed to verify installation.'],
    why: 'Without apiMigrations.signed-install the callback comes with no token, or with HS256, and anybody could send it.',
    fix: 'Set "apiMigrations": { "signed-install": true } in the descriptor, and install again.',
  },
  'CS-INSTALL-KEY-UNKNOWN': {
    title: 'The key host does not know the key of this install callback',
    where: ['install'],
    symptoms: ['Could not get public key with keyId ', 'DECODER routines::unsupported'],
    why: 'The key host answered 404: the site is a staging, FedRAMP or sandbox site whose keys are published elsewhere, or the callback is forged.',
    fix: 'Set installKeyHosts to the key hosts of that kind of site.',
  },
  'CS-INSTALL-KEY-HOST': {
    title: 'The host of the install keys cannot be reached',
    where: ['install'],
    symptoms: ['The app host returned HTTP response code 503 when we tried to contact it'],
    why: 'A firewall or proxy keeps this machine from the key host, or the host answers something that is no key.',
    fix: 'Let this machine reach the install key hosts over HTTPS, and install again.',
  },
  'CS-INSTALL-ISSUER': {
    title: 'The body of the callback speaks for another site than its token',
    where: ['install'],
    symptoms: ['clientKey in install payload did not match authenticated client'],
    why: 'clientKey in the body is not iss of the token. Jira never sends that.',
    fix: 'Send the callback as Jira sent it; if nobody changed it, treat it as an attack.',
  },
  'CS-INSTALL-OTHER-APP': {
    title: 'The callback is about another app',
    where: ['install'],
    symptoms: [],
    why: 'The descriptor that was installed has another key than this app.',
    fix: 'Install the descriptor that this app serves.',
  },
  'CS-INSTALL-PAYLOAD': {
    title: 'The body of the callback cannot be used',
    where: ['install'],
    symptoms: [
      'No registration info provided.',
      'The app host returned HTTP response code 400 when we tried to contact it during installation.',
    ],
    why: 'It is no JSON, too large, or lacks clientKey, sharedSecret or baseUrl: often a body parser in front took it away.',
    fix: 'Hand the raw request to the app, before any body parser.',
  },
  'CS-INSTALL-SITE-REFUSED': {
    title: 'The app does not allow itself to be installed on this site',
    where: ['install'],
    symptoms: [
      'is not authorized to register as the host does not match the registration whitelist',
    ],
    why: 'The site is not in allowedSites.',
    fix: 'Add the site to allowedSites if the app may be installed there.',
  },
  'CS-INSTALL-REPLAYED': {
    title: 'This lifecycle token was used before',
    where: ['install'],
    symptoms: [],
    why: 'Each lifecycle token is good once, because it does not cover the body. A retry of a proxy or a recorded request sends it again.',
    fix: 'Install again; switch off retries in front of the app for its lifecycle paths.',
  },
  'CS-INSTALL-NEEDS-FORGE': {
    title: 'Private Connect apps are installed through a Forge manifest now',
    where: ['install'],
    symptoms: [
      'Development Mode no longer supports installing private apps using an app descriptor URL.',
    ],
    why: 'Since 2026-03-31 Jira installs no private app from a descriptor URL.',
    fix: 'Wrap the descriptor in a Forge manifest (app.connect.key) and install by its link; develop against the sandbox.',
  },
  'CS-INSTALL-UNREACHABLE': {
    title: 'Jira could not install the app: the app did not answer as it should',
    where: ['install'],
    symptoms: [
      'The app host returned HTTP response code ',
      'Add-on not registered; no compatible hosts detected',
    ],
    why: 'Jira called the installed callback and got another status than 200 or 204. The reason is in the log of the app.',
    fix: 'Read the log of the app at that time; it names the cause.',
  },

  // What Jira answers ------------------------------------------------------------------------------------------------
  'CS-ANONYMOUS': {
    title: 'Jira treated the call as anonymous',
    where: ['to-jira', 'field'],
    symptoms: [
      'Anonymous users do not have permission to create issues in this project.',
      'You do not have permission to create issues in this project.',
    ],
    why: 'The credential was dropped, refused or not understood, and this resource may be read by anybody: so Jira answered about permissions and screens, not about the login.',
    fix: 'Call GET /rest/api/3/myself with the same credential: it answers 401 where others answer 400 or 404.',
  },
  'CS-CREDENTIAL-IGNORED': {
    title: 'Jira refused the credential and answered as if to an anonymous caller',
    where: ['to-jira'],
    symptoms: ['X-Seraph-LoginReason: AUTHENTICATED_FAILED'],
    why: 'Where anonymous reading is allowed, a refused login still gets 200, with fewer results.',
    fix: 'Do not trust the answer. Renew the credential; look at the header X-Seraph-LoginReason of every answer.',
  },
  'CS-LOGIN-DENIED': {
    title: 'Jira denies logins of this account for now',
    where: ['to-jira'],
    symptoms: [
      'X-Seraph-LoginReason: AUTHENTICATION_DENIED',
      'X-Authentication-Denied-Reason: CAPTCHA_CHALLENGE',
    ],
    why: 'After several failed logins Jira asks for a CAPTCHA, which no program can solve.',
    fix: 'Log in once in a browser, then use an API token or the token of the app.',
  },
  'CS-SCOPE-MISSING': {
    title: 'The descriptor lacks the scope for this call',
    where: ['to-jira'],
    symptoms: [
      'Request not in an authorized API scope',
      'The app defines features that require the READ scope, but does not request the READ scope in its descriptor.',
    ],
    why: 'Each method needs a scope (READ, WRITE, DELETE, ADMIN …), and a new one counts only after the app was upgraded or approved on the site.',
    fix: 'Add the scope to `scopes` of the descriptor, and install the app again.',
  },
  'CS-SCOPE-GATEWAY': {
    title: 'The token lacks the scope for this call',
    where: ['to-jira'],
    symptoms: [
      '{"code":401,"message":"Unauthorized; scope does not match"}',
      'x-failure-category: FAILURE_CLIENT_SCOPE_CHECK',
    ],
    why: 'The OAuth or Forge token was given for fewer scopes than this resource needs.',
    fix: 'Add the scope to the manifest or the OAuth app, deploy, and have the new version approved on the site.',
  },
  'CS-AUTH-MISMATCH': {
    title: 'The gateway does not take this kind of credential here',
    where: ['to-jira'],
    symptoms: ['x-failure-category: FAILURE_CLIENT_AUTH_MISMATCH'],
    why: 'API tokens with scopes, service accounts, OAuth and Forge use https://api.atlassian.com/ex/jira/<cloudId>; Connect tokens and classic API tokens use the URL of the site.',
    fix: 'Use the host that belongs to the credential.',
  },
  'CS-PERMISSION': {
    title: 'The app user, or the user it acts as, lacks the permission',
    where: ['to-jira'],
    symptoms: ['Current user not permitted to use Confluence', 'You do not have permission to '],
    why: 'What an app may do is its scopes and the permissions of its app user, or of the user whose token it sends; and an administrator may have changed the schemes, roles or groups.',
    fix: 'Give the role atlassian-addons-project-access (or the app user) the permission in the project’s permission scheme.',
  },
  'CS-NOT-VISIBLE': {
    title: 'It does not exist, or the app user may not see it',
    where: ['to-jira'],
    symptoms: ['Issue does not exist or you do not have permission to see it.'],
    why: 'Jira answers both with 404, so that nobody learns what exists.',
    fix: 'Check key and spelling, then the permission Browse Projects and the issue security level for the app user.',
  },
  'CS-PATH-UNKNOWN': {
    title: 'There is no such resource',
    where: ['to-jira'],
    symptoms: ['null for uri: ', 'dead link'],
    why: 'The path is none of the REST API: a typing error, a missing /rest/api/3, or a context path too much.',
    fix: 'Compare the path with the documentation of the REST API; it begins with /rest/api/3/.',
  },
  'CS-API-REMOVED': {
    title: 'Jira no longer has this resource',
    where: ['to-jira'],
    symptoms: [
      'The requested API has been removed. Please migrate to the /rest/api/3/search/jql API.',
    ],
    why: 'It was deprecated and then switched off.',
    fix: 'Use the resource that the answer names; for /rest/api/3/search that is /rest/api/3/search/jql.',
  },
  'CS-METHOD-NOT-ALLOWED': {
    title: 'The resource does not know this method',
    where: ['to-jira'],
    symptoms: ['405 Method Not Allowed'],
    why: 'A typing error, or a redirect that turned a POST into a GET.',
    fix: 'Use the method of the documentation, and the present URL of the site.',
  },
  'CS-GET-BODY': {
    title: 'A GET request with a body is refused',
    where: ['to-jira'],
    symptoms: ['A GET request may not have a body.'],
    why: 'The edge in front of Jira refuses a GET or HEAD request that has a body (CHANGE-2328). Some clients send {} or a Content-Length of their own.',
    fix: 'Send no body with GET: leave `data`, `json` and `body` out.',
  },
  'CS-BODY-NOT-JSON': {
    title: 'Jira could not read the body',
    where: ['to-jira'],
    symptoms: [
      'There was an error parsing JSON. Check that your request body is valid.',
      '415 Unsupported Media Type',
    ],
    why: 'It is no JSON, or the header Content-Type: application/json is missing. With axios.put(url, options) the options are sent as the body.',
    fix: 'Send JSON.stringify(body) with Content-Type: application/json; with axios: put(url, body, options).',
  },
  'CS-XSRF': {
    title: 'Jira takes the call for one of a browser',
    where: ['to-jira'],
    symptoms: ['XSRF check failed'],
    why: 'Uploads, and calls with the User-Agent or Origin of a browser, need a header against forged requests.',
    fix: 'Send the header X-Atlassian-Token: no-check, and call from the backend.',
  },
  'CS-BAD-VALUE': {
    title: 'Jira does not take a value of this call',
    where: ['to-jira', 'field'],
    symptoms: [
      'Operation value must be ',
      'is required.',
      "The value 'XX' does not exist for the field 'project'.",
    ],
    why: 'The login is fine: a field or parameter has a value or form that Jira does not take. In version 3 rich text is an Atlassian document, not text.',
    fix: 'Correct the field that `errors` names; GET …/editmeta or …/createmeta lists what it takes.',
  },
  'CS-RENAMED-SITE': {
    title: 'The site moved to another URL',
    where: ['to-jira'],
    symptoms: ['302 to another host'],
    why: 'After a site is renamed its old URL redirects. A credential must not follow it.',
    fix: 'Use the baseUrl of the newest installed callback, which comes with the renaming.',
  },
  'CS-SITE-GONE': {
    title: 'The site is suspended or gone',
    where: ['to-jira'],
    symptoms: [
      'Site temporarily unavailable',
      'Your Atlassian Cloud site is currently unavailable',
    ],
    why: 'The subscription ended, or the site was deleted; no uninstalled callback is sent for that.',
    fix: 'Stop calling this site, and keep its data until the app is installed again or the retention time ends.',
  },
  'CS-JIRA-DOWN': {
    title: 'Jira failed, or something in between did',
    where: ['to-jira'],
    symptoms: ['500 Internal Server Error', '503 Service Unavailable'],
    why: 'The answer has a status of 500 or more: nothing that a token could change.',
    fix: 'Try again later, with growing pauses; look at https://status.atlassian.com.',
  },
  'CS-UNREACHABLE': {
    title: 'The site could not be reached',
    where: ['to-jira'],
    symptoms: ['getaddrinfo ENOTFOUND', 'ECONNREFUSED', 'fetch failed'],
    why: 'No answer came: a wrong host name, no network, a proxy or a certificate that is not trusted, or a time limit that is too short.',
    fix: 'Check the URL of the site, the proxy settings and the network of this machine.',
  },

  // Fields -----------------------------------------------------------------------------------------------------------
  'CS-FIELD-NOT-ON-SCREEN': {
    title: 'The field cannot be set: it is on no screen, or unknown',
    where: ['field'],
    symptoms: [
      "Field 'customfield_10042' cannot be set. It is not on the appropriate screen, or unknown.",
    ],
    why: 'The field is not on the screen of this operation, or its id is not that of a field here.',
    fix: 'Put the field on the edit screen, or set overrideScreenSecurity=true (scope ADMIN and Administer Jira for the app user); GET …/editmeta lists what can be set.',
  },
  'CS-FIELD-UNKNOWN': {
    title: 'There is no such field on this site',
    where: ['field'],
    symptoms: ["Jira lists no field 'Site locaton'."],
    why: 'Ids of custom fields differ from site to site, and names can be changed or used twice.',
    fix: 'Look the id up with GET /rest/api/3/field on this very site.',
  },
  'CS-FIELD-READ-ONLY': {
    title: 'The field is computed by Jira and cannot be set',
    where: ['field'],
    symptoms: ["Field 'created' cannot be set. It is not on the appropriate screen, or unknown."],
    why: 'created, updated, status, creator and the like are never set by an edit; no override changes that.',
    fix: 'Leave it out. A status is changed by POST …/transitions.',
  },
  'CS-FIELD-OF-APP': {
    title: 'The field belongs to an app and is written in its own way',
    where: ['field'],
    symptoms: [
      "Field 'my-app__location' cannot be set. It is not on the appropriate screen, or unknown.",
    ],
    why: 'A read_only issue field shows an issue property and has no value of its own; other fields of an app are written by that app alone.',
    fix: 'Write the issue property that the field shows, or use PUT /rest/api/3/app/field/{fieldIdOrKey}/value as the app that owns the field.',
  },
  'CS-FIELD-OVERRIDE': {
    title: 'The override flags need the scope ADMIN and the permission Administer Jira',
    where: ['field'],
    symptoms: [
      'overrideScreenSecurity and overrideEditableFlag need the ADMIN scope and the Administer Jira global permission.',
    ],
    why: 'overrideScreenSecurity and overrideEditableFlag are for app users who administer Jira.',
    fix: 'Add the scope ADMIN to the descriptor, install again, and give the app user Administer Jira; or leave the flags out.',
  },
  'CS-ISSUE-LOCKED': {
    title: 'The workflow status of the issue forbids editing',
    where: ['field'],
    symptoms: ['You are not allowed to edit this issue due to its current status in the workflow.'],
    why: 'The status has the property jira.issue.editable=false.',
    fix: 'Move the issue to another status first, or set overrideEditableFlag=true (scope ADMIN and Administer Jira).',
  },

  // Limits -----------------------------------------------------------------------------------------------------------
  'CS-LIMIT-QUOTA': {
    title: 'The app used up its points for this hour',
    where: ['limit'],
    symptoms: [
      '429 RateLimit-Reason: jira-quota-global-based',
      '429 RateLimit-Reason: jira-quota-tenant-based',
    ],
    why: 'Points per hour are counted over all sites of the app (or for this site), and start anew at the full hour UTC.',
    fix: 'Wait for Retry-After; ask for fewer fields and larger pages, and use webhooks in place of polling.',
  },
  'CS-LIMIT-BURST': {
    title: 'Too many calls in one second',
    where: ['limit'],
    symptoms: ['429 RateLimit-Reason: jira-burst-based'],
    why: 'Each resource has a limit per second for each site.',
    fix: 'Send fewer calls at once; wait for Retry-After, then spread them with some jitter.',
  },
  'CS-LIMIT-ISSUE': {
    title: 'One issue was written too often',
    where: ['limit'],
    symptoms: ['429 RateLimit-Reason: jira-per-issue-on-write'],
    why: 'An issue takes 20 writes in 2 seconds and 100 in 30 seconds.',
    fix: 'Join the changes of one issue into one edit.',
  },
  'CS-LIMIT': {
    title: 'Jira asks to slow down',
    where: ['limit'],
    symptoms: ['429 Too Many Requests'],
    why: 'A limit was passed; the answer does not say which.',
    fix: 'Wait for Retry-After, or a minute where it is missing, and send less at once.',
  },

  // Impersonation ----------------------------------------------------------------------------------------------------
  'CS-IMPERSONATION-SCOPE': {
    title: 'The app may not act as a user',
    where: ['to-jira'],
    symptoms: [
      '{"error":"unauthorized_client","error_description":"The authenticated client is not authorized to use this authorization grant type"}',
    ],
    why: 'The scope ACT_AS_USER is missing, or the app was not installed again since it was added.',
    fix: 'Add ACT_AS_USER to `scopes` of the descriptor, and install the app again.',
  },
  'CS-IMPERSONATION-GRANT': {
    title: 'The authorization server does not take the assertion',
    where: ['to-jira'],
    symptoms: [
      '{"error":"invalid_grant","error_description":"Invalid aud: https://auth.atlassian.io"}',
      '{"error":"invalid_grant"}',
    ],
    why: 'aud names the former server, the oauthClientId is that of an older installation, the user does not exist or is not active, or the assertion lives too long.',
    fix: 'Use https://oauth-2-authorization-server.services.atlassian.com as aud, the newest oauthClientId, urn:atlassian:connect:useraccountid:<accountId> as sub, and 60 seconds of life.',
  },
} as const;

/**
 * The catalogue of causes: every reason for a refusal that Countersign can name. `explainToken`, the diagnosis of
 * Jira's answers and docs/401.md all read it from here, so none of them can say what the others do not know.
 *
 * An id never changes its meaning. `where` says where the refusal shows: on a call `to-jira`, on a call `from-jira`
 * to the app, on one `from-forge`, at an `install`, at a `field`, or at a `limit`.
 */
export const causes: typeof connectCauses & typeof forgeCauses = {
  ...connectCauses,
  ...forgeCauses,
};

/** The stable id of a cause. */
export type CauseId = keyof typeof causes;

/** Where a refusal shows. */
export type CausePlace = 'to-jira' | 'from-jira' | 'from-forge' | 'install' | 'field' | 'limit';

/** A row of the catalogue. */
export interface Cause {
  readonly title: string;
  readonly where: readonly CausePlace[];
  /** What people see that is particular to it; beside what every refusal at this place shows. */
  readonly symptoms: readonly string[];
  readonly why: string;
  /** What to do, in one line. */
  readonly fix: string;
  /** The page of Atlassian that says how it should be. */
  readonly source?: string;
}

/** A row, by its id. */
export function causeOf(id: CauseId): Cause {
  return causes[id];
}

/** The page that explains all causes, below the root of the repository. */
const CAUSES_PAGE = 'docs/401.md';

/** Where a cause is explained. */
export function docsOf(id: CauseId): string {
  return `${CAUSES_PAGE}#${id.toLowerCase()}`;
}
