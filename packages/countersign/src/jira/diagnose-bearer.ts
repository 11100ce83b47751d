import type { CauseId } from '../jwt/explain/causes.ts';
import type { AnswerFacts, Examined, Found } from './diagnose.ts';

/** How long after an installation a refusal may come from it. Atlassian says "minutes". */
const FRESH_MS = 10 * 60_000;

const certain = (cause: CauseId, evidence: string): Found => ({
  cause,
  evidence,
  confidence: 'certain',
});
const likely = (cause: CauseId, evidence: string): Found => ({
  cause,
  evidence,
  confidence: 'likely',
});

/** What was sent. A 400 comes from a call whose credential was taken. */
export function bySentCredential({ status, explanation, facts }: Examined): Found | undefined {
  if (![401, 403, 404].includes(status)) return undefined;
  if (/SCOPE_CHECK/.test(facts.headers?.get('x-failure-category') ?? '')) return undefined;
  const { cause, evidence, confidence, fix } = explanation?.verdict ?? {};
  if (cause === undefined || evidence === undefined || confidence === undefined) return undefined;
  // Who is refused for a permission, or is told that an issue is not there, was logged in.
  const ofPlace = cause.startsWith('CS-FORGE-') && /URL|PATH|CLOUD-ID/.test(cause);
  if (status !== 401 && !ofPlace) return undefined;
  return { cause, evidence, confidence, ...(fix === undefined ? {} : { fix }) };
}

/** A token of a user that a Connect app has: nothing is wrong with what was sent, as far as it shows. */
function byRefusedUser({ status, messages }: Examined): Found | undefined {
  if (status !== 401) return undefined;
  const said = /Failed to parse Connect Session Auth Token/i.exec(messages.join(' '));
  if (said !== null) {
    return {
      ...likely('CS-OAUTH-EXPIRED', `Jira says "${said[0]}".`),
      fix: 'Jira does not know this token, or not any more: ask for a new one. jira.as() does so once; if that is refused as well, install the app again.',
    };
  }
  return {
    ...likely('CS-PERMISSION', 'The status is 401, for a token of a user.'),
    fix: 'The user who is acted as must be active, have access to Jira and hold the permission that this resource needs: some resources answer 401 for that. If GET /rest/api/3/myself is refused as well, it is the token: ask for a new one.',
  };
}

/** The gateway and the authorization server name these themselves. */
export function byBearerText(examined: Examined): Found | undefined {
  const { facts, messages, status } = examined;
  if (facts.credential === 'connect-user') return byRefusedUser(examined);
  const category = (facts.headers?.get('x-failure-category') ?? '').slice(0, 60);
  const text = messages.join(' ');
  if (/refresh[_ ]token/i.test(text) && /invalid|unknown|expired/i.test(text)) {
    return certain('CS-OAUTH-REFRESH-REUSED', `The answer says "${text.slice(0, 100)}".`);
  }
  if (/SCOPE_CHECK/.test(category) || /scope does not match/i.test(text)) {
    return {
      ...certain(
        'CS-SCOPE-GATEWAY',
        /SCOPE_CHECK/.test(category)
          ? `x-failure-category is ${category}${heldScopes(facts)}.`
          : `The answer says "scope does not match"${heldScopes(facts)}.`,
      ),
      fix: scopeFix(facts),
    };
  }
  if (/offlineUserAuthToken|impersonat/i.test(text)) {
    return certain('CS-FORGE-IMPERSONATION', `The answer says "${text.slice(0, 100)}".`);
  }
  const isPersonal = facts.credential === 'api-token';
  if (isPersonal && /AUTH_MISMATCH/.test(category)) {
    return isAtGateway(facts)
      ? certain('CS-API-TOKEN-GATEWAY', `x-failure-category is ${category}.`)
      : certain('CS-API-TOKEN-SITE', `x-failure-category is ${category}.`);
  }
  return status === 401 && isPersonal && /passwords? is not allowed|with passwords/i.test(text)
    ? certain('CS-API-TOKEN-LOGIN', `Jira says "${text.slice(0, 100)}".`)
    : undefined;
}

function heldScopes({ scopes }: AnswerFacts): string {
  if (scopes === undefined) return '';
  return `; the app has ${scopes.length === 0 ? 'none' : scopes.join(', ').slice(0, 200)}`;
}

function scopeFix({ credential, method }: AnswerFacts): string {
  const reads = /^(?:GET|HEAD)$/i.test(method);
  const example = reads ? 'read:jira-work' : 'write:jira-work';
  if (credential === 'api-token')
    return `Make an API token with the scope of this resource, such as ${example}.`;
  return credential === 'oauth'
    ? `Add the scope of this resource, such as ${example}, to the OAuth app and to the authorize URL, and have the user consent again.`
    : `Add the scope of this resource, such as ${example}, to permissions.scopes, deploy, and have the new version approved on the site; a token from before it lacks the scope.`;
}

/** Permissions of a new installation take minutes to arrive. */
export function byFreshInstallation({ status, facts }: Examined): Found | undefined {
  const { installedAt, credential } = facts;
  if (status !== 401 && status !== 403) return undefined;
  if (installedAt === undefined || credential === 'api-token' || credential === 'oauth')
    return undefined;
  const age = (facts.now ?? Date.now)() - installedAt;
  return age >= 0 && age < FRESH_MS
    ? likely(
        'CS-FORGE-JUST-INSTALLED',
        `The app was installed ${Math.round(age / 1000)} seconds before, and the answer is ${status}.`,
      )
    : undefined;
}

/** Nothing is wrong with what was sent, as far as it shows. */
export function byRefusedCredential({ status, facts, explanation }: Examined): Found | undefined {
  if (status !== 401) return undefined;
  const checked = (explanation?.checks ?? []).filter(({ result }) => result === 'passed');
  const evidence =
    checked.length === 0
      ? 'The status is 401.'
      : `The status is 401; right are: ${checked.map(({ id }) => id).join(', ')}.`;
  if (facts.credential === 'oauth') return likely('CS-OAUTH-REFUSED', evidence);
  if (facts.credential !== 'api-token') return likely('CS-FORGE-TOKEN-REFUSED', evidence);
  if (isAtGateway(facts)) return likely('CS-API-TOKEN-GATEWAY', evidence);
  // The site names a login that it tried; one with scopes it does not even try.
  const tried = /AUTHENTICATED_FAILED/.test(facts.headers?.get('x-seraph-loginreason') ?? '');
  return tried
    ? likely('CS-API-TOKEN-REFUSED', 'X-Seraph-LoginReason is AUTHENTICATED_FAILED.')
    : likely('CS-API-TOKEN-SITE', evidence);
}

function isAtGateway({ url }: AnswerFacts): boolean {
  return /^https?:\/\/api\.(?:stg\.)?atlassian\.com\/|\/ex\/jira\//i.test(url);
}

/** Whose permission it is that is missing. */
export function permissionFix({ credential }: AnswerFacts): { fix?: string } {
  if (credential === undefined || credential === 'connect') return {};
  return {
    fix:
      credential === 'forge-system'
        ? 'Give the app’s user the permission in the project’s permission scheme, and check that the scope of this resource was approved on the site.'
        : 'Give the user that the call is made as the permission in the project’s permission scheme.',
  };
}
