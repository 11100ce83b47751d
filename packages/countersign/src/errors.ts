/**
 * The one error family of Countersign.
 *
 * Every error has a stable `code` from the catalogue below, a message that says what happened, and a `hint` that says
 * what to do next. No error ever holds a shared secret, a token or a `jwt` query parameter.
 */

/**
 * Every code there is: the status that a server answers with when it ends a request, and what to do next unless the
 * place that throws knows better. A row here is a heading in docs/errors.md and a test that provokes it.
 */
export const errorCatalogue = {
  CONFIG_OPTION_UNKNOWN: { httpStatus: 500, hint: 'Correct the name of the option.' },
  CONFIG_OPTION_MISSING: { httpStatus: 500, hint: 'Give the option that the message names.' },
  CONFIG_OPTION_INVALID: { httpStatus: 500, hint: 'Correct the value of the option.' },
  CONFIG_DESCRIPTOR_INVALID: { httpStatus: 500, hint: 'Correct the descriptor at the path named.' },
  CONFIG_PACKAGE_MISSING: { httpStatus: 500, hint: 'Install the package that the message names.' },
  CONFIG_SETTING_INVALID: {
    httpStatus: 500,
    hint: 'A setting has a name of 1 to 255 characters, and JSON of at most 100 kB.',
  },

  TOKEN_OPTION_INVALID: { httpStatus: 500, hint: 'Correct the argument that the message names.' },
  TOKEN_LIFETIME_INVALID: {
    httpStatus: 500,
    hint: 'Give expiresInSeconds in seconds, between 1 and 3600. Jira needs no more than the default, 180.',
  },
  TOKEN_MISSING: {
    httpStatus: 401,
    hint: 'Send the token as `Authorization: JWT <token>`, or as `jwt` in the query of a page or in a form.',
  },
  TOKEN_SCHEME_UNEXPECTED: {
    httpStatus: 401,
    hint: 'A Connect token travels as `Authorization: JWT <token>`: the word JWT, one space, the token.',
  },
  TOKEN_AMBIGUOUS: {
    httpStatus: 401,
    hint: 'Send one token, once: in the Authorization header, as the `jwt` query parameter or as a field of a form.',
  },
  TOKEN_MALFORMED: {
    httpStatus: 401,
    hint: 'A token has three base64url parts joined by dots. Check that it was not cut, quoted or sent twice.',
  },
  TOKEN_UNSIGNED: { httpStatus: 401, hint: 'Sign the token; an `alg` of none is never accepted.' },
  TOKEN_ALGORITHM_UNEXPECTED: {
    httpStatus: 401,
    hint: 'Requests are signed with HS256; installed and uninstalled callbacks with RS256. Nothing else is accepted.',
  },
  TOKEN_SIGNATURE_INVALID: {
    httpStatus: 401,
    hint: 'Sign with the sharedSecret of the newest installed callback, as the text it is: not trimmed, not decoded.',
  },
  TOKEN_CLAIM_INVALID: {
    httpStatus: 401,
    hint: 'iss and qsh are strings; iat, exp and nbf are numbers, in seconds.',
  },
  TOKEN_ISS_MISSING: { httpStatus: 401, hint: 'Add the claim iss: who made the token.' },
  TOKEN_IAT_MISSING: { httpStatus: 401, hint: 'Add the claim iat: when it was made, in seconds.' },
  TOKEN_EXP_MISSING: { httpStatus: 401, hint: 'Add the claim exp: when it ends, in seconds.' },
  TOKEN_QSH_MISSING: {
    httpStatus: 401,
    hint: 'Add the claim qsh: the hash of the canonical request.',
  },
  TOKEN_ISSUER_MISMATCH: {
    httpStatus: 401,
    hint: 'Tokens of the site carry the clientKey as iss; tokens of the app carry the app key.',
  },
  TOKEN_AUDIENCE_MISMATCH: {
    httpStatus: 401,
    hint: 'The site puts the baseUrl of the installed descriptor into aud. Give that same URL as appUrl, or install again.',
  },
  TOKEN_EXPIRED: {
    httpStatus: 401,
    hint: 'Make a fresh token for each request, and compare the clocks of both machines.',
  },
  TOKEN_NOT_YET_VALID: { httpStatus: 401, hint: 'Compare the clocks of both machines.' },
  TOKEN_QSH_MISMATCH: {
    httpStatus: 401,
    hint: 'Hash exactly the method, path and query that are sent. Behind a proxy, use the URL that the caller sees.',
  },
  TOKEN_CONTEXT_REFUSED: {
    httpStatus: 401,
    hint: "This is a context token, bound to no URL. Only a route that says accept: ['context'] takes one.",
  },
  TOKEN_REQUEST_REFUSED: {
    httpStatus: 401,
    hint: "This token is bound to one URL, and the route takes context tokens only. Add 'request' to accept.",
  },
  TOKEN_SESSION_REFUSED: {
    httpStatus: 401,
    hint: "This is a session token, made by the app for its own page. Only a route that says accept: ['session'] takes one.",
  },
  TOKEN_SESSION_ENDED: {
    httpStatus: 401,
    hint: 'A session is renewed until its end and no longer. Begin a new one with the token of AP.context.getToken, or by loading the page again.',
  },
  TOKEN_PERMISSION_MISSING: {
    httpStatus: 403,
    hint: 'The user is known, but Jira does not give the permission that the message names. An administrator of the site can.',
  },
  TOKEN_KEY_ID_INVALID: {
    httpStatus: 401,
    hint: 'installed and uninstalled callbacks name their key by `kid`. A descriptor needs apiMigrations.signed-install: true.',
  },
  TOKEN_KEY_UNKNOWN: {
    httpStatus: 401,
    hint: 'No configured key host knows this key id. A staging site, a FedRAMP site or a sandbox needs its key hosts in installKeyHosts.',
  },
  TOKEN_FORGE_REFUSED: {
    httpStatus: 401,
    hint: "This is a Forge invocation token. Only a route that says accept: ['forge'] takes one, as `Authorization: Bearer <token>`.",
  },
  TOKEN_FORGE_EXPECTED: {
    httpStatus: 401,
    hint: "This route takes Forge invocation tokens only. Add 'request' or 'context' to accept, if Connect may call it too.",
  },
  TOKEN_FORGE_REALM_REFUSED: {
    httpStatus: 401,
    hint: 'Name the key set of that cloud: forge.stagingKeySetUrl, or forge.isolatedCloudKeySetUrl as Atlassian gave it when the app was onboarded.',
  },
  TOKEN_FORGE_ENVIRONMENT_REFUSED: {
    httpStatus: 401,
    hint: 'Add the environment to forge.environments, or point its deployment at another backend.',
  },
  TOKEN_FORGE_API_URL_REFUSED: {
    httpStatus: 401,
    hint: 'Calls go to the origins of forge.gatewayUrls alone, at /ex/jira/<cloudId>. A sandbox is added there by its own origin.',
  },
  TOKEN_FORGE_MODULE_REFUSED: {
    httpStatus: 401,
    hint: 'Events come from Forge itself. A page can read the token of its own calls, so one that was made for a page opens no route of events.',
  },
  TOKEN_REPLAYED: {
    httpStatus: 401,
    hint: 'Each lifecycle token is good once. Send the event again with a fresh token.',
  },

  INSTALLATION_UNKNOWN: {
    httpStatus: 401,
    hint: 'Install the app on the site again, or check that this process reads the same store as the one that was installed.',
  },
  INSTALLATION_UNINSTALLED: {
    httpStatus: 401,
    hint: 'The app was uninstalled from this site. Install it again to get a new secret.',
  },
  INSTALLATION_SITE_REFUSED: {
    httpStatus: 401,
    hint: 'Add the site to allowedSites if the app may be installed there.',
  },
  INSTALLATION_PAYLOAD_INVALID: {
    httpStatus: 400,
    hint: 'The body of a lifecycle callback must be the JSON that Jira documents.',
  },
  INSTALLATION_PAYLOAD_TOO_LARGE: {
    httpStatus: 413,
    hint: 'Raise maxBodyBytes if bodies of this size are expected.',
  },

  KEY_SOURCE_UNAVAILABLE: {
    httpStatus: 503,
    hint: 'Check that this machine reaches the key host over HTTPS, then install again.',
  },
  KEY_SOURCE_INVALID: {
    httpStatus: 503,
    hint: 'The key host answered something that is no public key. Check installKeyHosts and the proxy in between.',
  },

  QUEUE_UNAVAILABLE: {
    httpStatus: 503,
    hint: 'Check the server that keeps the queue of webhooks. Jira sends what is not taken in again.',
  },

  STORE_UNAVAILABLE: { httpStatus: 503, hint: 'Check the database that keeps the installations.' },
  STORE_CORRUPT: {
    httpStatus: 503,
    hint: 'The stored installation cannot be read. Restore it from a backup, or install the app again.',
  },
  STORE_CONFLICT: {
    httpStatus: 503,
    hint: 'Too many writers changed this installation at once. Send the event again.',
  },
  STORE_KEY_MISSING: {
    httpStatus: 503,
    hint: 'Add the key of this id to encryptionKeys, behind the one that new secrets are encrypted with.',
  },
  STORE_KEY_WRONG: {
    httpStatus: 503,
    hint: 'Either the key of this id is another one than the one it was encrypted with, or the stored text was changed or copied from another record.',
  },
  STORE_KEY_UNAVAILABLE: {
    httpStatus: 503,
    hint: 'Check the service that the keys of encryptionKeys come from.',
  },
  STORE_NOT_ENCRYPTED: {
    httpStatus: 503,
    hint: "Add 'none' at the end of encryptionKeys, run 'countersign installations reencrypt', then take it away again.",
  },

  JIRA_UNAUTHENTICATED: {
    httpStatus: 502,
    hint: 'Jira did not accept the token. Check that iss is the app key and that the stored secret is the newest one.',
  },
  JIRA_FORBIDDEN: {
    httpStatus: 502,
    hint: 'The app is known but may not do this: check its scopes and the permissions of its app user.',
  },
  JIRA_NOT_FOUND: {
    httpStatus: 502,
    hint: 'It does not exist, or the app user may not see it: Jira answers both with 404.',
  },
  JIRA_BAD_REQUEST: {
    httpStatus: 502,
    hint: "Read Jira's own messages in errorMessages and errors.",
  },
  JIRA_CONFLICT: {
    httpStatus: 502,
    hint: 'Somebody else changed it at the same time. Read it again.',
  },
  JIRA_RATE_LIMITED: { httpStatus: 502, hint: 'Wait for retryAfterSeconds before the next call.' },
  JIRA_UNAVAILABLE: { httpStatus: 502, hint: 'Jira failed. Try again later.' },
  JIRA_UNEXPECTED_STATUS: { httpStatus: 502, hint: 'Look at status and errorMessages.' },
  JIRA_REDIRECTED: {
    httpStatus: 502,
    hint: 'Credentials never follow a redirect. If the site was renamed, its installed callback brings the new URL.',
  },
  JIRA_CREDENTIAL_IGNORED: {
    httpStatus: 502,
    hint: 'Jira refused the token and answered as if to an anonymous caller. Do not trust the answer.',
  },
  JIRA_UNREACHABLE: {
    httpStatus: 502,
    hint: 'Check the network between this machine and the site.',
  },
  JIRA_TIMEOUT: { httpStatus: 502, hint: 'Give timeoutMs more time, or ask for less.' },
  JIRA_ANSWER_INVALID: {
    httpStatus: 502,
    hint: 'The answer is not JSON. Use jira.fetch for anything else.',
  },
  JIRA_ANSWER_TOO_LARGE: {
    httpStatus: 502,
    hint: 'Ask for fewer fields or a smaller page, or stream the answer with jira.fetch.',
  },
  JIRA_URL_REFUSED: {
    httpStatus: 502,
    hint: 'Give a path such as /rest/api/3/myself. Credentials of a site go to that site alone.',
  },
  JIRA_FIELD_UNKNOWN: {
    httpStatus: 502,
    hint: 'Name the field by its id, such as customfield_10042, or by its exact name.',
  },
  JIRA_FIELD_AMBIGUOUS: { httpStatus: 502, hint: 'Name the field by its id.' },
  JIRA_FIELD_VALUE_INVALID: {
    httpStatus: 502,
    hint: 'Give a value of the type that the message names. Nothing was sent.',
  },
  JIRA_PROPERTY_INVALID: {
    httpStatus: 502,
    hint: 'A property has a key of 1 to 255 characters, 127 for one of the app itself, and JSON of at most 32768 characters. Nothing was sent.',
  },
  JIRA_OVERRIDE_REFUSED: {
    httpStatus: 502,
    hint: 'overrideScreenSecurity and overrideEditableFlag need the scope ADMIN in the descriptor and Administer Jira for the app user.',
  },
  JIRA_FORGE_TOKEN_MISSING: {
    httpStatus: 502,
    hint: 'Forge sends a token and gives none on demand: set auth.appSystemToken.enabled at modules.endpoint[] and the scope read:app-system-token in the manifest, with triggers for avi:forge:installed:app and avi:forge:upgraded:app and an hourly scheduledTrigger on that endpoint, and call app.forge.keepTokensFresh().',
  },
  JIRA_FORGE_TOKEN_EXPIRED: {
    httpStatus: 502,
    hint: 'There is no way to refresh it; Forge has to send the next one. An hourly scheduledTrigger directly on an endpoint whose auth.appSystemToken.enabled is true keeps one at hand: see app.forge.keepTokensFresh().',
  },
  JIRA_IMPERSONATION_REFUSED: {
    httpStatus: 502,
    hint: 'On Connect the descriptor needs the scope ACT_AS_USER, on Forge the manifest its scopes as a map with allowImpersonation: true; and the user must be an active person with access to the app.',
  },
  JIRA_OAUTH_REFUSED: {
    httpStatus: 502,
    hint: 'Check clientId, clientSecret and redirectUri against the developer console or the service account.',
  },
  JIRA_OAUTH_CONSENT_NEEDED: {
    httpStatus: 502,
    hint: 'Lead the user through the authorize URL again, with the scope offline_access, and exchange the code.',
  },
} as const;

