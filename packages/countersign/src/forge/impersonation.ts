import { JiraApiError, type JiraApiErrorCode } from '../errors.ts';
import { diagnoseAs } from '../jira/diagnose.ts';
import { siteAri } from './ids.ts';
import type { StoredToken } from './tokens.ts';

/** What {@link askForUserToken} needs. */
export interface ImpersonationOptions {
  /** Forge's GraphQL endpoint. */
  readonly graphqlUrl: string;
  /** The system token of the installation. */
  readonly systemToken: StoredToken;
  readonly cloudId: string;
  readonly accountId: string;
  readonly now: () => number;
}

const MUTATION = `mutation forgeOfflineUserToken($input: OfflineUserAuthTokenInput!) {
  offlineUserAuthToken(input: $input) { success errors { message } authToken { token ttl } }
}`;
const TIMEOUT_MS = 10_000;
const MAX_ANSWER_BYTES = 262_144;

const SETUP =
  'The manifest needs its scopes as a map with allowImpersonation: true for each that is used as a user, and a new major version has to be approved on the site.';

/** The documented reasons for a refusal, by what the answer may say of them. */
const REASONS: readonly (readonly [RegExp, string])[] = [
  [
    /impersonat\w* .*not (?:allowed|enabled|permitted)|allowImpersonation/i,
    `Impersonation is not allowed for this app. ${SETUP}`,
  ],
  [
    /deactivat|inactive|closed|suspended/i,
    'The account is deactivated: nobody can be impersonated who could not log in.',
  ],
  [
    /app user|bot|service account|account type/i,
    'This is the user of an app; only people can be impersonated.',
  ],
  [/anonym/i, 'An anonymous visitor cannot be impersonated: there is no accountId to act as.'],
  [
    /access|permission|not (?:a )?contributor/i,
    'The user has no access to the app. Before it is shared or on the Marketplace, only contributors of the app have.',
  ],
  [
    /scope|consent/i,
    `A scope that asks each user for consent, such as read:me, cannot be used offline. ${SETUP}`,
  ],
  [
    /context|installation/i,
    'The app is not installed on this site as it was: wait for the next call of Forge, which says where it is.',
  ],
];

/**
 * Asks Forge for a token of a user who is not there.
 *
 * @throws JiraApiError JIRA_IMPERSONATION_REFUSED, or what kept the question from being answered.
 * @see https://developer.atlassian.com/platform/forge/remote/calling-product-apis/
 */
export async function askForUserToken(options: ImpersonationOptions): Promise<StoredToken> {
  const { graphqlUrl, systemToken, cloudId, accountId, now } = options;
  const call = { method: 'POST', path: new URL(graphqlUrl).pathname };
  const askedAt = now();
  const input = { contextIds: [siteAri(cloudId)], userId: accountId };
  let response: Response;
  let text: string;
  try {
    response = await fetch(graphqlUrl, {
      method: 'POST',
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
      headers: {
        authorization: `Bearer ${systemToken.token}`,
        'content-type': 'application/json',
        accept: 'application/json',
      },
      body: JSON.stringify({ query: MUTATION, variables: { input } }),
    });
    text = await readBounded(response);
  } catch (error) {
    const late = (error as { name?: unknown }).name === 'TimeoutError';
    throw new JiraApiError(
      late ? 'JIRA_TIMEOUT' : 'JIRA_UNREACHABLE',
      late
        ? `Forge did not answer within ${TIMEOUT_MS} ms when it was asked for a token of a user.`
        : 'Forge could not be asked for a token of a user.',
      // A failure of fetch may quote the header that it could not send.
      { ...call, hint: 'Check the network between this machine and Forge.' },
    );
  }
  const clean = (said: unknown): string =>
    String(said)
      .replaceAll(systemToken.token, '[secret]')
      .replace(/\beyJ[\w-]+\.[\w-]+(\.[\w-]*)?/g, '[token]')
      .slice(0, 500);
  const answer = readAnswer(text);
  if (response.status !== 200 && answer.messages.length === 0) {
    throw new JiraApiError(
      codeOf(response.status),
      `Forge answered with ${response.status} when it was asked for a token of a user.`,
      { ...call, status: response.status, ...hintOf(response), ...retryAfter(response) },
    );
  }
  const { token, ttl } = answer;
  if (answer.success && typeof token === 'string' && typeof ttl === 'number' && ttl > 0) {
    return {
      token,
      expiresAt: askedAt + ttl * 1000,
      apiBaseUrl: systemToken.apiBaseUrl,
      installationId: systemToken.installationId,
    };
  }
  const errorMessages = answer.messages.map(clean);
  const said = errorMessages.join(' ');
  const known = REASONS.find(([text]) => text.test(said));
  throw new JiraApiError(
    response.status === 429 ? 'JIRA_RATE_LIMITED' : 'JIRA_IMPERSONATION_REFUSED',
    `Forge gives no token of the user '${accountId}'${said === '' ? '.' : `: ${said}`}`,
    {
      ...call,
      status: response.status,
      errorMessages,
      ...(response.status === 429 ? hintOf(response) : known && { hint: known[1] }),
      diagnosis:
        response.status === 429
          ? diagnoseAs('CS-LIMIT', 'The status is 429.')
          : diagnoseAs(
              'CS-FORGE-IMPERSONATION',
              said === ''
                ? 'The answer holds no token.'
                : `The answer says "${said.slice(0, 100)}".`,
            ),
      ...retryAfter(response),
    },
  );
}

function codeOf(status: number): JiraApiErrorCode {
  if (status === 401) return 'JIRA_UNAUTHENTICATED';
  if (status === 403) return 'JIRA_FORBIDDEN';
  if (status === 429) return 'JIRA_RATE_LIMITED';
  if (status >= 500) return 'JIRA_UNAVAILABLE';
  return status >= 300 && status < 400 ? 'JIRA_REDIRECTED' : 'JIRA_UNEXPECTED_STATUS';
}

function hintOf({ status }: Response): { hint?: string } {
  if (status === 401 || status === 403) {
    return {
      hint: 'Forge did not accept the system token: it was withdrawn, or the app was uninstalled. In the minutes after an installation, try again.',
    };
  }
  return status === 429
    ? {
        hint: 'An app may ask for 1,000 tokens a minute. Wait; a token that was given is kept until it ends.',
      }
    : {};
}

function retryAfter({ headers }: Response): { retryAfterSeconds?: number } {
  const seconds = headers.get('retry-after') ?? '';
  return /^\d{1,6}$/.test(seconds) ? { retryAfterSeconds: Number(seconds) } : {};
}

/** What of an answer counts. */
interface Answer {
  readonly success: boolean;
  readonly token: unknown;
  readonly ttl: unknown;
  /** Of the mutation, and of GraphQL itself. */
  readonly messages: readonly unknown[];
}

function readAnswer(text: string): Answer {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    // No message, no token.
  }
  const { data, errors } = asObject(parsed);
  const result = asObject(asObject(data).offlineUserAuthToken);
  const { token, ttl } = asObject(result.authToken);
  const messages = [errors, result.errors]
    .flatMap((list) => (Array.isArray(list) ? list : []))
    .map((error) => asObject(error).message)
    .filter((message) => message !== undefined);
  return { success: result.success === true, token, ttl, messages };
}

function asObject(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

async function readBounded(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > MAX_ANSWER_BYTES) break;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
