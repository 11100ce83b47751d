import { cloudIdIn, isUuid } from './ari.ts';
import type { Finding, Vocabulary } from './examination.ts';
import type { CredentialKind } from './explanation.ts';
import { isGateway } from './family.ts';
import { examineHost } from './host.ts';
import { hostOf, isAtlassianHost, isUserTokenOfConnect } from './kind.ts';
import { manifestFault } from './manifest.ts';
import type { Material } from './material.ts';
import { certain, examineBearerScheme, likely, type Subject } from './subject.ts';
import { checkerSeconds, inWords } from './times.ts';

/** Access tokens of OAuth 2.0 live for one hour, those of Forge for up to four. */
const FORGE_FROM_SECONDS = 2 * 3600;

const BEARER: Vocabulary = {
  titles: {
    header: 'The Authorization header is `Bearer <token>`',
    form: 'There is a token',
    kind: 'A token that Jira takes from an app of Forge or OAuth 2.0',
    host: 'It goes to apiBaseUrl, not to the site',
    times: 'It has not expired',
    signature: 'The signature is Atlassian’s',
  },
  findable: {
    header: ['CS-FORGE-SCHEME'],
    form: ['CS-TOKEN-MISSING', 'CS-TOKEN-NOT-TEXT', 'CS-FORGE-SYSTEM-TOKEN-MISSING'],
    kind: ['CS-KIND-FIT', 'CS-KIND-API-TOKEN', 'CS-HOST-GATEWAY', 'CS-KIND-ASSERTION'],
    host: ['CS-FORGE-SITE-URL', 'CS-FORGE-GATEWAY-PATH', 'CS-FORGE-CLOUD-ID'],
    times: ['CS-FORGE-TOKEN-EXPIRED', 'CS-OAUTH-EXPIRED'],
  },
};

const NEW_USER_TOKEN =
  'Ask the authorization server for a new token; it has no refresh token. jira.as() does so shortly before a token ends.';

/** Causes of the form that a token without a form can have as well. */
const OF_ANY_TEXT: ReadonlySet<string> = new Set([
  'CS-TOKEN-MISSING',
  'CS-TOKEN-NOT-TEXT',
  'CS-PLACEHOLDER',
  'CS-TOKEN-QUOTED',
  'CS-TOKEN-WHITESPACE',
  'CS-TOKEN-ENCODED',
  'CS-KIND-API-TOKEN',
  'CS-KIND-RAW-KEY',
]);

/** A Connect app has a token of a user for the site itself. */
const BEARER_OF_SITE: Vocabulary = {
  titles: { ...BEARER.titles, host: 'It goes to the site that it was asked for' },
  findable: {
    ...BEARER.findable,
    form: ['CS-TOKEN-MISSING', 'CS-TOKEN-NOT-TEXT'],
    host: ['CS-HOST-GATEWAY', 'CS-HOST-OTHER-SITE'],
    times: ['CS-OAUTH-EXPIRED'],
  },
};

/** Looks at a Bearer token on its way to Jira. Such tokens are opaque: only an exp may be read. */
export function examineBearer(subject: Subject): void {
  const { pasted, material, examination, parts } = subject;
  const credential =
    material.credential ??
    pasted.credential ??
    (parts !== undefined && isUserTokenOfConnect(parts) ? 'connect-user' : undefined);
  const isOfSite = credential === 'connect-user';
  examination.speakOf(isOfSite ? BEARER_OF_SITE : BEARER);
  examineBearerScheme(subject);
  if (!examineText(subject, credential)) return;
  if (!examineWhat(subject, credential)) return;
  if (isOfSite) examineHost('to-jira', material, examination, subject.show);
  else examineGateway(subject, credential);
  examineLifetime(subject, credential);
  examination.impossible('signature', 'Only Atlassian can check it.');
}

function examineText(
  { form, examination, material }: Subject,
  credential: CredentialKind | undefined,
): boolean {
  const found = form.findings.find(({ cause }) => OF_ANY_TEXT.has(cause));
  if (found === undefined) {
    examination.passed('form', 'There is one.');
    return true;
  }
  const unset = found.cause === 'CS-TOKEN-MISSING' || found.cause === 'CS-TOKEN-NOT-TEXT';
  if (unset && (credential === 'forge-system' || credential === 'forge-user')) {
    examination.failed('form', missingToken(credential, found, material));
    return false;
  }
  examination.failed('form', {
    ...found,
    fix:
      found.cause === 'CS-KIND-API-TOKEN'
        ? 'Send an API token as `Authorization: Basic base64(email:API token)`.'
        : 'Send `Authorization: Bearer <token>`, with the token exactly as it came.',
  });
  return false;
}

