import { credentialOf, type SentRequest } from './sent-request.ts';

const REQUEST_LINE = /^([A-Z]{3,10}) (\S{1,20000})(?: HTTP\/[\d.]+)?$/;

/** True for a request as it goes over the wire, or as `curl -v` shows it. */
export function looksLikeHttp(text: string): boolean {
  const lines = text.slice(0, 40_000).split('\n', 200).map(bare);
  return (
    lines.some((line) => REQUEST_LINE.test(line)) &&
    lines.some((line) => /^[\w-]{1,60}:\s/.test(line))
  );
}

/** Reads a request, and the head of its answer where it stands behind. It throws nothing. */
export function parseHttp(text: string): SentRequest {
  const raw = text.split(/\r?\n/).map((line) => line.trimEnd());
  const start = raw.findIndex((line) => REQUEST_LINE.test(bare(line)));
  const [, method = 'GET', target = '/'] = REQUEST_LINE.exec(bare(raw[start] ?? '')) ?? [];
  const headers: [string, string][] = [];
  const answerHeaders: [string, string][] = [];
  let status: number | undefined;
  for (const line of raw.slice(start + 1)) {
    const answered = /^<?\s*HTTP\/[\d.]+ (\d{3})/.exec(line)?.[1];
    if (answered !== undefined) status = Number(answered);
    const header = /^([\w-]{1,60}):\s*(.*)$/.exec(bare(line));
    if (header !== null) {
      const list = status === undefined ? headers : answerHeaders;
      list.push([header[1] as string, header[2] as string]);
    }
  }
  const find = (list: readonly [string, string][], name: string): string[] =>
    list.filter(([each]) => each.toLowerCase() === name).map(([, value]) => value);
  const host = find(headers, 'host')[0];
  const url = target.startsWith('/') && host !== undefined ? `https://${host}${target}` : target;
  const serverDate = find(answerHeaders, 'date')[0];
  // The clock of the sender is not known; this one is the next best.
  const sentAt = Date.parse(serverDate ?? '');
  return {
    kind: 'http',
    credential: credentialOf(find(headers, 'authorization'), url),
    method,
    url,
    ...(serverDate === undefined ? {} : { serverDate }),
    ...(Number.isNaN(sentAt) ? {} : { sentAt }),
    ...(status === undefined ? {} : { status, answerHeaders }),
    notes: [],
  };
}

/** Without the marks that `curl -v` puts before each line. */
function bare(line: string): string {
  return line.replace(/^[<>*]\s/, '').trimEnd();
}