/** Every code of every error of this package. */
export type ErrorCode = keyof typeof errorCatalogue;
export type ConfigErrorCode = Extract<ErrorCode, `CONFIG_${string}`>;
export type TokenErrorCode = Extract<ErrorCode, `TOKEN_${string}`>;
export type InstallationErrorCode = Extract<ErrorCode, `INSTALLATION_${string}`>;
export type KeySourceErrorCode = Extract<ErrorCode, `KEY_SOURCE_${string}`>;
export type StoreErrorCode = Extract<ErrorCode, `STORE_${string}`>;
export type QueueErrorCode = Extract<ErrorCode, `QUEUE_${string}`>;
export type JiraApiErrorCode = Extract<ErrorCode, `JIRA_${string}`>;

/** What a refusal comes from. It holds no secret and no token. */
export interface Diagnosis {
  /** An id of docs/401.md; undefined where nothing known fits. */
  readonly cause: `CS-${string}` | undefined;
  readonly title: string;
  readonly evidence: string;
  /** What to do, in one line. */
  readonly fix: string;
  /** The page below the repository, with the heading of the cause. */
  readonly docs: string;
  /** `certain`: shown by the evidence. `likely`: it fits, and so may something else. */
  readonly confidence: 'certain' | 'likely' | 'none';
  /** Causes that were tried and do not fit. */
  readonly ruledOut: readonly `CS-${string}`[];
}

