import { shellWords } from './shell-words.ts';

/** What was read from a text that somebody pasted. */
export interface Pasted {
  /** The token, or the Authorization header; '' where the request has none. */
  token: string;
  method?: string;
  url?: string;
  body?: string;
  /** What kind of text it was taken for. */
  form: 'token' | 'curl' | 'http';
}

/** Reads a curl command or an HTTP request; any other text is taken for a token or a header. */
export function readPasted(text: string): Pasted {
  const trimmed = text.trim();
  if (/^(?:[$>]\s*)?curl(?:\.exe)?\s/i.test(trimmed)) return readCurl(trimmed);
  if (/^[A-Z]{3,7} \S+ HTTP\/[\d.]+\s*(?:\r?\n|$)/.test(trimmed)) return readHttp(trimmed);
  return { token: text, form: 'token' };
}

interface CurlRequest {
  method?: string;
  url?: string;
  authorizations: string[];
  user?: string;
  data: string[];
  dataInQuery: boolean;
  head: boolean;
  upload: boolean;
}

// Options with a value that says nothing about the request; a value must not be taken for the URL.
const skippedValues = new Set(
  '-o --output -A --user-agent -e --referer -b --cookie -c --cookie-jar -x --proxy -m --max-time --connect-timeout -w --write-out -E --cert --cacert --key --resolve --retry --retry-delay -F --form -K --config -D --dump-header --limit-rate -r --range -U --proxy-user --interface --ciphers --tls-max --proto --max-redirs --unix-socket'.split(
    ' ',
  ),
);

const dataOptions = new Set('-d --data --data-raw --data-ascii --data-binary --json'.split(' '));

function readCurl(text: string): Pasted {
  const request: CurlRequest = {
    authorizations: [],
    data: [],
    dataInQuery: false,
    head: false,
    upload: false,
  };
  const words = spelledOut(shellWords(text).slice(text.startsWith('curl') ? 1 : 0));
  const rest = words[Symbol.iterator]();
  for (const word of rest) {
    if (/^(?:[$>]|curl(?:\.exe)?)$/i.test(word)) continue;
    readOption(request, word, () => String(rest.next().value ?? ''));
  }
  const { authorizations, user, data, dataInQuery, head, upload } = request;
  const query = dataInQuery ? data.join('&') : '';
  const url = request.url === undefined ? undefined : withQuery(request.url, query);
  const body = dataInQuery || data.length === 0 ? undefined : data.join('&');
  const method =
    request.method ?? (head ? 'HEAD' : upload ? 'PUT' : body === undefined ? 'GET' : 'POST');
  const token =
    authorizations.length > 0
      ? authorizations.join(', ')
      : user === undefined
        ? tokenInQuery(url)
        : `Basic ${Buffer.from(user).toString('base64')}`;
  return {
    token,
    method,
    form: 'curl',
    ...(url === undefined ? {} : { url }),
    ...(body === undefined ? {} : { body }),
  };
}

function readOption(request: CurlRequest, word: string, next: () => string): void {
  if (word === '-X' || word === '--request') request.method = next();
  else if (word === '-H' || word === '--header') {
    const header = /^\s*authorization\s*:\s*(.*)$/is.exec(next());
    if (header) request.authorizations.push((header[1] ?? '').trimEnd());
  } else if (word === '--oauth2-bearer') request.authorizations.push(`Bearer ${next()}`);
  else if (word === '-u' || word === '--user') request.user = next();
  else if (word === '--url') request.url = next();
  else if (word === '--data-urlencode') request.data.push(encodeData(next()));
  else if (dataOptions.has(word)) request.data.push(next());
  else if (word === '-G' || word === '--get') request.dataInQuery = true;
  else if (word === '-I' || word === '--head') request.head = true;
  else if (word === '-T' || word === '--upload-file') {
    next();
    request.upload = true;
  } else if (skippedValues.has(word)) next();
  else if (!word.startsWith('-')) request.url ??= word;
}

/** -sSXPUT is -s -S -X PUT, and --header=x is --header x. */
function spelledOut(words: string[]): string[] {
  return words.flatMap((word) => {
    const long = /^(--[a-z][a-z0-9-]+)=(.*)$/is.exec(word);
    if (long) return [long[1] ?? '', long[2] ?? ''];
    if (!/^-[A-Za-z]./.test(word)) return [word];
    const options: string[] = [];
    for (let at = 1; at < word.length; at += 1) {
      const option = `-${word[at]}`;
      options.push(option);
      if (takesValue(option)) {
        const value = word.slice(at + 1);
        return value === '' ? options : [...options, value];
      }
    }
    return options;
  });
}

function takesValue(option: string): boolean {
  return 'XHudT'.includes(option.slice(1)) || skippedValues.has(option);
}

/** `name=value` and `=value`, as curl encodes them. */
function encodeData(data: string): string {
  const equals = data.indexOf('=');
  if (equals === -1) return encodeURIComponent(data);
  const value = encodeURIComponent(data.slice(equals + 1));
  return equals === 0 ? value : `${data.slice(0, equals)}=${value}`;
}

function withQuery(url: string, query: string): string {
  const absolute = /^(?:[a-z][a-z0-9+.-]*:\/\/|\/)/i.test(url) ? url : `http://${url}`;
  return query === '' ? absolute : `${absolute}${absolute.includes('?') ? '&' : '?'}${query}`;
}

function readHttp(text: string): Pasted {
  const [head = '', ...rest] = text.split(/\r?\n\r?\n/);
  const [first = '', ...lines] = head.split(/\r?\n/);
  const [method = '', target = ''] = first.split(' ');
  const headers = lines.map((line) => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()] as const;
  });
  const all = (name: string): string[] =>
    headers.filter(([each]) => each === name).map(([, value]) => value);
  const [host] = all('host');
  const url = target.startsWith('/') && host !== undefined ? `https://${host}${target}` : target;
  const body = rest.join('\n\n');
  return {
    token: all('authorization').join(', ') || tokenInQuery(url),
    method,
    url,
    form: 'http',
    ...(body === '' ? {} : { body }),
  };
}

/** The URL itself, where the token is in it: what reads the token finds it there. */
function tokenInQuery(url: string | undefined): string {
  return url !== undefined && /[?&]jwt=/.test(url) ? url : '';
}
