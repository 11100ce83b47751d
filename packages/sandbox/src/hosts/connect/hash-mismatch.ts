import { queryStringHash } from './tokens.ts';

const methods = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH'];

/** Looks for the request that a wrong hash was made for, among the mistakes that are common. */
export function explainHashMismatch(qsh: unknown, method: string, target: string): string {
  for (const [mistake, otherMethod, otherTarget] of guesses(method, target)) {
    if (qsh === queryStringHash(otherMethod, otherTarget)) return mistake;
  }
  return 'compare what was signed with the canonical request below';
}

function* guesses(method: string, target: string): Generator<[string, string, string]> {
  const [path = '', query] = splitOnce(target, '?');
  const withQuery = (otherPath: string): string =>
    query === undefined ? otherPath : `${otherPath}?${query}`;
  if (query !== undefined) {
    yield ['it was signed without the query parameters that were sent', method, path];
    yield ['the "?" was percent-encoded into the path', method, encodeURIComponent(target)];
  }
  for (const other of methods) {
    if (other !== method) yield [`it was signed for ${other}, sent as ${method}`, other, target];
  }
  yield ['the path was signed decoded, sent encoded', method, withQuery(decode(path))];
  yield ['the path was signed encoded, sent decoded', method, withQuery(encodeURI(path))];
  yield [
    'the path was signed below /rest/api',
    method,
    withQuery(path.replace(/^\/rest\/api/, '')),
  ];
  yield ['the path was signed with /wiki before it', method, withQuery(`/wiki${path}`)];
}

function splitOnce(text: string, mark: string): [string, string?] {
  const at = text.indexOf(mark);
  return at === -1 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

function decode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
