import { createHash, createHmac, generateKeyPairSync, sign as signBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { diagnoseInbound, diagnoseInvocation } from '../../src/connect/diagnose-inbound.ts';
import { InstallationError, KeySourceError, TokenError } from '../../src/errors.ts';
import { type AnswerFacts, diagnoseAnswer, diagnoseAs } from '../../src/jira/diagnose.ts';
import { type CauseId, causeOf, causes } from '../../src/jwt/explain/causes.ts';
import { explainToken } from '../../src/jwt/explain/explain.ts';
import type { ExplainInput } from '../../src/jwt/explain/explanation.ts';

const sharedSecret = 'Zm9yIHRlc3RzIG9ubHksIGFzIGxvbmcgYXMgYSByZWFsIG9uZQ==';
const appKey = 'my-app';
const clientKey = '5b1e2f3a-1111-2222-3333-444455556666';
const at = 1_800_000_000;
const now = (): number => at * 1000;
const siteUrl = 'https://x.atlassian.net';
const path = '/rest/api/3/issue/XX-1';

const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const hash = (canonical: string): string => createHash('sha256').update(canonical).digest('hex');

interface Made {
  header?: object;
  claims?: Record<string, unknown>;
  secret?: string | Buffer;
  /** What qsh is the hash of. */
  hashed?: string;
  algorithm?: string;
}

function make({
  header,
  claims,
  secret = sharedSecret,
  hashed = `GET&${path}&`,
  algorithm = 'sha256',
}: Made = {}): string {
  const body = { iss: appKey, iat: at, exp: at + 180, qsh: hash(hashed), ...claims };
  const input = `${part({ typ: 'JWT', alg: 'HS256', ...header })}.${part(body)}`;
  return `${input}.${createHmac(algorithm, secret).update(input).digest('base64url')}`;
}

const explain = (more: Partial<ExplainInput> & { made?: Made }): CauseId | undefined => {
  const { made, ...input } = more;
  const explanation = explainToken({
    token: make(made),
    sharedSecret,
    appKey,
    clientKey,
    method: 'GET',
    url: siteUrl + path,
    baseUrl: siteUrl,
    direction: 'to-jira',
    now,
    ...input,
  });
  expect(JSON.stringify(explanation)).not.toContain(sharedSecret);
  expect(explanation.verdict.ok).toBe(false);
  return explanation.verdict.cause;
};
const header = (value: string) => explain({ token: `Authorization: ${value}` });
const claims = (changed: Record<string, unknown>, more: Partial<ExplainInput> = {}) =>
  explain({ made: { claims: changed }, ...more });
const signed = (secret: string | Buffer, more: Partial<ExplainInput> = {}) =>
  explain({ made: { secret }, ...more });
const hashed = (canonical: string, target = path, more: Partial<ExplainInput> = {}) =>
  explain({ made: { hashed: canonical }, url: target, ...more });
const inbound = (made: Made, more: Partial<ExplainInput> = {}) =>
  explain({
    token: `JWT ${make({ ...made, claims: { iss: clientKey, ...made.claims } })}`,
    direction: 'from-jira',
    url: path,
    baseUrl: 'https://app.example.com',
    ...more,
  });

const answer = (
  status: number,
  text: string,
  more: Partial<AnswerFacts> = {},
): string | undefined =>
  diagnoseAnswer({
    method: 'GET',
    url: `${siteUrl}${path}`,
    status,
    errorMessages: text === '' ? [] : [text],
    ...more,
  })?.cause;
const headers = (of: Record<string, string>): Partial<AnswerFacts> => ({
  headers: new Headers(of),
});
const screens = (field: string, more: Partial<AnswerFacts> = {}) =>
  answer(400, '', {
    method: 'PUT',
    errors: {
      [field]: `Field '${field}' cannot be set. It is not on the appropriate screen, or unknown.`,
    },
    ...more,
  });

const refused = (error: TokenError | InstallationError | KeySourceError, lifecycle = false) => {
  const request = new Request('https://app.example.com/installed', { method: 'POST' });
  diagnoseInbound(error, { request, appKey, appUrl: 'https://app.example.com', now, lifecycle });
  return error.diagnosis?.cause;
};

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
const installToken = (changed: Record<string, unknown>): string => {
  const body = {
    iss: clientKey,
    iat: at,
    exp: at + 180,
    qsh: hash('POST&/installed&'),
    ...changed,
  };
  const input = `${part({ alg: 'RS256', kid: 'key-1' })}.${part(body)}`;
  return `${input}.${signBytes('sha256', Buffer.from(input), privateKey).toString('base64url')}`;
};
const install = (changed: Record<string, unknown>) =>
  explain({
    token: `JWT ${installToken(changed)}`,
    direction: 'from-jira',
    lifecycle: true,
    method: 'POST',
    url: '/installed',
    baseUrl: 'https://app.example.com',
    publicKey: pem,
  });

const appId = 'ari:cloud:ecosystem::app/11111111-2222-4333-8444-555555555555';
const cloudId = '99999999-8888-4777-8666-555555555555';
const gateway = `https://api.atlassian.com/ex/jira/${cloudId}`;
const fitClaims = {
  iss: 'forge/invocation-token',
  aud: appId,
  iat: at,
  nbf: at,
  exp: at + 25,
  app: {
    id: appId,
    installationId: 'ari:cloud:ecosystem::installation/66666666-2222-4333-8444-555555555555',
    apiBaseUrl: gateway,
    environment: { type: 'PRODUCTION', id: 'ari:cloud:ecosystem::environment/1/2' },
    module: { type: 'core:endpoint', key: 'sync' },
  },
};
const makeRs256 = (claims: object, header: object = {}): string => {
  const input = `${part({ alg: 'RS256', kid: 'forge/invocation-token/1', ...header })}.${part(claims)}`;
  return `${input}.${signBytes('sha256', Buffer.from(input), privateKey).toString('base64url')}`;
};
/** A FIT as it comes to a remote of the app. */
const fit = (changed: object = {}, more: Partial<ExplainInput> = {}, header = {}) => {
  const explanation = explainToken({
    token: `Authorization: Bearer ${makeRs256({ ...fitClaims, ...changed }, header)}`,
    accept: 'forge',
    appId,
    publicKey: pem,
    method: 'POST',
    url: 'https://app.example.com/forge/events',
    now,
    ...more,
  });
  return explanation.verdict.cause;
};
/** A token of Forge, OAuth or a person on its way to Jira. */
const called = (more: Partial<AnswerFacts> = {}, text = '', status = 401) =>
  answer(status, text, {
    credential: 'forge-system',
    authorization: `Bearer ${makeRs256({ iss: 'https://api.atlassian.com', iat: at - 60, exp: at + 10_000 })}`,
    siteUrl: gateway,
    url: `${gateway}${path}`,
    now,
    ...more,
  });
const login = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;
const personal = (more: Partial<AnswerFacts> = {}) =>
  called({
    credential: 'api-token',
    authorization: login('me@example.com:ATATT3xFfGF0abcdefgh'),
    siteUrl,
    url: `${siteUrl}${path}`,
    ...more,
  });
const notLetIn = (error: TokenError | KeySourceError, token = makeRs256(fitClaims)) => {
  const request = new Request('https://app.example.com/forge/events', {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
  });
  diagnoseInvocation(error, { request, appIds: [appId], now });
  return error.diagnosis?.cause;
};

/** Each cause, provoked. The compiler demands that none is missing. */
const provoked: Record<CauseId, () => string | undefined> = {
  'CS-TOKEN-MISSING': () => explain({ token: '' }),
  'CS-TOKEN-NOT-TEXT': () => header('JWT undefined'),
  'CS-PLACEHOLDER': () => header('JWT {{token}}'),
  'CS-SCHEME-BEARER': () => header(`Bearer ${make()}`),
  'CS-SCHEME-TOKEN-PARAM': () => header(`JWT token=${make()}`),
  'CS-SCHEME-CASE': () => header(`jwt ${make()}`),
  'CS-SCHEME-MISSING': () => header(make()),
  'CS-SCHEME-DOUBLED': () => header(`Bearer JWT ${make()}`),
  'CS-SCHEME-FORM': () => header(`JWT: ${make()}`),
  'CS-SCHEME-UNKNOWN': () => header(`Token ${make()}`),
  'CS-SCHEME-BASIC': () => header(`Basic ${Buffer.from('me@example.com:pass').toString('base64')}`),
  'CS-HEADER-TWICE': () => header(`JWT ${make()}, Basic eDp5`),
  'CS-TOKEN-QUOTED': () => header(`JWT "${make()}"`),
  'CS-TOKEN-WHITESPACE': () => header(`JWT ${make().replace('.', '.\n')}`),
  'CS-TOKEN-ENCODED': () => header(`JWT ${make().replaceAll('.', '%2E')}`),
  'CS-TOKEN-BASE64': () => header(`JWT ${make().replace('.', '=.')}`),
  'CS-TOKEN-TRUNCATED': () => header(`JWT ${make().slice(0, -3)}`),
  'CS-TOKEN-DOUBLED': () => header(`JWT ${make()}${make()}`),
  'CS-TOKEN-MALFORMED': () => header('JWT 0123456789abcdef'),
  'CS-TOKEN-IN-QUERY': () => explain({ token: `${siteUrl}${path}?jwt=${make()}` }),
  'CS-TOKEN-TWICE': () => inbound({}, { url: `${path}?jwt=${make()}` }),
  'CS-KIND-FIT': () => claims({ iss: 'forge/invocation-token' }),
  'CS-KIND-OAUTH': () => claims({ iss: 'https://auth.atlassian.com', qsh: undefined }),
  'CS-KIND-API-TOKEN': () => header('JWT ATATT3xFfGF0abcdefghijk_lmnop=0A1B2C3D'),
  'CS-KIND-RAW-KEY': () => header(`JWT ${sharedSecret}`),
  'CS-KIND-ASSERTION': () => claims({ iss: 'urn:atlassian:connect:clientid:abc', qsh: undefined }),
  'CS-KIND-HUB-SIGNATURE': () =>
    explain({ token: `sha256=${'a4'.repeat(32)}`, direction: 'from-jira' }),
  'CS-KIND-OTHER-JWT': () =>
    explain({
      made: {
        header: { alg: 'ES256' },
        claims: { iss: 'https://login.example.com', qsh: undefined },
      },
    }),
  'CS-CONTEXT-TOKEN': () => claims({ iss: clientKey, qsh: 'context-qsh' }),
  'CS-TOKEN-FORWARDED': () =>
    claims({ iss: clientKey, qsh: hash('GET&/some/page&x=y'), context: {} }),
  'CS-SESSION-TOKEN': () => claims({ qsh: undefined, aud: [clientKey] }),
  'CS-ISS-MISSING': () => claims({ iss: undefined }),
  'CS-ISS-CLIENT-KEY': () => claims({ iss: clientKey }),
  'CS-ISS-APP-KEY': () => inbound({ claims: { iss: appKey } }),
  'CS-ISS-PREFIX': () => claims({ iss: `jira:${appKey}` }),
  'CS-ISS-SPELLING': () => claims({ iss: 'My_App' }),
  'CS-ISS-SAMPLE': () => claims({ iss: 'issuer-val' }),
  'CS-ISS-URL': () => claims({ iss: 'https://app.example.com' }),
  'CS-ISS-ENVIRONMENT': () => claims({ iss: 'my-app-dev' }),
  'CS-ISS-UNKNOWN': () => claims({ iss: 'com.acme.other' }),
  'CS-ALG-NONE': () => explain({ made: { header: { alg: 'none' } } }),
  'CS-ALG-UNEXPECTED': () => explain({ made: { header: { alg: 'HS512' }, algorithm: 'sha512' } }),
  'CS-ALG-MISLABELLED': () => explain({ token: make({ algorithm: 'sha512' }) }),
  'CS-SIGNATURE-ENCODING': () => {
    const input = make().split('.').slice(0, 2).join('.');
    return explain({
      token: `${input}.${createHmac('sha256', sharedSecret).update(input).digest('hex')}`,
    });
  },
  'CS-SECRET-WHITESPACE': () => signed(`${sharedSecret}\n`),
  'CS-SECRET-QUOTED': () => signed(`"${sharedSecret}"`),
  'CS-SECRET-BASE64': () => signed(Buffer.from(sharedSecret, 'base64')),
  'CS-SECRET-HEX': () => signed(Buffer.from(sharedSecret).toString('hex')),
  'CS-SECRET-CHANGED': () => signed(sharedSecret.slice(0, 32)),
  'CS-SECRET-CLIENT-KEY': () => signed(clientKey),
  'CS-SECRET-PUBLIC-KEY': () => signed(pem, { publicKey: pem }),
  'CS-SECRET-APP-KEY': () => signed(appKey),
  'CS-SECRET-PREVIOUS': () => signed('the one before', { previousSecrets: ['the one before'] }),
  'CS-SECRET-OTHER-INSTALLATION': () =>
    signed('of another site', {
      installations: [{ clientKey: 'other', sharedSecret: 'of another site' }],
    }),
  'CS-SECRET-SAMPLE': () => signed('undefined'),
  'CS-SECRET-OTHER': () => signed('nobody knows it'),
  'CS-EXP-MISSING': () => claims({ exp: undefined }),
  'CS-IAT-MISSING': () => claims({ iat: undefined }),
  'CS-TIME-MILLISECONDS': () => claims({ iat: at * 1000, exp: (at + 180) * 1000 }),
  'CS-TIME-TEXT': () => claims({ exp: String(at + 180) }),
  'CS-EXP-RELATIVE': () => claims({ exp: 180 }),
  'CS-TIME-ZONE': () => claims({ iat: at - 7200, exp: at - 7020 }),
  'CS-CLOCK': () => explain({ serverDate: new Date((at + 600) * 1000).toUTCString() }),
  'CS-EXPIRED': () => claims({ iat: at - 600, exp: at - 420 }),
  'CS-NOT-YET-VALID': () => claims({ nbf: at + 90 }),
  'CS-EXP-TOO-FAR': () => claims({ exp: at + 365 * 86_400 }),
  'CS-AUD-MISSING': () => install({}),
  'CS-AUD-MISMATCH': () => install({ aud: 'https://1234.ngrok.io' }),
  'CS-HOST-GATEWAY': () => explain({ url: `https://api.atlassian.com/ex/jira/1${path}` }),
  'CS-HOST-OTHER-SITE': () => explain({ url: `https://y.atlassian.net${path}` }),
  'CS-QSH-MISSING': () => claims({ qsh: undefined }),
  'CS-QSH-NOT-HASHED': () => claims({ qsh: `GET&${path}&` }),
  'CS-QSH-DIGEST': () => claims({ qsh: createHash('md5').update(`GET&${path}&`).digest('hex') }),
  'CS-QSH-FORM': () => hashed(`GET&${path}`),
  'CS-QSH-METHOD': () => hashed(`POST&${path}&`),
  'CS-QSH-FULL-URL': () => hashed(`GET&${siteUrl}${path}&`),
  'CS-QSH-CONTEXT-PATH': () =>
    hashed(`GET&/wiki${path}&`, `/wiki${path}`, { baseUrl: `${siteUrl}/wiki` }),
  'CS-QSH-CONTEXT-PATH-CUT': () => hashed('GET&/issue/XX-1&'),
  'CS-QSH-BASE-DOUBLED': () => hashed(`GET&/rest/api/3${path}&`),
  'CS-QSH-VERSION': () => hashed('GET&/rest/api/2/issue/XX-1&'),
  'CS-QSH-PATH-DECODED': () => hashed('GET&/rest/a b&', '/rest/a%20b'),
  'CS-QSH-PATH-ENCODED': () => hashed('GET&/rest/a%2520b&', '/rest/a%20b'),
  'CS-QSH-QUERY-IN-PATH': () => hashed('GET&/rest/x%3Fa%3D1&', '/rest/x?a=1'),
  'CS-QSH-SLASH': () => hashed(`GET&${path}/&`),
  'CS-QSH-PATH-CASE': () => hashed('GET&/rest/api/3/issue/xx-1&'),
  'CS-QSH-QUERY-NOT-SIGNED': () => hashed(`GET&${path}&`, `${path}?expand=names`),
  'CS-QSH-QUERY-NOT-SENT': () => hashed(`GET&${path}&notifyUsers=false`),
  'CS-QSH-QUERY-ORDER': () => hashed(`GET&${path}&b=1&a=2`, `${path}?b=1&a=2`),
  'CS-QSH-QUERY-VALUE': () => hashed(`GET&${path}&a=true`, `${path}?a=1`),
  'CS-QSH-QUERY-DECODED': () =>
    hashed(`GET&${path}&jql=a = "b" & c`, `${path}?jql=a%20%3D%20%22b%22%20%26%20c`),
  'CS-QSH-QUERY-DOUBLE-ENCODED': () => hashed(`GET&${path}&a=b%2520c`, `${path}?a=b%20c`),
  'CS-QSH-PLUS': () => hashed(`GET&${path}&a=b+c`, `${path}?a=b+c`),
  'CS-QSH-ESCAPES': () => hashed(`GET&${path}&fields=*all`, `${path}?fields=*all`),
  'CS-QSH-REPEATED': () => hashed(`GET&${path}&a=1&a=2`, `${path}?a=1&a=2`),
  'CS-QSH-BRACKETS': () => hashed(`GET&${path}&a=1,2`, `${path}?a[]=1&a[]=2`),
  'CS-QSH-JWT-INCLUDED': () =>
    hashed(`GET&/page&a=1&jwt=`, '/page?a=1&jwt=', {
      appKey: 'any',
      clientKey: appKey,
      direction: 'from-jira',
    }),
  'CS-QSH-BODY': () => hashed(`GET&${path}&a=1&b=2`, path, { body: 'b=2&a=1' }),
  'CS-QSH-FRAGMENT': () => hashed(`GET&${path}#top&`, `${path}#top`),
  'CS-QSH-OTHER-REQUEST': () => hashed('GET&/something/else&entirely=1'),
  'CS-INSTALLATION-UNKNOWN': () => refused(new InstallationError('INSTALLATION_UNKNOWN', 'none')),
  'CS-INSTALLATION-UNINSTALLED': () =>
    refused(new InstallationError('INSTALLATION_UNINSTALLED', 'gone')),
  'CS-INSTALLATION-STALE': () =>
    answer(401, 'Client must be authenticated to access this resource.', {
      authorization: `JWT ${make()}`,
      sharedSecret,
      appKey,
      siteUrl,
      now,
    }),
  'CS-INSTALL-UNSIGNED': () => refused(new TokenError('TOKEN_MISSING', 'none'), true),
  'CS-INSTALL-KEY-UNKNOWN': () => refused(new TokenError('TOKEN_KEY_UNKNOWN', '404'), true),
  'CS-INSTALL-KEY-HOST': () => refused(new KeySourceError('KEY_SOURCE_UNAVAILABLE', 'down'), true),
  'CS-INSTALL-ISSUER': () =>
    refused(new TokenError('TOKEN_ISSUER_MISMATCH', 'The clientKey of the body …'), true),
  'CS-INSTALL-OTHER-APP': () =>
    refused(
      new InstallationError('INSTALLATION_PAYLOAD_INVALID', "The body is about the app 'x'"),
      true,
    ),
  'CS-INSTALL-PAYLOAD': () =>
    refused(new InstallationError('INSTALLATION_PAYLOAD_INVALID', 'no JSON'), true),
  'CS-INSTALL-SITE-REFUSED': () =>
    refused(new InstallationError('INSTALLATION_SITE_REFUSED', 'no'), true),
  'CS-INSTALL-REPLAYED': () => refused(new TokenError('TOKEN_REPLAYED', 'again'), true),
  'CS-INSTALL-NEEDS-FORGE': () =>
    answer(
      400,
      'Development Mode no longer supports installing private apps using an app descriptor URL.',
    ),
  'CS-INSTALL-UNREACHABLE': () =>
    answer(
      400,
      'The app host returned HTTP response code 401 when we tried to contact it during installation.',
    ),
  'CS-ANONYMOUS': () =>
    answer(400, 'Anonymous users do not have permission to create issues in this project.'),
  'CS-CREDENTIAL-IGNORED': () =>
    answer(200, '', headers({ 'x-seraph-loginreason': 'AUTHENTICATED_FAILED' })),
  'CS-LOGIN-DENIED': () =>
    answer(403, '', headers({ 'x-seraph-loginreason': 'AUTHENTICATION_DENIED' })),
  'CS-SCOPE-MISSING': () => answer(403, 'Request not in an authorized API scope'),
  'CS-SCOPE-GATEWAY': () => answer(401, 'Unauthorized; scope does not match'),
  'CS-AUTH-MISMATCH': () =>
    answer(401, '', headers({ 'x-failure-category': 'FAILURE_CLIENT_AUTH_MISMATCH' })),
  'CS-PERMISSION': () =>
    answer(403, 'You do not have permission to delete issues in this project.'),
  'CS-NOT-VISIBLE': () =>
    answer(404, 'Issue does not exist or you do not have permission to see it.'),
  'CS-PATH-UNKNOWN': () => answer(404, 'null for uri: https://x.atlassian.net/rest/api/3/isue'),
  'CS-API-REMOVED': () =>
    answer(
      410,
      'The requested API has been removed. Please migrate to the /rest/api/3/search/jql API.',
    ),
  'CS-METHOD-NOT-ALLOWED': () => answer(405, ''),
  'CS-GET-BODY': () => answer(403, 'A GET request may not have a body.'),
  'CS-BODY-NOT-JSON': () =>
    answer(400, 'There was an error parsing JSON. Check that your request body is valid.'),
  'CS-XSRF': () => answer(403, 'XSRF check failed'),
  'CS-BAD-VALUE': () =>
    answer(400, '', { errors: { description: 'Operation value must be an Atlassian Document' } }),
  'CS-RENAMED-SITE': () =>
    answer(302, '', headers({ location: 'https://new.atlassian.net/rest/x' })),
  'CS-SITE-GONE': () => answer(404, 'Site temporarily unavailable'),
  'CS-JIRA-DOWN': () => answer(503, ''),
  'CS-UNREACHABLE': () => diagnoseAnswer({ method: 'GET', url: siteUrl })?.cause,
  'CS-FIELD-NOT-ON-SCREEN': () => screens('customfield_10042'),
  'CS-FIELD-UNKNOWN': () => screens('Site location'),
  'CS-FIELD-READ-ONLY': () => screens('created'),
  'CS-FIELD-OF-APP': () => screens('my-app__location'),
  'CS-FIELD-OVERRIDE': () =>
    answer(
      403,
      'overrideScreenSecurity and overrideEditableFlag need the ADMIN scope and the Administer Jira global permission.',
    ),
  'CS-ISSUE-LOCKED': () =>
    answer(
      400,
      'You are not allowed to edit this issue due to its current status in the workflow.',
    ),
  'CS-LIMIT-QUOTA': () =>
    answer(429, '', headers({ 'ratelimit-reason': 'jira-quota-tenant-based' })),
  'CS-LIMIT-BURST': () => answer(429, '', headers({ 'ratelimit-reason': 'jira-burst-based' })),
  'CS-LIMIT-ISSUE': () =>
    answer(429, '', headers({ 'ratelimit-reason': 'jira-per-issue-on-write' })),
  'CS-LIMIT': () => answer(429, ''),
  'CS-IMPERSONATION-SCOPE': () => answer(401, 'unauthorized_client'),
  'CS-IMPERSONATION-GRANT': () => answer(401, 'invalid_grant'),
  'CS-FORGE-SCHEME': () => fit({}, { token: `JWT ${makeRs256(fitClaims)}` }),
  'CS-FORGE-APP-OTHER': () => fit({ aud: appId.replace('/1', '/2') }),
  'CS-FORGE-APP-ID-FORM': () => fit({}, { appId: 'ari:cloud:ecosystem::environment/1/2' }),
  'CS-FORGE-ENVIRONMENT': () => fit({}, { environments: ['DEVELOPMENT'] }),
  'CS-FORGE-STAGING': () =>
    fit({ app: { ...fitClaims.app, apiBaseUrl: 'https://api.stg.atlassian.com/ex/jira/1' } }),
  'CS-FORGE-ISOLATED-CLOUD': () => fit({ icLabel: '../evil' }),
  'CS-FORGE-FIT-EXPIRED': () => fit({ iat: at - 100, nbf: at - 100, exp: at - 75 }),
  'CS-FORGE-FIT-EARLY': () => fit({ iat: at + 100, nbf: at + 100, exp: at + 125 }),
  'CS-FORGE-ALG': () => fit({}, {}, { alg: 'HS256' }),
  'CS-FORGE-ISS': () => fit({ iss: 'forge/context-token' }),
  'CS-FORGE-OAUTH-AS-FIT': () =>
    fit({ iss: 'https://auth.atlassian.com', aud: 'x', scope: 'read:jira-work' }, {}, { kid: 'a' }),
  'CS-FORGE-CONNECT-AS-FIT': () => fit({}, { token: `JWT ${make()}` }),
  'CS-FORGE-KEY-UNKNOWN': () => notLetIn(new TokenError('TOKEN_KEY_UNKNOWN', 'No such key.')),
  'CS-FORGE-KEYS-UNREACHABLE': () =>
    notLetIn(new KeySourceError('KEY_SOURCE_UNAVAILABLE', 'No answer.')),
  'CS-FORGE-SIGNATURE': () => {
    const [head, , signature] = makeRs256(fitClaims).split('.');
    const principal = { ...fitClaims, principal: 'somebody-else' };
    return fit({}, { token: `Bearer ${head}.${part(principal)}.${signature}` });
  },
  'CS-FORGE-CLAIMS': () => fit({ app: { id: appId } }),
  'CS-FORGE-API-BASE': () =>
    notLetIn(new TokenError('TOKEN_FORGE_API_URL_REFUSED', 'It is no gateway.')),
  'CS-FORGE-SUB': () => fit({ sub: '5b10ac8d82e05b22cc7d4ef5' }),
  'CS-FORGE-SITE-URL': () => called({ siteUrl, url: `${siteUrl}${path}` }),
  'CS-FORGE-GATEWAY-PATH': () => called({ url: `https://api.atlassian.com${path}` }),
  'CS-FORGE-CLOUD-ID': () => called({ url: `https://api.atlassian.com/ex/jira/my-site${path}` }),
  'CS-FORGE-SYSTEM-TOKEN-MISSING': () => called({ authorization: 'Bearer undefined' }),
  'CS-FORGE-USER-TOKEN-MISSING': () =>
    called({ authorization: 'Bearer null', credential: 'forge-user' }),
  'CS-FORGE-AUTH-PLACE': () =>
    called({
      authorization: '',
      manifest: {
        modules: { endpoint: [{ key: 'sync', remote: 'backend' }] },
        remotes: [{ key: 'backend', auth: { appSystemToken: { enabled: true } } }],
      },
    }),
  'CS-FORGE-TOKEN-SCOPE': () =>
    called({
      authorization: '',
      manifest: {
        modules: { endpoint: [{ key: 'sync', auth: { appSystemToken: { enabled: true } } }] },
        permissions: { scopes: ['read:app-system-token'] },
      },
    }),
  'CS-FORGE-TOKEN-EXPIRED': () =>
    called({ authorization: `Bearer ${makeRs256({ iat: at - 15_000, exp: at - 600 })}` }),
  'CS-FORGE-TOKEN-REFUSED': () => called(),
  'CS-FORGE-JUST-INSTALLED': () => called({ installedAt: now() - 60_000 }, '', 403),
  'CS-FORGE-IMPERSONATION': () => called({}, 'User impersonation is not allowed.', 403),
  'CS-OAUTH-EXPIRED': () =>
    called({
      credential: 'oauth',
      authorization: `Bearer ${makeRs256({ iat: at - 4000, exp: at - 400 })}`,
    }),
  'CS-OAUTH-REFRESH-REUSED': () =>
    called({ credential: 'oauth' }, 'Unknown or invalid refresh token.', 403),
  'CS-OAUTH-REFUSED': () => called({ credential: 'oauth' }),
  'CS-API-TOKEN-SITE': () => personal(),
  'CS-API-TOKEN-GATEWAY': () => personal({ url: `${gateway}${path}` }),
  'CS-API-TOKEN-LOGIN': () => personal({ authorization: login('admin:ATATT3xFfGF0abcdefgh') }),
  'CS-API-TOKEN-REFUSED': () =>
    personal(headers({ 'x-seraph-loginreason': 'AUTHENTICATED_FAILED' })),
};

test.each(Object.entries(provoked))('%s is found where it is made', (cause, provoke) => {
  expect(provoke()).toBe(cause);
});

test('every cause is provoked', () => {
  expect(Object.keys(provoked)).toEqual(Object.keys(causes));
});

describe('the catalogue', () => {
  test.each(Object.keys(causes) as CauseId[])('%s says what, why and what to do', (id) => {
    const { title, why, fix, where } = causeOf(id);
    expect(id).toMatch(/^CS(?:-[A-Z0-9]+)+$/);
    expect(where.length).toBeGreaterThan(0);
    for (const text of [title, why, fix]) expect(text.trim()).not.toBe('');
    expect(fix).not.toContain('\n');
    expect(diagnoseAs(id, 'x').docs).toBe(`docs/401.md#${id.toLowerCase()}`);
  });

  test('titles are told apart', () => {
    const titles = Object.values(causes).map(({ title }) => title);
    expect(new Set(titles).size).toBe(titles.length);
  });
});
