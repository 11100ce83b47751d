import type { Dispatcher } from 'undici';
import { isJiraApiError, JiraApiError, refuseUnknownOptions } from '../errors.ts';
import { isLoopback } from '../loopback.ts';
import { VERSION } from '../version.ts';
import { abandoned, type Call, refusal, unanswered } from './answer.ts';
import type { JiraCalls } from './calls.ts';
import { startDeadline } from './deadline.ts';
import { exchange, toResponse } from './exchange.ts';
import { refusalOf } from './file-refusal.ts';

/** Options of `jira.download`. */
export interface DownloadOptions {
  /** Of these, Range, Accept and If-… reach the host that keeps the file; the others the site alone. */
  headers?: Readonly<Record<string, string>>;
  /** Ends the download, also while its body is read. */
  signal?: AbortSignal;
  /** Until the headers of the file are there, in milliseconds; its body may take longer. Default: 30000. */
  timeoutMs?: number;
}

const OPTIONS: ReadonlySet<string> = new Set(['headers', 'signal', 'timeoutMs']);
const DEFAULT_TIMEOUT_MS = 30_000;
const MAX_REDIRECTS = 5;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
/** Headers that are about the file, and not about the site. */
const PASSED_ON = /^(?:range|accept|accept-encoding|if-[a-z-]+)$/;

/**
 * Downloads an attachment, by its id or by a path of the site that leads to one.
 *
 * Jira redirects to the host that keeps its files, with a URL that is signed and good for minutes. It is followed
 * without the app's token: that host refuses it, and it is none of its business.
 *
 * @param connections What the other host is reached over; as that of the client.
 * @returns The answer with the file, whose body is a stream. Its status is 200, 206 for a Range, or 304.
 * @throws JiraApiError.
 * @see https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issue-attachments/#api-rest-api-3-attachment-content-id-get
 */
export async function download(
  calls: JiraCalls,
  attachment: string | number,
  options: DownloadOptions = {},
  connections?: Dispatcher,
): Promise<Response> {
  refuseUnknownOptions('jira.download', options, OPTIONS);
  const { signal, timeoutMs = DEFAULT_TIMEOUT_MS } = options;
  const endsAt = performance.now() + timeoutMs;
  const remainingMs = () => Math.max(1, endsAt - performance.now());
  const headers = fileHeaders(options.headers);
  const path = /^\d+$/.test(String(attachment))
    ? `/rest/api/3/attachment/content/${attachment}`
    : String(attachment);

  const askSite = async (pathOrUrl: string): Promise<Hop> => {
    const response = await calls.fetch(pathOrUrl, {
      headers,
      timeoutMs: remainingMs(),
      ...(signal === undefined ? undefined : { signal }),
    });
    const url = response.url === '' ? undefined : new URL(response.url);
    return { response, url, call: { method: 'GET', path: pathnameOf(pathOrUrl) }, isSite: true };
  };

  let hop = await askSite(path);
  const site = hop.url?.origin;
  for (let redirects = 0; isRedirect(hop.response); redirects += 1) {
    await hop.response.body?.cancel();
    if (redirects === MAX_REDIRECTS) throw redirected(hop, `leads on after ${redirects} redirects`);
    const target = targetOf(hop);
    if (typeof target === 'string') {
      hop = await askSite(target);
      continue;
    }
    const ofSite =
      site === undefined || site === target.origin
        ? await askSite(target.href).catch(onlyRefusedUrl)
        : undefined;
    hop =
      ofSite ?? (await askOther(target, { headers, signal, timeoutMs, remainingMs, connections }));
  }
  const { response, call, isSite } = hop;
  if (response.ok || response.status === 304) return response;
  throw isSite ? await refusalOf(response, call, undefined) : await refusalOfOther(hop);
}

/** One answer on the way to the file. */
interface Hop {
  readonly response: Response;
  /** Undefined where the answer does not tell. */
  readonly url: URL | undefined;
  readonly call: Call;
  readonly isSite: boolean;
}

