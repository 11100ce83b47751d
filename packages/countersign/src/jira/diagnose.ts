import type { Diagnosis } from '../errors.ts';
import { type CauseId, causeOf, docsOf } from '../jwt/explain/causes.ts';

import type { Confidence, CredentialKind, Explanation } from '../jwt/explain/explanation.ts';
import { explainToken } from '../jwt/jwt.ts';
import {
  byBearerText,
  byFreshInstallation,
  byRefusedCredential,
  bySentCredential,
  permissionFix,
} from './diagnose-bearer.ts';
import { diagnoseField } from './diagnose-field.ts';
import {
  ANONYMOUS_ANSWER,
  KNOWN_ANSWERS,
  type KnownAnswer,
  TOKEN_ANSWERS,
} from './known-answers.ts';

/** What is known of a call and its answer. Everything but the call itself may be missing. */
export interface AnswerFacts {
  readonly method: string;
  /** The URL that was called, or its path. */
  readonly url: string;
  /** Undefined where no answer came. */
  readonly status?: number | undefined;
  readonly headers?: { get(name: string): string | null } | undefined;
  /** Jira's messages, or the text of the answer. */
  readonly errorMessages?: readonly string[];
  readonly errors?: Readonly<Record<string, string>>;
  /** The Authorization header that was sent; undefined where it is not known, '' where there was none. */
  readonly authorization?: string | undefined;
  /** What the call was made with, where it is no Connect token; siteUrl is then what the call had to begin with. */
  readonly credential?: CredentialKind | undefined;
  /** When the app was installed through Forge, in milliseconds since 1970. */
  readonly installedAt?: number | undefined;
  readonly siteUrl?: string | undefined;
  readonly appKey?: string | undefined;
  readonly clientKey?: string | undefined;
  readonly sharedSecret?: string | undefined;
  readonly previousSecrets?: readonly string[];
  /** `key` and `scopes` of the descriptor. */
  readonly descriptor?: { readonly key?: string; readonly scopes?: readonly string[] } | undefined;
  readonly body?: string | undefined;
  /** Of Forge: `app.apiBaseUrl` of the FIT that brought the token. */
  readonly apiBaseUrl?: string | undefined;
  /** Of Forge and OAuth 2.0: the scopes of the manifest, or those that were consented to. */
  readonly scopes?: readonly string[] | undefined;
  /** The parsed manifest.yml. */
  readonly manifest?: unknown;
  readonly now?: (() => number) | undefined;
}

/** A cause as one step finds it. */
export interface Found {
  readonly cause: CauseId;
  readonly evidence: string;
  readonly confidence: Confidence;
  readonly fix?: string;
}

/** An answer, and what was sent, as the steps read it. */
export interface Examined {
  readonly facts: AnswerFacts;
  readonly status: number;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly messages: readonly string[];
  /** Undefined where the token is not at hand. */
  readonly explanation: Explanation | undefined;
}

/** Why Jira refused a call; undefined where it did not. It reads no network, and is for the failure path only. */
export function diagnoseAnswer(facts: AnswerFacts): Diagnosis | undefined {
  const { status, headers } = facts;
  if (status === undefined) {
    return diagnosis(
      { cause: 'CS-UNREACHABLE', evidence: 'No answer came.', confidence: 'likely' },
      [],
    );
  }
  const loginReason = headers?.get('x-seraph-loginreason') ?? '';
  if (status < 300 && !/FAILED|DENIED/.test(loginReason)) return undefined;
  const examined = examine(facts, status);
  const isConnect = facts.credential === undefined || facts.credential === 'connect';
  const steps: ((examined: Examined) => Found | undefined)[] = isConnect
    ? CONNECT_STEPS
    : OTHER_STEPS;
  const ruledOut = [...(examined.explanation?.ruledOut ?? [])];
  for (const step of steps) {
    const found = step(examined);
    if (found !== undefined) {
      return diagnosis(
        found,
        ruledOut.filter((cause) => cause !== found.cause),
      );
    }
  }
  return {
    cause: undefined,
    title: 'None of the known causes fits this answer',
    evidence: `Jira answered with ${status}${examined.messages.length === 0 ? '' : ` and its own text`}.`,
    fix: 'Read errorMessages and errors; call GET /rest/api/3/myself with the same credential to tell a login from a permission.',
    docs: 'docs/401.md#nothing-fits',
    confidence: 'none',
    ruledOut,
  };
}

