import { type Diagnosis, JiraApiError, type JiraApiErrorCode } from '../errors.ts';
import type { CauseId } from '../jwt/explain/causes.ts';
import { VERSION } from '../version.ts';
import { diagnoseAs } from './diagnose.ts';

/** Where Atlassian gives tokens out. */
export const OAUTH_TOKEN_URL = 'https://auth.atlassian.com/oauth/token';

/** What a token endpoint gave. Never log it. */
export interface GrantedTokens {
  readonly accessToken: string;
  readonly expiresInSeconds: number;
  readonly refreshToken: string | undefined;
  readonly scope: string | undefined;
}

/** One question to a token endpoint. */
export interface GrantRequest {
  readonly tokenUrl: string;
  /** `grant_type` and what belongs to it. */
  readonly parameters: Readonly<Record<string, string>>;
  /** How the parameters are sent. Default: json. */
  readonly encoding?: 'json' | 'form';
  /** What the error `invalid_grant` means for this grant. */
  readonly invalidGrant: { readonly code: JiraApiErrorCode; readonly hint?: string };
  /** Says what a refusal is, where this grant knows better. */
  readonly explain?: (refused: RefusedGrant) => ExplainedRefusal | undefined;
  /** What may stand in no message, besides the parameters: the answer may quote it. */
  readonly secrets?: readonly string[];
  /** In milliseconds. Default: 15000. */
  readonly timeoutMs?: number;
  /** What a token lives for whose answer does not say it, in seconds. Default: 3600. */
  readonly assumedLifeSeconds?: number;
  /** Default: the global one. */
  readonly fetch?: typeof fetch;
}

/** A refusal as it came, cleaned of secrets. */
export interface RefusedGrant {
  readonly status: number;
  /** The OAuth error, such as `invalid_grant`. */
  readonly error: string | undefined;
  /** Empty where the answer has none. */
  readonly description: string;
}

/** What a refusal means. */
export interface ExplainedRefusal {
  readonly code: JiraApiErrorCode;
  readonly hint: string;
  readonly diagnosis: Diagnosis;
}

const TIMEOUT_MS = 15_000;
/** RFC 6749, 5.1 only recommends expires_in. Most of Atlassian's tokens are good for an hour. */
const ASSUMED_LIFE_SECONDS = 3600;
const MAX_ANSWER_BYTES = 65_536;

/**
 * Asks a token endpoint.
 *
 * @throws JiraApiError.
 * @see https://developer.atlassian.com/cloud/jira/platform/oauth-2-3lo-apps/
 */
export async function requestTokens(request: GrantRequest): Promise<GrantedTokens> {
  const { tokenUrl, parameters, encoding = 'json', timeoutMs = TIMEOUT_MS } = request;
  const send = request.fetch ?? fetch;
  const call = { method: 'POST', path: new URL(tokenUrl).pathname };
  let response: Response;
  let text: string;
  try {
    response = await send(tokenUrl, {
      method: 'POST',
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
      headers: {
        accept: 'application/json',
        'content-type':
          encoding === 'json' ? 'application/json' : 'application/x-www-form-urlencoded',
        'user-agent': `countersign/${VERSION}`,
      },
      body:
        encoding === 'json'
          ? JSON.stringify(parameters)
          : new URLSearchParams(parameters).toString(),
    });
    text = await readStart(response);
  } catch (error) {
    const late = (error as { name?: unknown }).name === 'TimeoutError';
    throw new JiraApiError(
      late ? 'JIRA_TIMEOUT' : 'JIRA_UNREACHABLE',
      late
        ? `The authorization server did not answer within ${timeoutMs} ms.`
        : 'The authorization server could not be reached.',
      {
        ...call,
        cause: error,
        hint: `Check the network between this machine and ${new URL(tokenUrl).origin}.`,
        diagnosis: diagnoseAs(
          'CS-UNREACHABLE',
          late ? `No answer within ${timeoutMs} ms.` : 'The request could not be sent.',
          'likely',
        ),
      },
    );
  }
  const answer = readJson(text);
  const { access_token: accessToken, expires_in: expiresIn } = answer;
  if (response.status === 200 && typeof accessToken === 'string' && accessToken !== '') {
    return {
      accessToken,
      expiresInSeconds:
        typeof expiresIn === 'number' && expiresIn > 0
          ? expiresIn
          : (request.assumedLifeSeconds ?? ASSUMED_LIFE_SECONDS),
      refreshToken: textOf(answer.refresh_token),
      scope: textOf(answer.scope),
    };
  }
  throw grantError(request, response, answer, call);
}

