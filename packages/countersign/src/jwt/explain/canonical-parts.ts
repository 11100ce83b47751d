/** The parts of a request that a hash is made of, kept in the spelling in which they were sent. */
export interface RequestParts {
  method: string;
  /** Scheme and host; '' where only a path is known. */
  origin: string;
  /** As it was sent, with the path of the base URL. */
  sentPath: string;
  /** The path of the base URL, without a slash at its end. */
  basePath: string;
  /** Without the path of the base URL; always begins with a slash. */
  path: string;
  parameters: readonly Parameter[];
  /** The query as it was sent. */
  query: string;
  fragment: string;
}

export interface Parameter {
  /** As they stand in the URL. */
  name: string;
  value: string;
  hasEquals: boolean;
}

/** How one part of a canonical request may have been written, and what that is a mistake of. */
export function readRequest(
  method: string,
  url: string,
  baseUrl: string | undefined,
): RequestParts {
  const hashAt = url.indexOf('#');
  const fragment = hashAt === -1 ? '' : url.slice(hashAt);
  const sent = hashAt === -1 ? url : url.slice(0, hashAt);
  const question = sent.indexOf('?');
  const query = question === -1 ? '' : sent.slice(question + 1);
  const { origin, path: sentPath } = splitOrigin(question === -1 ? sent : sent.slice(0, question));
  const base =
    baseUrl === undefined ? { origin: '', path: '' } : splitOrigin(baseUrl.replace(/[?#].*$/s, ''));
  let basePath = base.path.endsWith('/') ? base.path.slice(0, -1) : base.path;
  // Confluence: its base URL ends with /wiki, whether anybody said so or not.
  if (
    baseUrl === undefined &&
    /^https:\/\/[\w-]+\.atlassian\.net$/i.test(origin) &&
    sentPath.startsWith('/wiki/')
  ) {
    basePath = '/wiki';
  }
  const inside = basePath !== '' && (sentPath === basePath || sentPath.startsWith(`${basePath}/`));
  const path = inside ? sentPath.slice(basePath.length) : sentPath;
  return {
    method,
    origin: origin || base.origin,
    sentPath,
    basePath,
    path: path.startsWith('/') ? path : `/${path}`,
    parameters: readParameters(query),
    query,
    fragment,
  };
}

function splitOrigin(url: string): { origin: string; path: string } {
  const match = /^[a-z][a-z0-9+.-]*:\/\/[^/]*/i.exec(url);
  return match === null
    ? { origin: '', path: url }
    : { origin: match[0], path: url.slice(match[0].length) };
}

const MAX_PARAMETERS = 500;

export function readParameters(query: string): Parameter[] {
  const parameters: Parameter[] = [];
  for (const part of query.split('&', MAX_PARAMETERS)) {
    if (part === '') continue;
    const equals = part.indexOf('=');
    parameters.push(
      equals === -1
        ? { name: part, value: '', hasEquals: false }
        : { name: part.slice(0, equals), value: part.slice(equals + 1), hasEquals: true },
    );
  }
  return parameters;
}

/** Whether neither decoding nor encoding changes it, as it is with most names and many values. */
function isPlain(text: string): boolean {
  return /^[\w.~-]*$/.test(text);
}

/** Decodes what can be decoded, as jwt.ts does. */
export function percentDecode(text: string): string {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text.replace(/(?:%[0-9a-f]{2})+/gi, (escapes) =>
      Buffer.from(escapes.replaceAll('%', ''), 'hex').toString('utf8'),
    );
  }
}

export function queryDecode(text: string): string {
  if (isPlain(text)) return text;
  return percentDecode(text.replaceAll('+', ' '));
}

/** encodeURIComponent that also takes lone surrogates. */
export function encodeComponent(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

/** RFC 3986: everything but letters, digits and -._~ is escaped. */
export function encodeStrict(text: string): string {
  if (isPlain(text)) return text;
  return encodeComponent(text).replace(
    /[!'()*]/g,
    (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