function fileHeaders(given: DownloadOptions['headers']): Record<string, string> {
  const headers: Record<string, string> = { accept: '*/*' };
  for (const [name, value] of Object.entries(given ?? {})) headers[name.toLowerCase()] = value;
  // A range of a compressed file would be another one.
  if (headers.range !== undefined) headers['accept-encoding'] ??= 'identity';
  return headers;
}

function isRedirect({ status, headers }: Response): boolean {
  return REDIRECTS.has(status) && headers.get('location') !== null;
}

/** Where an answer leads: a URL, or a path of the site where its own URL is not known. */
function targetOf(hop: Hop): URL | string {
  const location = hop.response.headers.get('location') ?? '';
  if (!URL.canParse(location, hop.url?.href)) {
    if (hop.isSite && location.startsWith('/') && !location.startsWith('//')) return location;
    throw redirected(hop, 'leads to what is no URL');
  }
  const target = new URL(location, hop.url?.href);
  if (target.hostname === 'id.atlassian.com' || /\/login(?:\.jsp)?$/.test(target.pathname)) {
    throw redirected(
      hop,
      'leads to a login',
      'Give the id of the attachment: the paths below /secure are for browsers.',
    );
  }
  const isLocal = isLoopback(target.hostname) && hop.url?.protocol !== 'https:';
  if (target.protocol !== 'https:' && !(target.protocol === 'http:' && isLocal)) {
    throw redirected(hop, `leads to ${target.origin}, which is not reached by https`);
  }
  return target;
}

function redirected({ response, call }: Hop, what: string, hint?: string): JiraApiError {
  return new JiraApiError('JIRA_REDIRECTED', `The answer to GET ${call.path} ${what}.`, {
    ...call,
    status: response.status,
    hint:
      hint ??
      'Nothing was sent there. Look at the site, and at what stands between it and this machine.',
  });
}

/** The client alone knows for certain what belongs to its site. */
function onlyRefusedUrl(error: unknown): undefined {
  if (isJiraApiError(error) && error.code === 'JIRA_URL_REFUSED') return undefined;
  throw error;
}

/** Asks a host that is not the site: with nothing that the site gave this app. */
async function askOther(
  url: URL,
  {
    headers,
    signal,
    timeoutMs,
    remainingMs,
    connections,
  }: {
    headers: Readonly<Record<string, string>>;
    signal: AbortSignal | undefined;
    timeoutMs: number;
    remainingMs: () => number;
    connections: Dispatcher | undefined;
  },
): Promise<Hop> {
  // Its query is what opens the file: it stands in no message.
  const call: Call = { method: 'GET', path: `${url.origin}${url.pathname}` };
  const passedOn = Object.entries(headers).filter(([name]) => PASSED_ON.test(name));
  const deadline = startDeadline(remainingMs(), signal);
  try {
    const answer = await exchange(
      {
        method: 'GET',
        url,
        headers: { 'user-agent': `countersign/${VERSION}`, ...Object.fromEntries(passedOn) },
        body: undefined,
        signal: deadline.signal,
      },
      connections,
    );
    deadline.passOnTo(answer.body);
    return { response: toResponse(answer), url, call, isSite: false };
  } catch (error) {
    deadline.end();
    if (deadline.endedBy === 'caller') throw signal?.reason;
    throw deadline.endedBy === 'time' ? abandoned(call, { timeoutMs }) : unanswered(error, call);
  }
}

function refusalOfOther({ response, url, call }: Hop): Promise<JiraApiError> {
  const signatures = [...(url?.searchParams.values() ?? [])].filter(({ length }) => length >= 8);
  return refusal(response, call, {
    secrets: url === undefined || url.search === '' ? signatures : [url.search, ...signatures],
    now: Date.now,
    hint: `Jira answered, and ${url?.host}, where it keeps its files, did not give this one. Its URLs are good for minutes: download it again.`,
    diagnose: () => undefined,
  });
}

function pathnameOf(pathOrUrl: string): string {
  return new URL(pathOrUrl, 'http://site.invalid').pathname;
}
