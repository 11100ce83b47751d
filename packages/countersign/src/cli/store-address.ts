import { fileURLToPath } from 'node:url';
import { badUsage } from './failures.ts';

/** Where a store is. */
export type StoreAddress =
  | { readonly kind: 'sqlite'; readonly file: string }
  | { readonly kind: 'sql'; readonly url: string }
  | { readonly kind: 'key-value'; readonly url: string }
  | { readonly kind: 'module'; readonly file: string };

const URL_KINDS: Readonly<Record<string, 'sql' | 'key-value'>> = {
  postgres: 'sql',
  postgresql: 'sql',
  mysql: 'sql',
  mariadb: 'sql',
  redis: 'key-value',
  rediss: 'key-value',
};

/** @throws CommandFailure for what is no store. It never repeats what was given: a URL may hold a password. */
export function readStoreAddress(name: string): StoreAddress {
  const scheme = /^([a-z][a-z+]*):/i.exec(name)?.[1]?.toLowerCase();
  const rest = name.slice((scheme?.length ?? -1) + 1);
  if (scheme === 'sqlite') return { kind: 'sqlite', file: demandPath(rest.replace(/^\/\//, '')) };
  if (scheme === 'file') return { kind: 'sqlite', file: demandPath(fileOf(name, rest)) };
  if (scheme === 'module') return { kind: 'module', file: demandPath(rest) };
  const kind = name.includes('://') ? URL_KINDS[scheme ?? ''] : undefined;
  if (kind !== undefined) return { kind, url: name };
  if (!name.includes('://') && /\.(?:db|sqlite3?)$/i.test(name)) {
    return { kind: 'sqlite', file: name };
  }
  throw badUsage(
    'The store is none that is known here.',
    'Write sqlite:FILE, a FILE that ends in .db or .sqlite, a URL that begins with postgres://, mysql://, mariadb://, redis:// or rediss://, or module:FILE.',
  );
}

function demandPath(path: string): string {
  if (path !== '') return path;
  throw badUsage('The store names no file.', 'Write its path behind the colon: sqlite:./app.db.');
}

function fileOf(name: string, rest: string): string {
  if (!rest.startsWith('//')) return rest;
  try {
    return fileURLToPath(name);
  } catch {
    throw badUsage('The store is no URL of a file of this machine.', 'Write file:./app.db.');
  }
}

/** A store as it may be shown: a file by its path, a URL without its password and its parameters. */
export function shownStore(name: string): string {
  const address = readStoreAddress(name);
  if ('file' in address) return address.file;
  return shownUrl(address.url);
}

/** A URL of a database without its password and its parameters. */
export function shownUrl(url: string): string {
  const scheme = url.slice(0, url.indexOf(':'));
  if (!URL.canParse(url)) return `${scheme}://…`;
  const { username, password, host, pathname, search, hash } = new URL(url);
  // A password with a slash or a # in it ends up in what looks like the host, the path or the fragment.
  if (/@/.test(pathname + search + hash)) return `${scheme}://…`;
  // Redis of old took a password where the user stands.
  const isUser = username !== '' && (password !== '' || !scheme.startsWith('redis'));
  return `${scheme}://${isUser ? `${username}@` : ''}${host}${pathname}`;
}

/** Takes the password of a store out of a text, such as a driver's message. */
export function withoutPassword(text: string, name: string): string {
  const [, credentials = ''] = /^[a-z+]+:\/\/(.*)@/is.exec(name) ?? [];
  const password = credentials.slice(credentials.indexOf(':') + 1);
  return [name, credentials, password, decoded(password)]
    .filter((secret) => secret.length > 1)
    .reduce((cleaned, secret) => cleaned.replaceAll(secret, '…'), text);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
