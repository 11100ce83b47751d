import { credentialOf, type SentRequest } from './sent-request.ts';
import { splitCommandLine, type Word } from './shell-words.ts';

/** True for the text of a curl command, also after a prompt, variables or sudo. */
export function looksLikeCurl(text: string): boolean {
  return /^\s*(?:[$#>%]\s+)?(?:[A-Za-z_]\w*=\S*\s+){0,20}(?:sudo\s+|time\s+)?(?:[^\s'"]*[\\/])?curl(?:\.exe)?(?:[\s^`\\]|$)/i.test(
    text.slice(0, 10_000),
  );
}

/** Reads the text of a curl command. It throws nothing: what it does not understand it leaves out. */
export function parseCurl(text: string): SentRequest {
  const { words, notes } = splitCommandLine(text.replace(/^\s*[$#>%]\s+/, ''));
  return readCurl(words, notes);
}

/** Reads a curl command that a shell has split already. */
export function parseCurlWords(words: readonly string[]): SentRequest {
  return readCurl(
    words.map((text) => ({ text, variables: [] })),
    [],
  );
}

/** Short options of curl that take a value. */
const SHORT_WITH_VALUE = 'AbcCdDeEFHKmoPQrtTuUwxXyYz';

/** Long options of curl that take a value. Of an option that is not here, the next word is not taken for its value. */
const LONG_WITH_VALUE: ReadonlySet<string> = new Set(
  `abstract-unix-socket alt-svc aws-sigv4 cacert capath cert cert-type ciphers config connect-timeout
   connect-to continue-at cookie cookie-jar create-file-mode crlfile curves data data-ascii data-binary data-raw
   data-urlencode delegation dns-interface dns-ipv4-addr dns-ipv6-addr dns-servers doh-url dump-header egd-file engine
   etag-compare etag-save expect100-timeout form form-string ftp-account ftp-alternative-to-user ftp-method ftp-port
   ftp-ssl-ccc-mode happy-eyeballs-timeout-ms haproxy-clientip header hostpubmd5 hostpubsha256 hsts interface ipfs-gateway
   json keepalive-cnt keepalive-time key key-type krb libcurl limit-rate local-port login-options mail-auth mail-from
   mail-rcpt max-filesize max-redirs max-time netrc-file noproxy oauth2-bearer output output-dir parallel-max pass
   pinnedpubkey preproxy proto proto-default proto-redir proxy proxy-cacert proxy-capath proxy-cert proxy-cert-type
   proxy-ciphers proxy-crlfile proxy-header proxy-key proxy-key-type proxy-pass proxy-pinnedpubkey proxy-service-name
   proxy-tls13-ciphers proxy-tlsauthtype proxy-tlspassword proxy-tlsuser proxy-user proxy1.0 pubkey quote random-file
   range rate referer request request-target resolve retry retry-delay retry-max-time sasl-authzid service-name socks4
   socks4a socks5 socks5-gssapi-service socks5-hostname speed-limit speed-time stderr telnet-option tftp-blksize
   time-cond tls-max tls13-ciphers tlsauthtype tlspassword tlsuser trace trace-ascii trace-config unix-socket upload-file
   url url-query user user-agent variable vlan-priority write-out`.split(/\s+/),
);

const SHORT_NAMES: Readonly<Record<string, string>> = {
  d: 'data',
  F: 'form',
  G: 'get',
  H: 'header',
  I: 'head',
  T: 'upload-file',
  u: 'user',
  X: 'request',
};

interface Option {
  name: string;
  value: Word;
}

const NO_VALUE: Word = { text: '', variables: [] };

function readCurl(words: readonly Word[], notes: string[]): SentRequest {
  const start = words.findIndex(({ text }) => /(?:^|[\\/])curl(?:\.exe)?$/i.test(text));
  const { options, urls } = readOptions(words.slice(start + 1));
  const all = (name: string): Word[] =>
    options.filter((option) => option.name === name).map(({ value }) => value);
  const last = (name: string): Word | undefined => all(name).at(-1);
  const has = (name: string): boolean => options.some((option) => option.name === name);

  const headers = all('header');
  const authorizations = authorizationsOf(headers);
  if (headers.some(({ text }) => text.startsWith('@'))) {
    notes.push('Headers are read from a file (-H @FILE); they are not known here.');
  }
  const body = readBody(options, notes);
  const usesGet = has('get');
  let url = [...all('url').map(({ text }) => text), ...urls.map(({ text }) => text)][0];
  if (url !== undefined) {
    if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(url) && !url.startsWith('/')) url = `http://${url}`;
    const added = [...all('url-query').map(urlEncoded), ...(usesGet && body ? [body] : [])];
    for (const part of added) url = withQuery(url, part);
    if (!has('path-as-is')) url = withoutDots(url);
  }
  // curl puts a login into the header only where none is given, not even an empty one.
  if (!headers.some(isAuthorization)) {
    const bearer = last('oauth2-bearer')?.text;
    const user = last('user')?.text ?? loginIn(url);
    if (bearer !== undefined) authorizations.push(`Bearer ${bearer}`);
    else if (user !== undefined) {
      authorizations.push(`Basic ${Buffer.from(user).toString('base64')}`);
    }
  }
  if (urls.length + all('url').length > 1) {
    notes.push('The command has more than one URL; the first one is looked at.');
  }
  const variables = [...headers.filter(isAuthorization), ...urls, ...all('url'), ...all('user')]
    .flatMap((word) => word.variables)
    .slice(0, 5);
  const credential = credentialOf(authorizations, url);
  const sendsBody = options.some(({ name }) => name === 'form' || isData(name)) && !usesGet;
  return {
    kind: 'curl',
    credential,
    method: methodOf(last('request')?.text, sendsBody, has('upload-file'), has('head')),
    ...(url === undefined ? {} : { url }),
    ...(body === undefined || usesGet ? {} : { body }),
    ...(variables.length === 0 ? {} : { variables }),
    notes,
  };
}

function methodOf(
  request: string | undefined,
  sendsBody: boolean,
  uploads: boolean,
  head: boolean,
): string {
  if (request !== undefined && request !== '') return request;
  if (uploads) return 'PUT';
  if (head) return 'HEAD';
  return sendsBody ? 'POST' : 'GET';
}

function readOptions(words: readonly Word[]): { options: Option[]; urls: Word[] } {
  const options: Option[] = [];
  const urls: Word[] = [];
  let onlyUrls = false;
  for (let at = 0; at < words.length; at++) {
    const word = words[at] as Word;
    const { text } = word;
    if (onlyUrls || !text.startsWith('-') || text === '-') {
      if (text !== '') urls.push(word);
    } else if (text === '--') onlyUrls = true;
    else if (text.startsWith('--')) {
      const equals = text.indexOf('=');
      const name = text.slice(2, equals === -1 ? undefined : equals);
      if (name === 'next') break;
      if (equals !== -1) options.push({ name, value: { ...word, text: text.slice(equals + 1) } });
      else if (LONG_WITH_VALUE.has(name)) options.push({ name, value: words[++at] ?? NO_VALUE });
      else options.push({ name, value: NO_VALUE });
    } else {
      // Several short options may stand together; the first with a value takes the rest, or the next word.
      for (let letter = 1; letter < text.length; letter++) {
        const short = text[letter] as string;
        const name = SHORT_NAMES[short] ?? short;
        if (short === ':') break;
        if (!SHORT_WITH_VALUE.includes(short)) {
          options.push({ name, value: NO_VALUE });
          continue;
        }
        const rest = text.slice(letter + 1);
        options.push({
          name,
          value: rest === '' ? (words[++at] ?? NO_VALUE) : { ...word, text: rest },
        });
        break;
      }
    }
  }
  return { options, urls };
}

function isAuthorization({ text }: Word): boolean {
  return /^authorization\s*[:;]/i.test(text);
}

/** The values of the Authorization headers; an empty one takes the header away. */
function authorizationsOf(headers: readonly Word[]): string[] {
  return headers
    .filter(isAuthorization)
    .map(({ text }) => text.slice(text.search(/[:;]/) + 1).trim())
    .filter((value) => value !== '');
}

function isData(name: string): boolean {
  return /^(?:data(?:-ascii|-binary|-raw|-urlencode)?|json)$/.test(name);
}

/** user:password@ of a URL, decoded. */
function loginIn(url: string | undefined): string | undefined {
  const login = /^[a-z][a-z0-9+.-]*:\/\/([^/?#@]*)@/i.exec(url ?? '')?.[1];
  try {
    return login === undefined ? undefined : decodeURIComponent(login);
  } catch {
    return login;
  }
}

/** curl resolves the segments . and .. of a path before it sends it. */
function withoutDots(url: string): string {
  const [, start = '', path = '', rest = ''] =
    /^([a-z][a-z0-9+.-]*:\/\/[^/?#]*)?([^?#]*)(.*)$/is.exec(url) ?? [];
  if (!/\/\.{1,2}(?:\/|$)/.test(path)) return url;
  const kept: string[] = [];
  const segments = path.split('/').slice(1);
  segments.forEach((segment, index) => {
    const isLast = index === segments.length - 1;
    if (segment === '..') kept.pop();
    if (segment !== '.' && segment !== '..') kept.push(segment);
    else if (isLast) kept.push('');
  });
  return `${start}/${kept.join('/')}${rest}`;
}

function readBody(options: readonly Option[], notes: string[]): string | undefined {
  const parts: { text: string; mark: string }[] = [];
  for (const { name, value } of options) {
    if (!isData(name)) continue;
    const readsFile =
      name === 'data-urlencode'
        ? /^[^=]*@/.test(value.text) && !/^[^@]*=/.test(value.text)
        : name !== 'data-raw' && value.text.startsWith('@');
    if (readsFile) notes.push('The body is read from a file (@FILE); it is not known here.');
    else {
      const text = name === 'data-urlencode' ? urlEncoded(value) : value.text;
      parts.push({ text, mark: name === 'json' ? '' : '&' });
    }
  }
  if (parts.length === 0) return undefined;
  return parts.map(({ text, mark }, index) => (index === 0 ? text : mark + text)).join('');
}

/** `name=content`, `=content` or `content`, of which the content is encoded. */
function urlEncoded({ text }: Word): string {
  const equals = text.indexOf('=');
  const name = equals === -1 ? '' : text.slice(0, equals);
  const content = encodeURIComponent(text.slice(equals + 1).toWellFormed()).replaceAll('%20', '+');
  return name === '' ? content : `${name}=${content}`;
}

function withQuery(url: string, part: string): string {
  const hash = url.indexOf('#');
  const [before, fragment] = hash === -1 ? [url, ''] : [url.slice(0, hash), url.slice(hash)];
  return `${before}${before.includes('?') ? '&' : '?'}${part}${fragment}`;
}