function diagnosis({ cause, evidence, confidence, fix }: Found, ruledOut: CauseId[]): Diagnosis {
  const row = causeOf(cause);
  return {
    cause,
    title: row.title,
    evidence,
    fix: fix ?? row.fix,
    docs: docsOf(cause),
    confidence,
    ruledOut,
  };
}

/** The same shape for a cause that needs no answer to be known. */
export function diagnoseAs(
  cause: CauseId,
  evidence: string,
  confidence: Confidence = 'certain',
): Diagnosis {
  return diagnosis({ cause, evidence, confidence }, []);
}

function examine(facts: AnswerFacts, status: number): Examined {
  const [path = '', query = ''] = facts.url.replace(/#.*$/s, '').split(/\?(.*)/s);
  const { authorization, headers } = facts;
  const explanation =
    authorization === undefined
      ? undefined
      : explainToken({
          token: authorization === '' ? '' : `Authorization: ${authorization}`,
          direction: 'to-jira',
          method: facts.method,
          url: facts.url,
          ...pick(facts, [
            'sharedSecret',
            'previousSecrets',
            'clientKey',
            'body',
            'now',
            'credential',
            'apiBaseUrl',
            'manifest',
          ]),
          ...defined('appKey', facts.descriptor?.key ?? facts.appKey),
          ...defined('baseUrl', facts.siteUrl),
          ...defined('serverDate', headers?.get('date') ?? undefined),
        });
  return {
    facts,
    status,
    path: path.replace(/^[a-z]+:\/\/[^/]*/i, ''),
    query: new URLSearchParams(query),
    messages: [...(facts.errorMessages ?? []), ...Object.values(facts.errors ?? {})],
    explanation,
  };
}

function pick<K extends keyof AnswerFacts>(
  facts: AnswerFacts,
  names: readonly K[],
): { [N in K]?: NonNullable<AnswerFacts[N]> } {
  const picked: { [N in K]?: NonNullable<AnswerFacts[N]> } = {};
  for (const name of names) {
    const value = facts[name];
    if (value !== undefined && value !== null) picked[name] = value as NonNullable<AnswerFacts[K]>;
  }
  return picked;
}

function defined<K extends string, V>(name: K, value: V | undefined): { [N in K]?: V } {
  return (value === undefined ? {} : { [name]: value }) as { [N in K]?: V };
}

const sure = (cause: CauseId, evidence: string): Found => ({
  cause,
  evidence,
  confidence: 'certain',
});
const likely = (cause: CauseId, evidence: string): Found => ({
  cause,
  evidence,
  confidence: 'likely',
});

/** Statuses that have nothing to do with who calls. */
function byStatus({ status, facts }: Examined): Found | undefined {
  if (status >= 500) return sure('CS-JIRA-DOWN', `The status is ${status}.`);
  if (status === 429) {
    const reason = facts.headers?.get('ratelimit-reason') ?? '';
    const after = facts.headers?.get('retry-after');
    const evidence = `RateLimit-Reason is ${reason === '' ? 'missing' : reason.slice(0, 60)}${after == null ? '' : `, Retry-After is ${after.slice(0, 40)}`}.`;
    if (/quota|cost/.test(reason)) return sure('CS-LIMIT-QUOTA', evidence);
    if (/burst/.test(reason)) return sure('CS-LIMIT-BURST', evidence);
    if (/per-issue/.test(reason)) return sure('CS-LIMIT-ISSUE', evidence);
    return sure('CS-LIMIT', evidence);
  }
  if (status >= 300 && status < 400) {
    const location = facts.headers?.get('location') ?? '';
    if (/login|id\.atlassian\.com/i.test(location)) {
      return likely('CS-ANONYMOUS', 'The answer redirects to a login page.');
    }
    const host = hostIn(location);
    if (host !== '' && host !== hostIn(facts.siteUrl ?? facts.url)) {
      return likely('CS-RENAMED-SITE', `The answer redirects to ${host}.`);
    }
  }
  return undefined;
}

function hostIn(location: string): string {
  return /^https?:\/\/([^/?#]+)/i.exec(location)?.[1]?.slice(0, 100).toLowerCase() ?? '';
}

function byLoginReason({ status, facts, explanation }: Examined): Found | undefined {
  const reason = facts.headers?.get('x-seraph-loginreason') ?? '';
  const denied = facts.headers?.get('x-authentication-denied-reason') ?? '';
  if (/AUTHENTICATION_DENIED/.test(reason) || denied !== '') {
    return sure(
      'CS-LOGIN-DENIED',
      `X-Seraph-LoginReason is ${reason.slice(0, 60) || denied.slice(0, 60)}.`,
    );
  }
  if (!/AUTHENTICATED_FAILED/.test(reason) || status >= 300) return undefined;
  const token = explanation === undefined ? undefined : byExplanation(explanation, 401);
  return (
    token ??
    sure(
      'CS-CREDENTIAL-IGNORED',
      `The status is ${status}, and X-Seraph-LoginReason is AUTHENTICATED_FAILED.`,
    )
  );
}

function byKnownText(examined: Examined): Found | undefined {
  const { facts } = examined;
  const category = facts.headers?.get('x-failure-category') ?? '';
  if (/SCOPE_CHECK/.test(category))
    return sure('CS-SCOPE-GATEWAY', `x-failure-category is ${category.slice(0, 60)}.`);
  if (/AUTH_MISMATCH/.test(category))
    return sure('CS-AUTH-MISMATCH', `x-failure-category is ${category.slice(0, 60)}.`);
  const known = firstKnown(KNOWN_ANSWERS, examined.messages);
  if (known === undefined) return undefined;
  if (known.cause === 'CS-SCHEME-BASIC' || known.cause === 'CS-SCHEME-BEARER') {
    // The same answer is given for a token in the wrong place: what was sent says more.
    const sent = byToken(examined);
    if (sent !== undefined) return sent;
  }
  if (known.cause === 'CS-SCOPE-MISSING') return { ...known, ...missingScope(examined) };
  return known;
}

function firstKnown(
  answers: readonly KnownAnswer[],
  messages: readonly string[],
): Found | undefined {
  for (const message of messages) {
    for (const { text, cause, confidence } of answers) {
      const found = text.exec(message);
      if (found !== null)
        return { cause, evidence: `Jira says "${found[0].slice(0, 100)}".`, confidence };
    }
  }
  return undefined;
}

const SCOPE_OF_METHOD: Readonly<Record<string, string>> = {
  GET: 'READ',
  HEAD: 'READ',
  DELETE: 'DELETE',
};

function requiredScope({ facts, path, query }: Examined): string {
  if (
    query.get('overrideScreenSecurity') === 'true' ||
    query.get('overrideEditableFlag') === 'true'
  )
    return 'ADMIN';
  if (/\/search(?:\/jql)?$|\/(?:jql\/parse|permissions\/check)$/.test(path)) return 'READ';
  return SCOPE_OF_METHOD[facts.method.toUpperCase()] ?? 'WRITE';
}

const SCOPE_ORDER = ['READ', 'WRITE', 'DELETE', 'PROJECT_ADMIN', 'ADMIN'];

function holdsScope(scopes: readonly string[], wanted: string): boolean {
  const rank = SCOPE_ORDER.indexOf(wanted);
  return scopes.some((scope) => SCOPE_ORDER.indexOf(String(scope).toUpperCase()) >= rank);
}

function missingScope(examined: Examined): { evidence: string; fix?: string } {
  const wanted = requiredScope(examined);
  const scopes = examined.facts.descriptor?.scopes;
  const held =
    scopes === undefined
      ? ''
      : `; the descriptor has ${scopes.length === 0 ? 'none' : scopes.join(', ').slice(0, 100)}`;
  return {
    evidence: `Jira says the scope does not cover ${examined.facts.method} ${examined.path.slice(0, 100)}, which needs ${wanted}${held}.`,
    fix: `Add ${wanted} to \`scopes\` of the descriptor, and install the app again.${examined.facts.credential === 'connect-user' ? ' A token that was narrowed by the scopes of as() needs it there, too.' : ''}`,
  };
}

/** What was sent, where the answer may come from it. */
function byToken({ status, explanation }: Examined): Found | undefined {
  return explanation === undefined ? undefined : byExplanation(explanation, status);
}

function byExplanation({ verdict, checks }: Explanation, status: number): Found | undefined {
  const { cause, evidence, confidence, fix } = verdict;
  if (cause === undefined) return undefined;
  const isPerson =
    cause === 'CS-KIND-API-TOKEN' || cause === 'CS-SCHEME-BASIC' || cause === 'CS-KIND-OAUTH';
  // A person or an OAuth app may well be logged in: only a 401 says that the login failed.
  if (isPerson && status !== 401) return undefined;
  // Jira does not refuse a token for this alone, unless it refused the token.
  const weak = checks.every((check) => check.result !== 'failed' || check.id === 'lifetime');
  if (weak && status !== 401) return undefined;
  return { cause, evidence, confidence, fix };
}

function byTokenText({ messages }: Examined): Found | undefined {
  return firstKnown(TOKEN_ANSWERS, messages);
}

function byNotFound({ status, path, messages, facts }: Examined): Found | undefined {
  if (status === 405)
    return sure('CS-METHOD-NOT-ALLOWED', `The status is 405 for ${facts.method}.`);
  if (status === 410) return sure('CS-API-REMOVED', 'The status is 410.');
  if (status === 415)
    return sure(
      'CS-BODY-NOT-JSON',
      'The status is 415: the Content-Type is not one that Jira takes.',
    );
  if (status !== 404) return undefined;
  const text = messages.join(' ');
  const placeholder =
    /\$?\{[\w.-]*\}|%7B[\w.-]*%7D|\/(?:undefined|null|\[object[^/]*|:[a-z]\w+)(?=\/|$)/i.exec(path);
  if (placeholder !== null)
    return sure('CS-PLACEHOLDER', `The path holds "${placeholder[0].slice(0, 40)}".`);
  if (
    /null for uri|dead link|no (?:such )?resource|does not model|No endpoint/i.test(text) ||
    !/\/rest\//.test(path)
  ) {
    return likely('CS-PATH-UNKNOWN', `The path is ${path.slice(0, 100)}.`);
  }
  return likely('CS-NOT-VISIBLE', 'The status is 404.');
}

function byPermission(examined: Examined): Found | undefined {
  const { status, messages, explanation, facts } = examined;
  const text = messages.join(' ');
  const anonymous = ANONYMOUS_ANSWER.exec(text);
  if (anonymous !== null && explanation?.verdict.ok !== true) {
    const evidence = `Jira says "${anonymous[0].slice(0, 100)}".`;
    return status === 401 && explanation === undefined
      ? likely('CS-TOKEN-MISSING', evidence)
      : likely('CS-ANONYMOUS', evidence);
  }
  const permission =
    /(?:do(?:es)? not have (?:the )?permission|not permitted|not allowed|lacks? (?:the )?permission|must have permission)[^.]{0,60}/i.exec(
      text,
    );
  if (permission !== null && status !== 401) {
    return {
      ...likely('CS-PERMISSION', `Jira says "${permission[0].slice(0, 100)}".`),
      ...permissionFix(facts),
    };
  }
  if (status !== 403) return undefined;
  const scopes = facts.credential === undefined ? facts.descriptor?.scopes : undefined;
  if (scopes !== undefined && !holdsScope(scopes, requiredScope(examined))) {
    return { cause: 'CS-SCOPE-MISSING', confidence: 'likely', ...missingScope(examined) };
  }
  if (/^(?:GET|HEAD)$/i.test(facts.method) && facts.body !== undefined && facts.body !== '') {
    return likely('CS-GET-BODY', `${facts.method} was sent with a body.`);
  }
  return { ...likely('CS-PERMISSION', 'The status is 403.'), ...permissionFix(facts) };
}

const SAMPLE_SECRET =
  /^(?:undefined|null|secret|shared-?secret|your[-_ ].*|changeme|test|\[object \w+\]|.*\$\{.*|.*\{\{.*)$/i;

/** Forms of clientKeys; an app key is a name that somebody chose. */
const CLIENT_KEY =
  /^(?:(?:jira|confluence):[\w-]+|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$/i;

/** The token is well made, so what it was made with is in doubt. */
function byStoredInstallation({ status, facts, explanation }: Examined): Found | undefined {
  if (status !== 401 || explanation === undefined || !explanation.verdict.ok) return undefined;
  const { sharedSecret = '', appKey, clientKey, descriptor } = facts;
  if (appKey !== undefined && (appKey === clientKey || CLIENT_KEY.test(appKey))) {
    return likely('CS-ISS-CLIENT-KEY', 'The app key that signs has the form of a clientKey.');
  }
  if (sharedSecret !== sharedSecret.trim()) {
    return likely('CS-SECRET-WHITESPACE', 'The stored secret begins or ends with a blank.');
  }
  if (/^(["'`]).*\1$/s.test(sharedSecret))
    return likely('CS-SECRET-QUOTED', 'The stored secret stands in quotes.');
  if (SAMPLE_SECRET.test(sharedSecret))
    return likely('CS-SECRET-SAMPLE', 'The stored secret is no secret.');
  if (descriptor?.key !== undefined && appKey !== undefined && descriptor.key !== appKey) {
    return likely('CS-ISS-ENVIRONMENT', 'The stored app key is not the key of the descriptor.');
  }
  return likely(
    'CS-INSTALLATION-STALE',
    'Every check of the token passed, and Jira answered with 401.',
  );
}

/** What is left to say when only the status speaks. */
function byStatusAlone({ status, facts, messages }: Examined): Found | undefined {
  if (status >= 300 && status < 400) {
    return likely('CS-RENAMED-SITE', `The status is ${status}, a redirect.`);
  }
  if (status !== 400) return undefined;
  return Object.keys(facts.errors ?? {}).length > 0 || messages.length > 0
    ? likely(
        'CS-BAD-VALUE',
        `The status is 400${
          Object.keys(facts.errors ?? {}).length > 0
            ? `, about ${Object.keys(facts.errors ?? {})
                .join(', ')
                .slice(0, 100)}`
            : ''
        }.`,
      )
    : undefined;
}

const CONNECT_STEPS: ((examined: Examined) => Found | undefined)[] = [
  byStatus,
  byLoginReason,
  byKnownText,
  byToken,
  byTokenText,
  diagnoseField,
  byNotFound,
  byPermission,
  byStoredInstallation,
  byStatusAlone,
];

/** For tokens of Forge, OAuth 2.0 and users, and for API tokens. */
const OTHER_STEPS: ((examined: Examined) => Found | undefined)[] = [
  byStatus,
  bySentCredential,
  byBearerText,
  byFreshInstallation,
  byKnownText,
  byRefusedCredential,
  diagnoseField,
  byNotFound,
  byPermission,
  byStatusAlone,
];