/** Nothing to send: the manifest says why, where it is at hand. */
function missingToken(
  credential: 'forge-system' | 'forge-user',
  { evidence }: Finding,
  { manifest }: Material,
): Finding {
  const isSystem = credential === 'forge-system';
  const fault = manifestFault(manifest, isSystem ? 'system' : 'user');
  return fault === undefined
    ? likely(
        isSystem ? 'CS-FORGE-SYSTEM-TOKEN-MISSING' : 'CS-FORGE-USER-TOKEN-MISSING',
        `There is nothing to send: ${evidence.charAt(0).toLowerCase()}${evidence.slice(1)}`,
      )
    : certain(fault.cause, fault.evidence);
}

function examineWhat(
  { parts, material, examination, show }: Subject,
  credential: CredentialKind | undefined,
): boolean {
  // Forge may well sign its access tokens with keys of the same names: iss alone makes a FIT.
  if (parts?.claims.iss === 'forge/invocation-token') {
    const evidence = `iss is ${show(parts.claims.iss, 60)}.`;
    const fix =
      'Call Jira with the token of x-forge-oauth-system or x-forge-oauth-user; the FIT only proves who called.';
    examination.failed('kind', certain('CS-KIND-FIT', evidence, { fix }));
    return false;
  }
  if (String(parts?.claims.iss).startsWith('urn:atlassian:connect:clientid:')) {
    const evidence = 'iss begins with urn:atlassian:connect:clientid:.';
    examination.failed('kind', certain('CS-KIND-ASSERTION', evidence));
    return false;
  }
  if (parts !== undefined && parts.claims.qsh !== undefined) {
    const gateway = isGateway(material.url);
    examination.failed(
      'kind',
      gateway
        ? certain('CS-HOST-GATEWAY', 'It has a qsh, as Connect tokens have.')
        : certain('CS-SCHEME-BEARER', 'It has a qsh, as Connect tokens have.'),
    );
    return false;
  }
  examination.passed('kind', credential ?? 'Nothing shows that it is of another kind.');
  return true;
}