function grantError(
  { parameters, invalidGrant, explain, secrets = [] }: GrantRequest,
  response: Response,
  answer: Readonly<Record<string, unknown>>,
  call: { method: string; path: string },
): JiraApiError {
  const { status, headers } = response;
  const clean = (said: unknown): string => {
    let safe = String(said);
    for (const [name, value] of Object.entries(parameters)) {
      if (!['grant_type', 'client_id', 'redirect_uri', 'scope'].includes(name) && value !== '')
        safe = safe.replaceAll(value, '[secret]');
    }
    for (const secret of secrets) safe = safe.replaceAll(secret, '[secret]');
    return safe.replace(/\beyJ[\w-]+\.[\w-]+(\.[\w-]*)?/g, '[token]').slice(0, 300);
  };
  const error = textOf(answer.error);
  const errorMessages = [error, textOf(answer.error_description)]
    .filter((said) => said !== undefined)
    .map(clean);
  const isRefresh = parameters.grant_type === 'refresh_token';
  const isInvalidGrant =
    error === 'invalid_grant' ||
    // Atlassian's servers have been seen to name a refresh token that ended so.
    (error === 'unauthorized_client' && isRefresh && /refresh/i.test(errorMessages[1] ?? ''));
  const explained = explain?.({
    status,
    error: error === undefined ? undefined : clean(error),
    description: clean(textOf(answer.error_description) ?? ''),
  });
  const hint = explained?.hint ?? (isInvalidGrant ? invalidGrant.hint : HINTS[error ?? '']);
  const retryAfter = headers.get('retry-after') ?? '';
  return new JiraApiError(
    explained?.code ?? (isInvalidGrant ? invalidGrant.code : codeOf(status)),
    `The authorization server answered ${parameters.grant_type} with ${status}${errorMessages.length === 0 ? '' : `: ${errorMessages.join(', ')}`}.`,
    {
      ...call,
      ...{ status, errorMessages },
      diagnosis:
        explained?.diagnosis ??
        diagnoseAs(
          causeOf(status, isRefresh && isInvalidGrant),
          `The status is ${status}${error === undefined ? '' : `, the error ${errorMessages[0]}`}.`,
        ),
      ...(hint === undefined ? undefined : { hint }),
      ...(/^\d{1,6}$/.test(retryAfter) ? { retryAfterSeconds: Number(retryAfter) } : undefined),
    },
  );
}

/** @see https://datatracker.ietf.org/doc/html/rfc6749#section-5.2 */
const HINTS: Readonly<Record<string, string>> = {
  invalid_client: 'clientId and clientSecret do not belong together, or the secret was replaced.',
  access_denied: 'clientId and clientSecret do not belong together, or the secret was replaced.',
  unauthorized_client:
    'This client may not ask in this way: a 3LO app takes oauthClient, a service account serviceAccountClient.',
  invalid_scope: 'Ask only for scopes that the app has in the developer console.',
};

function causeOf(status: number, isRefreshEnded: boolean): CauseId {
  if (status === 429) return 'CS-LIMIT';
  if (status >= 500) return 'CS-JIRA-DOWN';
  return isRefreshEnded ? 'CS-OAUTH-REFRESH-REUSED' : 'CS-OAUTH-REFUSED';
}

function codeOf(status: number): JiraApiErrorCode {
  if (status === 429) return 'JIRA_RATE_LIMITED';
  if (status >= 500) return 'JIRA_UNAVAILABLE';
  return status === 200 ? 'JIRA_ANSWER_INVALID' : 'JIRA_OAUTH_REFUSED';
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function readJson(text: string): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

async function readStart(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > MAX_ANSWER_BYTES) break;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
