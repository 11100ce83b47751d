import {
  encodeComponent,
  encodeStrict,
  percentDecode,
  type RequestParts,
} from './canonical-parts.ts';
import type { CauseId } from './causes.ts';

/** One way in which a part of the canonical request may have been written. */
export interface Variant {
  text: string;
  cause: CauseId;
  /** Completes "It was hashed …". */
  what: string;
}

/** The path as it belongs into the canonical request. */
export function rightPath(path: string): string {
  let right = path.replace(/[\0- "<>^`{}\x7f]/g, encodeURIComponent);
  if (right.length > 1 && right.endsWith('/')) right = right.slice(0, -1);
  return right.replaceAll('&', '%26');
}

const MAX_SEGMENTS = 12;

/** Wrong ways to write the path, the likely ones first. */
export function* pathVariants(request: RequestParts): Variants {
  const seen = new Set([rightPath(request.path)]);
  for (const one of allVariants(request)) {
    if (seen.has(one.text)) continue;
    seen.add(one.text);
    yield one;
  }
}

type Variants = Generator<Variant, void, undefined>;

function variant(text: string, cause: CauseId, what: string): Variant {
  return { text, cause, what };
}

function* allVariants(request: RequestParts): Variants {
  const { path, sentPath, basePath, origin, query, fragment } = request;
  const right = rightPath(path);
  const sent = sentPath.startsWith('/') ? sentPath : `/${sentPath}`;
  const question = query === '' ? '' : `?${query}`;

  if (basePath !== '') {
    yield variant(
      rightPath(sent),
      'CS-QSH-CONTEXT-PATH',
      `with the context path ${basePath} before it`,
    );
    yield variant(
      rightPath(`${basePath}${sent}`),
      sent === path ? 'CS-QSH-CONTEXT-PATH' : 'CS-QSH-BASE-DOUBLED',
      `with ${basePath} before it once more`,
    );
    yield variant(
      rightPath(`${basePath}${path}`),
      'CS-QSH-CONTEXT-PATH',
      `with the context path ${basePath} before it`,
    );
  }
  for (const prefix of ['/wiki', '/jira', '/confluence']) {
    if (prefix !== basePath)
      yield variant(`${prefix}${right}`, 'CS-QSH-CONTEXT-PATH', `with ${prefix} before it`);
  }
  if (origin !== '') {
    for (const start of [
      origin,
      origin.replace(/^[a-z+.-]+:\/\//i, ''),
      `/${origin}`,
      origin.replace(/^[a-z+.-]+:/i, ''),
    ]) {
      yield variant(`${start}${right}`, 'CS-QSH-FULL-URL', 'with scheme and host');
      yield variant(`${start}${rightPath(sent)}`, 'CS-QSH-FULL-URL', 'with scheme and host');
      yield variant(encodeStrict(`${start}${sent}`), 'CS-QSH-FULL-URL', 'as one escaped URL');
      yield variant(
        `${start}${sent}${question}`,
        'CS-QSH-FULL-URL',
        'as the whole URL with its query',
      );
    }
  }
  yield* withQueryInPath(request, right);
  if (fragment !== '') yield variant(`${right}${fragment}`, 'CS-QSH-FRAGMENT', 'with its fragment');
  yield* withSlashes(path, right);
  yield* withVersions(right);
  yield* withEncodings(path);
  yield* withSegments(right);
  yield* withCases(right);
}

function* withQueryInPath({ path, query }: RequestParts, right: string): Variants {
  if (query !== '') {
    for (const text of [
      `${right}%3F${query}`,
      encodeStrict(`${path}?${query}`),
      `/${encodeStrict(`${path.slice(1)}?${query}`)}`,
      `${right}${encodeComponent(`?${query}`)}`,
      `${right}%3f${query}`,
    ]) {
      yield variant(text, 'CS-QSH-QUERY-IN-PATH', 'with the query escaped into the path');
    }
    yield variant(`${path}?${query}`, 'CS-QSH-FORM', 'with the query in the path');
  }
}

function* withSlashes(path: string, right: string): Variants {
  yield variant(right.slice(1), 'CS-QSH-SLASH', 'without the slash at its start');
  yield variant(right === '/' ? '' : `${right}/`, 'CS-QSH-SLASH', 'with a slash at its end');
  yield variant(rightPath(path.replace(/\/{2,}/g, '/')), 'CS-QSH-SLASH', 'with single slashes');
  yield variant(
    rightPath(path.replace(/\/+$/, '')) || '/',
    'CS-QSH-SLASH',
    'without any slash at its end',
  );
  yield variant(`/${right}`, 'CS-QSH-SLASH', 'with two slashes at its start');
  yield variant(path.replaceAll('&', '&'), 'CS-QSH-FORM', 'with an & that is not escaped');
}

function* withVersions(right: string): Variants {
  const version = /^\/rest\/(api|agile|servicedeskapi)\/(2|3|latest|1\.0)(?=\/|$)/.exec(right);
  if (version === null) return;
  for (const other of ['2', '3', 'latest', '1.0']) {
    yield variant(
      right.replace(version[0], `/rest/${version[1]}/${other}`),
      'CS-QSH-VERSION',
      `for version ${other}`,
    );
  }
}

function* withEncodings(path: string): Variants {
  const decoded = percentDecode(path);
  const dot = (text: string): string =>
    text.length > 1 && text.endsWith('/') ? text.slice(0, -1) : text;
  yield variant(dot(decoded), 'CS-QSH-PATH-DECODED', 'decoded');
  yield variant(dot(decoded).replaceAll('&', '%26'), 'CS-QSH-PATH-DECODED', 'decoded');
  const bySegment = (encode: (text: string) => string, text: string): string =>
    dot(text.split('/').map(encode).join('/'));
  const encodings: [string, string][] = [
    [bySegment(encodeComponent, decoded), 'escaped as encodeURIComponent does'],
    [bySegment(encodeStrict, decoded), 'escaped by RFC 3986'],
    [bySegment(encodeComponent, path), 'escaped twice'],
    [bySegment(encodeStrict, path), 'escaped twice'],
    [dot(encodeURI(decoded.toWellFormed())), 'escaped as encodeURI does'],
    [dot(encodeURI(path.toWellFormed())), 'escaped twice'],
    [encodeStrict(path), 'with its slashes escaped'],
    [encodeComponent(path), 'with its slashes escaped'],
    [dot(percentDecode(decoded)), 'decoded twice'],
    [dot(path.replaceAll("'", '%27')).replaceAll('&', '%26'), "with ' as %27"],
    [dot(path.replaceAll('%27', "'")).replaceAll('&', '%26'), "with %27 as '"],
    [dot(path.replaceAll('%20', '+')).replaceAll('&', '%26'), 'with spaces as +'],
    [dot(path.replaceAll('+', '%20')).replaceAll('&', '%26'), 'with + as %20'],
    [dot(path.replaceAll('+', '%2B')).replaceAll('&', '%26'), 'with + as %2B'],
    [upperEscapes(dot(path)).replaceAll('&', '%26'), 'with escapes in capital letters'],
    [lowerEscapes(dot(path)).replaceAll('&', '%26'), 'with escapes in small letters'],
    [dot(path.replace(/%2f/gi, '/')).replaceAll('&', '%26'), 'with %2F as /'],
    [
      dot(
        path.replace(/%([0-9a-f]{2})/gi, (code) =>
          /%(?:2f|25|3f|23|26)/i.test(code) ? code : percentDecode(code),
        ),
      ),
      'with some escapes decoded',
    ],
  ];
  for (const [text, what] of encodings) yield variant(text, 'CS-QSH-PATH-ENCODED', what);
}

function upperEscapes(text: string): string {
  return text.replace(/%[0-9a-f]{2}/gi, (code) => code.toUpperCase());
}

export function lowerEscapes(text: string): string {
  return text.replace(/%[0-9a-f]{2}/gi, (code) => code.toLowerCase());
}

/** Parts of the path cut off, doubled, or left as a placeholder. */
function* withSegments(right: string): Variants {
  const segments = right.split('/').slice(1);
  const count = Math.min(segments.length, MAX_SEGMENTS);
  for (let cut = 1; cut < count; cut++) {
    const rest = segments.slice(cut).join('/');
    const gone = `/${segments.slice(0, cut).join('/')}`;
    yield variant(`/${rest}`, 'CS-QSH-CONTEXT-PATH-CUT', `without ${gone} before it`);
    yield variant(rest, 'CS-QSH-CONTEXT-PATH-CUT', `without ${gone}/ before it`);
    yield variant(`${gone}${right}`, 'CS-QSH-BASE-DOUBLED', `with ${gone} twice`);
  }
  yield variant(`${right}${right}`, 'CS-QSH-BASE-DOUBLED', 'twice in a row');
  for (let index = 1; index < count; index++) {
    for (const placeholder of [
      '{issueIdOrKey}',
      '%7BissueIdOrKey%7D',
      // biome-ignore lint/suspicious/noTemplateCurlyInString: a placeholder that was never filled is what is looked for.
      '${issueKey}',
      // biome-ignore lint/suspicious/noTemplateCurlyInString: a placeholder that was never filled is what is looked for.
      '${key}',
      '{key}',
      ':key',
      ':issueKey',
      'undefined',
      'null',
      '[object%20Object]',
    ]) {
      const filled = [...segments];
      filled[index] = placeholder;
      const unset =
        placeholder === 'undefined' || placeholder === 'null' || placeholder.startsWith('[');
      yield variant(
        `/${filled.join('/')}`,
        'CS-PLACEHOLDER',
        `with ${placeholder} in place of "${segments[index]}"${unset ? '' : ': a placeholder'}`,
      );
    }
  }
}

function* withCases(right: string): Variants {
  yield variant(right.toLowerCase(), 'CS-QSH-PATH-CASE', 'in small letters');
  yield variant(right.toUpperCase(), 'CS-QSH-PATH-CASE', 'in capital letters');
  const segments = right.split('/');
  for (let index = Math.max(1, segments.length - 4); index < segments.length; index++) {
    const segment = segments[index] as string;
    for (const other of [segment.toUpperCase(), segment.toLowerCase()]) {
      const changed = [...segments];
      changed[index] = other;
      yield variant(changed.join('/'), 'CS-QSH-PATH-CASE', `with "${other}" in it`);
    }
  }
}

/** Other requests that a token that is used twice was likely made for. */
export function otherPaths(right: string): Variant[] {
  const others: Variant[] = [];
  const segments = right.split('/');
  const first = Math.max(2, segments.length - MAX_SEGMENTS);
  for (let end = segments.length - 1; end >= first; end--) {
    others.push(other(segments.slice(0, end).join('/')));
  }
  for (const path of [
    '/',
    '/rest/api/3/myself',
    '/rest/api/2/myself',
    '/rest/api/3/serverInfo',
    '/rest/api/3/field',
    '/rest/api/3/issue',
    '/rest/api/2/issue',
    '/rest/api/3/search',
    '/rest/api/3/search/jql',
    '/rest/api/3/project',
    '/rest/api/3/project/search',
    '/installed',
    '/uninstalled',
    '/enabled',
    '/disabled',
    '/rest/resource/you/want',
    '/path/to/service',
    '/rest/api/2/search',
  ]) {
    others.push(other(path));
  }
  for (const next of [
    '/comment',
    '/transitions',
    '/editmeta',
    '/properties',
    '/attachments',
    '/worklog',
  ]) {
    others.push(other(`${right}${next}`));
  }
  return others;
}

function other(text: string): Variant {
  return { text, cause: 'CS-QSH-OTHER-REQUEST', what: `for the path ${text}` };
}