/** What every error can be given beside its message. */
export interface ErrorOptions {
  /** What to do next; the catalogue's hint when left out. */
  hint?: string;
  /** The error underneath. */
  cause?: unknown;
}

const brand: unique symbol = Symbol.for('countersign.error') as never;

/** The base of all errors of this package. Catch one of its subclasses, or switch on `code`. */
export abstract class CountersignError extends Error {
  /** Stable: it never changes its meaning, and a new cause gets a new code. */
  abstract readonly code: ErrorCode;
  /** What to do next, in a sentence or two. */
  readonly hint: string;
  /** The status a server answers with when this error ends a request. */
  readonly httpStatus: number;

  constructor(code: ErrorCode, message: string, options: ErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    const row = errorCatalogue[code];
    this.hint = options.hint ?? row.hint;
    this.httpStatus = row.httpStatus;
  }

  /** What may be logged: no stack, no cause. */
  toJSON(): Record<string, unknown> {
    return { name: this.name, message: this.message, ...(this as object) };
  }
}

/** Diagnoses that nobody has asked for yet, by the error they belong to. */
const diagnoses = new WeakMap<object, Diagnosis | (() => Diagnosis | undefined)>();

/** Gives an error a diagnosis that is made when it is first read: a refusal that nobody logs costs nothing. */
export function diagnoseLater(
  error: CountersignError,
  diagnose: () => Diagnosis | undefined,
): void {
  if (!diagnoses.has(error)) diagnoses.set(error, diagnose);
}

