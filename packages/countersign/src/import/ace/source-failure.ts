import { ConfigError, isCountersignError, StoreError } from '../../errors.ts';

/**
 * Runs something that asks the other database. What fails becomes a StoreError without the URL, its password or a row.
 *
 * @param url Is taken out of the text of a failure.
 */
export async function asking<T>(url: string, run: () => Promise<T> | T): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw sourceFailure(url, error);
  }
}

function sourceFailure(url: string, error: unknown): Error {
  if (isCountersignError(error)) return error;
  const { message = '', code } = (error ?? {}) as { message?: unknown; code?: unknown };
  const reason = [clean(url, String(message)).slice(0, 200), code].filter(
    (part) => typeof part === 'string' && part !== '',
  );
  return new StoreError(
    'STORE_UNAVAILABLE',
    `The store of atlassian-connect-express cannot be read: ${reason.join(', ') || 'no reason given'}.`,
    {
      hint: 'Check its URL, and that its database is running and lets this machine in. Nothing was written to it.',
    },
  );
}

function clean(url: string, text: string): string {
  let cleaned = text.replaceAll(url, '[url]');
  const password = /^[^:]+:\/\/[^/?#]*?:([^/?#]*)@/.exec(url)?.[1];
  for (const secret of [password, password && decode(password)]) {
    if (secret) cleaned = cleaned.replaceAll(secret, '[password]');
  }
  return cleaned;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** @throws ConfigError CONFIG_OPTION_INVALID, always: the table is not there. */
export function refuseTable(table: string, candidates: readonly string[]): never {
  throw new ConfigError('CONFIG_OPTION_INVALID', `The database has no table '${table}'.`, {
    hint:
      candidates.length === 0
        ? 'No table of it has the columns clientKey, key and val: it is no store of atlassian-connect-express.'
        : `Tables with the columns of atlassian-connect-express: ${candidates.slice(0, 5).join(', ')}. Name one with --table.`,
  });
}