function examineGateway(subject: Subject, credential: CredentialKind | undefined): void {
  const { material, examination, show } = subject;
  const { url, apiBaseUrl } = material;
  if (url === undefined) {
    examination.impossible('host', 'It takes the URL to check it.', ['url']);
    return;
  }
  const host = hostOf(url);
  // Where the base is known, its host is the gateway's, with or without the rest of its path.
  const bases = [apiBaseUrl, material.baseUrl].filter((base) => base !== undefined);
  const known = bases.filter(isGateway);
  const isSite =
    host !== '' &&
    !isGateway(url) &&
    known.every((base) => hostOf(base) !== host) &&
    (bases.length > 0 || isAtlassianHost(host));
  const finding = isSite
    ? certain('CS-FORGE-SITE-URL', `The host is ${show(host, 80)}${siteFix(apiBaseUrl, subject)}.`)
    : gatewayFault(subject, url);
  if (finding !== undefined) {
    examination.failed('host', {
      ...finding,
      ...(credential === 'oauth' && isSite
        ? { fix: 'Send it to https://api.atlassian.com/ex/jira/<cloudId>/rest/api/3/….' }
        : {}),
    });
  } else examination.passed('host', show(url.replace(/[?#].*$/s, ''), 120));
}

function siteFix(apiBaseUrl: string | undefined, { show }: Subject): string {
  return apiBaseUrl === undefined ? '' : `; apiBaseUrl is ${show(apiBaseUrl, 100)}`;
}

/** What is wrong with a URL of the gateway, for whichever credential. */
function gatewayFault({ material, show }: Subject, url: string): Finding | undefined {
  const { apiBaseUrl } = material;
  const path = url.replace(/^[a-z]+:\/\/[^/?#]*/i, '').replace(/[?#].*$/s, '');
  const cloudId = cloudIdIn(path);
  if ((path.match(/\/ex\/jira\//gi) ?? []).length > 1) {
    return certain('CS-FORGE-GATEWAY-PATH', 'The path has /ex/jira/<cloudId> twice.');
  }
  if (cloudId === undefined) {
    return /^\/+rest\//i.test(path) && hostOf(url) !== ''
      ? certain('CS-FORGE-GATEWAY-PATH', `The path is ${show(path, 80)}.`)
      : undefined;
  }
  const wanted = cloudIdIn(apiBaseUrl ?? '');
  if (wanted !== undefined && wanted.toLowerCase() !== cloudId.toLowerCase()) {
    return certain(
      'CS-FORGE-CLOUD-ID',
      `The URL names ${show(cloudId, 50)}; the token is for ${show(wanted, 50)}.`,
    );
  }
  return isUuid(cloudId)
    ? undefined
    : certain('CS-FORGE-CLOUD-ID', `The URL names ${show(cloudId, 50)}: no UUID.`);
}

function examineLifetime(
  { parts, material, examination }: Subject,
  credential: CredentialKind | undefined,
): void {
  const exp = parts?.claims.exp;
  if (typeof exp !== 'number' || !Number.isFinite(exp)) {
    examination.impossible('times', 'The token is opaque: it shows no exp.');
    return;
  }
  const now = checkerSeconds(material);
  if (now < exp) {
    examination.passed('times', `It ends in ${inWords(exp - now)}.`);
    return;
  }
  const lifetime = exp - Number(parts?.claims.iat);
  const isForge =
    credential === undefined ? lifetime > FORGE_FROM_SECONDS : credential.startsWith('forge-');
  const what = credential === undefined ? likely : certain;
  examination.failed(
    'times',
    what(
      isForge ? 'CS-FORGE-TOKEN-EXPIRED' : 'CS-OAUTH-EXPIRED',
      `It ended ${inWords(now - exp)} ago${Number.isFinite(lifetime) ? `; it lived for ${inWords(lifetime)}` : ''}.`,
      credential === 'connect-user' ? { fix: NEW_USER_TOKEN } : {},
    ),
  );
}

const BASIC: Vocabulary = {
  titles: {
    header: 'The Authorization header is `Basic base64(email:API token)`',
    kind: 'An e-mail address and an API token',
    host: 'It goes where this kind of API token is taken',
  },
  findable: { header: [], kind: ['CS-API-TOKEN-LOGIN'], host: ['CS-API-TOKEN-SITE'] },
};

/** Service accounts have addresses of their own; their API tokens always have scopes. */
const SERVICE_ACCOUNT = /@serviceaccount\.atlassian\.com$/i;

/** Looks at a Basic login with an API token. */
export function examineBasic(subject: Subject): void {
  const { pasted, material, examination, show } = subject;
  examination.speakOf(BASIC);
  const { email, apiToken } = readBasic(pasted.token);
  if (pasted.scheme !== undefined && pasted.scheme.toLowerCase() !== 'basic') {
    const evidence = `The scheme is ${show(pasted.scheme, 30)}.`;
    examination.failed('header', certain('CS-API-TOKEN-LOGIN', evidence));
    return;
  }
  examination.passed('header', 'Authorization: Basic.');
  const fault = loginFault(email, apiToken);
  if (fault !== undefined) {
    examination.failed('kind', certain('CS-API-TOKEN-LOGIN', fault));
    return;
  }
  examination.passed('kind', 'An e-mail address, and an API token.');
  const { url } = material;
  if (url === undefined) {
    examination.impossible('host', 'It takes the URL to check it.', ['url']);
  } else if (isGateway(url)) {
    const finding = gatewayFault(subject, url);
    if (finding !== undefined) examination.failed('host', finding);
    else examination.passed('host', 'The gateway, which takes API tokens with scopes.');
  } else if (SERVICE_ACCOUNT.test(email ?? '')) {
    const evidence = 'The user is a service account, and the host is that of the site.';
    examination.failed('host', certain('CS-API-TOKEN-SITE', evidence));
  } else examination.passed('host', 'The site, which takes API tokens without scopes.');
  examination.impossible('signature', 'Only Atlassian can check an API token.');
}

function readBasic(credential: string): { email?: string; apiToken?: string } {
  const text = Buffer.from(credential, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon === -1 ? {} : { email: text.slice(0, colon), apiToken: text.slice(colon + 1) };
}

function loginFault(email: string | undefined, apiToken: string | undefined): string | undefined {
  if (email === undefined || apiToken === undefined) return 'It is no base64 of <email>:<token>.';
  if (email === '' || email === 'undefined') return 'The user is empty or unset.';
  if (apiToken === '' || apiToken === 'undefined' || apiToken === 'null')
    return 'The password is empty or unset.';
  if (/^AT[A-Z]{3}/.test(email)) return 'The API token stands where the e-mail address belongs.';
  if (!email.includes('@')) return 'The user is no e-mail address.';
  return /\s$/.test(apiToken) ? 'The API token ends with a blank or a line break.' : undefined;
}