function diagnosisOf(error: object): Diagnosis | undefined {
  const known = diagnoses.get(error);
  if (typeof known !== 'function') return known;
  // It is removed first: a diagnosis that fails is not tried again.
  diagnoses.delete(error);
  try {
    const diagnosis = known();
    if (diagnosis !== undefined) diagnoses.set(error, diagnosis);
    return diagnosis;
  } catch {
    return undefined;
  }
}

/** Marks a class by name, so that the guards also know errors of a second copy of this package. */
function markClass(errorClass: { prototype: CountersignError }, name: string): void {
  Object.defineProperty(errorClass.prototype, 'name', { value: name, configurable: true });
  Object.defineProperty(errorClass.prototype, brand, { value: name });
}

/** The developer must act, at start: an option is missing, wrong or unknown. */
export class ConfigError extends CountersignError {
  readonly code: ConfigErrorCode;
  constructor(code: ConfigErrorCode, message: string, options?: ErrorOptions) {
    super(code, message, options);
    this.code = code;
  }
}

/** The sender of this request must act: the token is missing, wrong, expired or meant for something else. */
export class TokenError extends CountersignError {
  readonly code: TokenErrorCode;
  /** The claim at fault, if it is one. */
  readonly claim: string | undefined;
  constructor(
    code: TokenErrorCode,
    message: string,
    options: ErrorOptions & { claim?: string } = {},
  ) {
    super(code, message, options);
    this.code = code;
    this.claim = options.claim;
  }

