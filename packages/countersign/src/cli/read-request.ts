import type { Arguments } from './arguments.ts';
import { badUsage } from './failures.ts';
import { isFile, readInput, readTextFile } from './files.ts';
import { note } from './page.ts';
import { looksLikeCurl, parseCurl, parseCurlWords } from './parse-curl.ts';
import { parseHar, pickRequest } from './parse-har.ts';
import { looksLikeHttp, parseHttp } from './parse-http.ts';
import { hasJwtParameter, type SentRequest } from './sent-request.ts';
import type { Terminal } from './terminal.ts';

/** What the user gave: as the argument, in a file that it names, or on standard input. */
export async function readGivenText(given: Arguments, terminal: Terminal): Promise<string> {
  const { argument } = given;
  if (argument === undefined || argument === '-') {
    if (terminal.input.isTTY) {
      note(terminal, 'Paste a token, a header, a URL or a curl command, then press Ctrl+D.');
    }
    return readInput(terminal);
  }
  return isFile(argument) ? readTextFile(argument, 'The file') : argument;
}

/**
 * Finds the request in whatever was given.
 *
 * @param entry which request of a HAR, from 1.
 * @throws CommandFailure when there is nothing, or a HAR without the request that was asked for.
 */
export function findRequest(text: string, entry?: number): SentRequest {
  const trimmed = text.replace(/^\u{feff}/u, '').trim();
  if (trimmed === '') {
    throw badUsage(
      'There is nothing to look at.',
      'Give a token, an Authorization header, a URL with ?jwt=, a curl command or a HAR.',
    );
  }
  if (/^[[{]/.test(trimmed)) {
    const requests = parseHar(trimmed);
    if (requests !== undefined) return pickFromHar(requests, entry);
  }
  if (looksLikeCurl(trimmed)) return demandFilledIn(parseCurl(trimmed));
  if (looksLikeHttp(trimmed)) return parseHttp(trimmed);
  const isUrl = /^https?:\/\/\S+$/i.test(trimmed);
  if (isUrl && !hasJwtParameter(trimmed)) {
    return { kind: 'text', credential: '', url: trimmed, method: 'GET', notes: [] };
  }
  const credential = authorizationLine(trimmed) ?? trimmed;
  return { kind: 'text', credential, ...(isUrl ? { url: trimmed } : {}), notes: [] };
}

/** Of several headers, the one that counts. Where it is the first line, what follows may be the rest of its token. */
function authorizationLine(text: string): string | undefined {
  if (!text.includes('\n') || /^\W*authorization\b/i.test(text)) return undefined;
  return text
    .split(/\r?\n/, 500)
    .map((line) => line.trim().replace(/^[<>]\s+/, ''))
    .find((line) => /^["']?authorization["']?\s*[:=]/i.test(line));
}

export function findRequestInWords(words: readonly string[]): SentRequest {
  return parseCurlWords(words);
}

function pickFromHar(requests: readonly SentRequest[], entry: number | undefined): SentRequest {
  const picked = entry === undefined ? pickRequest(requests) : requests[entry - 1];
  if (picked !== undefined) return picked;
  throw badUsage(
    entry === undefined
      ? `None of the ${requests.length} requests of this HAR has an Authorization header or ?jwt=.`
      : `This HAR has ${requests.length} requests.`,
    entry === undefined
      ? 'Browsers leave the header out unless the HAR is exported "with sensitive data". --entry N looks at one all the same.'
      : 'Count them from 1.',
  );
}

/** A variable in the text of a command is no mistake of the command: the shell fills it in, but not here. */
function demandFilledIn(request: SentRequest): SentRequest {
  const [variable] = request.variables ?? [];
  if (variable === undefined) return request;
  throw badUsage(
    `The command holds ${/^\$\{?\w+\}?$/.test(variable) ? `the variable ${variable}` : 'a command in $(…)'}, which only your shell can fill in.`,
    'Let the shell do it: write the command without quotes around it, as in countersign token explain curl -H "…" "…".',
  );
}
