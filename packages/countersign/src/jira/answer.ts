import { type Diagnosis, JiraApiError, type JiraApiErrorCode } from '../errors.ts';

const MAX_REFUSAL_BYTES = 65_536;
const MAX_MESSAGE_LENGTH = 500;

/** Which call an answer belongs to, for messages. */
export interface Call {
  readonly method: string;
  /** Without its query, which may hold what should not be logged. */
  readonly path: string;
}

/**
 * Reads the JSON of an answer; undefined when it has no body.
 *
 * @throws JiraApiError JIRA_ANSWER_INVALID, JIRA_ANSWER_TOO_LARGE.
 */
export async function readJson(response: Response, call: Call, maxBytes: number): Promise<unknown> {
  const { text, whole } = await readText(response, maxBytes);
  if (!whole) {
    throw new JiraApiError(
      'JIRA_ANSWER_TOO_LARGE',
      `The answer to ${call.method} ${call.path} is larger than ${maxBytes} bytes.`,
      { ...call, status: response.status },
    );
  }
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw new JiraApiError(
      'JIRA_ANSWER_INVALID',
      `The answer to ${call.method} ${call.path} is not JSON (${response.headers.get('content-type') ?? 'no content type'}).`,
      { ...call, status: response.status },
    );
  }
}

/** Says why a call was refused; asked for refusals alone. */
export type Diagnose = (response: Response, messages: Partial<Messages>) => Diagnosis | undefined;

/** What {@link refusal} needs beside the answer. */
interface RefusalOptions {
  /** What may stand in no message. */
  readonly secrets: readonly string[];
  readonly now: () => number;
  readonly diagnose: Diagnose;
  /** What to do, where more is known than the status. */
  readonly hint: string | undefined;
}

/** Turns a refusal of Jira into an error that holds Jira's own messages. */
export async function refusal(
  response: Response,
  call: Call,
  { secrets, now, diagnose, hint }: RefusalOptions,
): Promise<JiraApiError> {
  const { text } = await readText(response, MAX_REFUSAL_BYTES);
  const { errorMessages, errors } = readMessages(text, secrets);
  const said = [...errorMessages, ...Object.values(errors)].join(' ');
  return new JiraApiError(
    codeOf(response.status),
    `${call.method} ${call.path} was answered with ${response.status}${said === '' ? '' : `: ${said}`}`,
    {
      ...call,
      status: response.status,
      errorMessages,
      errors,
      ...retryAfter(response, now),
      ...(hint === undefined ? undefined : { hint }),
      diagnosis: diagnose(response, { errorMessages, errors }),
    },
  );
}

function codeOf(status: number): JiraApiErrorCode {
  if (status >= 300 && status < 400) return 'JIRA_REDIRECTED';
  if (status >= 500) return 'JIRA_UNAVAILABLE';
  switch (status) {
    case 400:
      return 'JIRA_BAD_REQUEST';
    case 401:
      return 'JIRA_UNAUTHENTICATED';
    case 403:
      return 'JIRA_FORBIDDEN';
    case 404:
      return 'JIRA_NOT_FOUND';
    case 409:
      return 'JIRA_CONFLICT';
    case 429:
      return 'JIRA_RATE_LIMITED';
    default:
      return 'JIRA_UNEXPECTED_STATUS';
  }
}

/** Retry-After is a number of seconds or a date (RFC 9110, 10.2.3). */
function retryAfter(response: Response, now: () => number): { retryAfterSeconds?: number } {
  const header = response.headers.get('retry-after');
  if (header === null) return {};
  if (/^\d+$/.test(header)) return { retryAfterSeconds: Number(header) };
  const date = Date.parse(header);
  if (Number.isNaN(date)) return {};
  return { retryAfterSeconds: Math.max(0, Math.ceil((date - now()) / 1000)) };
}

async function readText(
  response: Response,
  maxBytes: number,
): Promise<{ text: string; whole: boolean }> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  // Leaving the loop early cancels the body.
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    chunks.push(chunk);
    if (bytes > maxBytes) break;
  }
  return { text: Buffer.concat(chunks).toString('utf8'), whole: bytes <= maxBytes };
}

/** What Jira says, cleaned of secrets. */
export interface Messages {
  errorMessages: string[];
  errors: Record<string, string>;
}

/** Jira answers with JSON of two shapes, with plain text, and with HTML. */
export function readMessages(body: string, secrets: readonly string[]): Messages {
  const clean = (message: unknown) => redact(String(message), secrets).slice(0, MAX_MESSAGE_LENGTH);
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    const plain = body
      .replace(/<[^>]*>/g, ' ')
      .replace(/\s+/g, ' ')
      .trim();
    return { errorMessages: plain === '' ? [] : [clean(plain)], errors: {} };
  }
  if (typeof parsed !== 'object' || parsed === null) return { errorMessages: [], errors: {} };
  const read = parsed as Record<string, unknown>;
  const { errorMessages, errors } = read;
  // The gateway and the authorization server have forms of their own.
  const message = read.message ?? read.error_description ?? read.error;
  const list = Array.isArray(errorMessages)
    ? errorMessages
    : message === undefined
      ? []
      : [message];
  const byField = typeof errors === 'object' && errors !== null ? Object.entries(errors) : [];
  return {
    errorMessages: list.map(clean),
    errors: Object.fromEntries(byField.map(([field, text]) => [clean(field), clean(text)])),
  };
}

/** An answer may quote what was sent. */
function redact(text: string, secrets: readonly string[]): string {
  let safe = text.replace(/\beyJ[\w-]+\.[\w-]+(\.[\w-]*)?/g, '[token]');
  for (const secret of secrets) safe = safe.replaceAll(secret, '[secret]');
  return safe;
}