  /** Why, as far as it can be told from what the app knows. For the log: never send it to the caller. */
  get diagnosis(): Diagnosis | undefined {
    return diagnosisOf(this);
  }
}

/** An administrator or the operator must act: the app is not (or no longer) installed there, or may not be. */
export class InstallationError extends CountersignError {
  readonly code: InstallationErrorCode;
  /** The clientKey of the installation, if one was named. */
  readonly clientKey: string | undefined;
  constructor(
    code: InstallationErrorCode,
    message: string,
    options: ErrorOptions & { clientKey?: string } = {},
  ) {
    super(code, message, options);
    this.code = code;
    this.clientKey = options.clientKey;
  }

  /** Why, as far as it can be told from what the app knows. For the log: never send it to the caller. */
  get diagnosis(): Diagnosis | undefined {
    return diagnosisOf(this);
  }
}

/** The network or Atlassian must act: the host of the public keys does not answer, or not with a key. */
export class KeySourceError extends CountersignError {
  readonly code: KeySourceErrorCode;
  constructor(code: KeySourceErrorCode, message: string, options?: ErrorOptions) {
    super(code, message, options);
    this.code = code;
  }

  /** Why, as far as it can be told from what the app knows. For the log: never send it to the caller. */
  get diagnosis(): Diagnosis | undefined {
    return diagnosisOf(this);
  }
}

/** The operator must act: the store of the installations fails. */
export class StoreError extends CountersignError {
  readonly code: StoreErrorCode;
  constructor(code: StoreErrorCode, message: string, options?: ErrorOptions) {
    super(code, message, options);
    this.code = code;
  }
}

/** The operator must act: the queue of the webhooks fails. */
export class QueueError extends CountersignError {
  readonly code: QueueErrorCode;
  constructor(code: QueueErrorCode, message: string, options?: ErrorOptions) {
    super(code, message, options);
    this.code = code;
  }
}

/** What a JiraApiError can be given beside its message. */
export interface JiraApiErrorOptions extends ErrorOptions {
  method?: string;
  path?: string;
  status?: number;
  errorMessages?: readonly string[];
  errors?: Readonly<Record<string, string>>;
  retryAfterSeconds?: number;
  diagnosis?: Diagnosis | undefined;
}

