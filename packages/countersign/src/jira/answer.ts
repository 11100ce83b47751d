import type { Readable } from 'node:stream';
import { type Diagnosis, JiraApiError, type JiraApiErrorCode } from '../errors.ts';
import { diagnoseAs } from './diagnose.ts';
import { type AnswerHeaders, retryAfterMs } from './rate-limit.ts';

const MAX_REFUSAL_BYTES = 65_536;
const MAX_MESSAGE_LENGTH = 500;

/** Which call an answer belongs to, for messages. */
export interface Call {
  readonly method: string;
  /** Without its query, which may hold what should not be logged. */
  readonly path: string;
}

/** What of an answer is read: a `Response` is one, too. */
export interface Answer {
  readonly status: number;
  readonly headers: AnswerHeaders;
  readonly body: AsyncIterable<Uint8Array> | null;
}

/**
 * Reads the JSON of an answer; undefined when it has no body.
 *
 * @throws JiraApiError JIRA_ANSWER_INVALID, JIRA_ANSWER_TOO_LARGE.
 */
export async function readJson(response: Answer, call: Call, maxBytes: number): Promise<unknown> {
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
export type Diagnose = (response: Answer, messages: Partial<Messages>) => Diagnosis | undefined;

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
  response: Answer,
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

function retryAfter({ headers }: Answer, now: () => number): { retryAfterSeconds?: number } {
  const waitMs = retryAfterMs(headers, now);
  return waitMs === undefined ? {} : { retryAfterSeconds: Math.ceil(waitMs / 1000) };
}

/** Reads the rest of an answer that nobody needs, so that its connection can serve the next call. */
export function discard(body: Readable): void {
  body.on('error', () => {});
  body.resume();
}

/** What a call that got no whole answer ends with. */
export function unanswered(error: unknown, call: Call): JiraApiError {
  const code = networkCode(error) ?? 'no code';
  return new JiraApiError(
    'JIRA_UNREACHABLE',
    `${call.method} ${call.path} could not be sent, or its answer broke off.`,
    {
      ...call,
      cause: error,
      diagnosis: diagnoseAs('CS-UNREACHABLE', `The request could not be sent: ${code}.`),
    },
  );
}

/** The code of the network's error, such as ENOTFOUND, says which it is. */
function networkCode(error: unknown): string | undefined {
  const { code, cause } = error as { code?: unknown; cause?: { code?: unknown } };
  const found = code ?? cause?.code;
  return typeof found === 'string' ? found.slice(0, 60) : undefined;
}

/** What a call ends with that this side gives up: its time is over, or the site asks to wait for longer than it has. */
export function abandoned(
  call: Call,
  why: { readonly timeoutMs: number } | { readonly pausedMs: number },
): JiraApiError {
  if ('pausedMs' in why) {
    const retryAfterSeconds = Math.ceil(why.pausedMs / 1000);
    return new JiraApiError(
      'JIRA_RATE_LIMITED',
      `${call.method} ${call.path} was not sent: the site asked to wait for another ${retryAfterSeconds} s.`,
      {
        ...call,
        retryAfterSeconds,
        diagnosis: diagnoseAs('CS-LIMIT', 'An answer to another call asked to wait.'),
      },
    );
  }
  return new JiraApiError(
    'JIRA_TIMEOUT',
    `${call.method} ${call.path} was not answered within ${why.timeoutMs} ms.`,
    {
      ...call,
      diagnosis: diagnoseAs('CS-UNREACHABLE', `No answer within ${why.timeoutMs} ms.`, 'likely'),
    },
  );
}

async function readText(
  response: Answer,
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
  // The gateway, the authorization server and Jira Service Management have forms of their own.
  const message = read.message ?? read.errorMessage ?? read.error_description ?? read.error;
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