/** The author of the app must act: Jira refused a call, or it could not be made. */
export class JiraApiError extends CountersignError {
  readonly code: JiraApiErrorCode;
  readonly method: string | undefined;
  /** The path that was called, without its query. */
  readonly path: string | undefined;
  /** The status of Jira's answer; undefined when there was none. */
  readonly status: number | undefined;
  /** Jira's own messages, or the start of the answer's text where it was not JSON. */
  readonly errorMessages: readonly string[];
  /** Jira's own messages by field id. */
  readonly errors: Readonly<Record<string, string>>;
  /** How long Jira asks to wait, in seconds. */
  readonly retryAfterSeconds: number | undefined;
  /** Why, as far as it can be told from what was sent, what was answered and what the client knows. */
  readonly diagnosis?: Diagnosis;
  constructor(code: JiraApiErrorCode, message: string, options: JiraApiErrorOptions = {}) {
    super(code, message, options);
    this.code = code;
    this.method = options.method;
    this.path = options.path;
    this.status = options.status;
    this.errorMessages = options.errorMessages ?? [];
    this.errors = options.errors ?? {};
    this.retryAfterSeconds = options.retryAfterSeconds;
    if (options.diagnosis !== undefined) this.diagnosis = options.diagnosis;
  }
}

markClass(ConfigError, 'ConfigError');
markClass(TokenError, 'TokenError');
markClass(InstallationError, 'InstallationError');
markClass(KeySourceError, 'KeySourceError');
markClass(StoreError, 'StoreError');
markClass(QueueError, 'QueueError');
markClass(JiraApiError, 'JiraApiError');

/** All errors of this package as a union: `switch (error.code)` narrows it to the class. */
export type AnyCountersignError =
  | ConfigError
  | TokenError
  | InstallationError
  | KeySourceError
  | StoreError
  | QueueError
  | JiraApiError;

function brandOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null
    ? (error as { [brand]?: unknown })[brand]
    : undefined;
}

/** True for every error of this package, also of another copy of it. */
export function isCountersignError(error: unknown): error is AnyCountersignError {
  return brandOf(error) !== undefined;
}
export function isConfigError(error: unknown): error is ConfigError {
  return brandOf(error) === 'ConfigError';
}
export function isTokenError(error: unknown): error is TokenError {
  return brandOf(error) === 'TokenError';
}
export function isInstallationError(error: unknown): error is InstallationError {
  return brandOf(error) === 'InstallationError';
}
export function isKeySourceError(error: unknown): error is KeySourceError {
  return brandOf(error) === 'KeySourceError';
}
export function isQueueError(error: unknown): error is QueueError {
  return brandOf(error) === 'QueueError';
}

export function isStoreError(error: unknown): error is StoreError {
  return brandOf(error) === 'StoreError';
}
export function isJiraApiError(error: unknown): error is JiraApiError {
  return brandOf(error) === 'JiraApiError';
}

/**
 * Refuses an option that nobody knows, so that a typing error is not silently ignored.
 *
 * @throws ConfigError CONFIG_OPTION_UNKNOWN, naming the nearest known option.
 */
export function refuseUnknownOptions(
  owner: string,
  options: object,
  known: ReadonlySet<string>,
): void {
  for (const name in options) {
    if (known.has(name)) continue;
    const near = nearest(name, known);
    throw new ConfigError(
      'CONFIG_OPTION_UNKNOWN',
      `${owner} has no option '${name}'.${near === undefined ? '' : ` Did you mean '${near}'?`}`,
      { hint: `Known options: ${[...known].join(', ')}.` },
    );
  }
}

/** The candidate that differs in the fewest letters, if it is close enough to be meant. */
export function nearest(name: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined;
  let bestDistance = Math.max(2, Math.floor(name.length / 2)) + 1;
  for (const candidate of candidates) {
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      current[column] = Math.min(
        (previous[column] as number) + 1,
        (current[column - 1] as number) + 1,
        (previous[column - 1] as number) + (a[row - 1] === b[column - 1] ? 0 : 1),
      );
    }
    previous = current;
  }
  return previous[b.length] as number;
}
