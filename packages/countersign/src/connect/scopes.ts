import { ConfigError, nearest } from '../errors.ts';

/**
 * The scopes that a Connect descriptor may ask for, and a token of a user may be narrowed to.
 *
 * @see https://developer.atlassian.com/cloud/jira/software/scopes-for-connect-apps/
 */
const CONNECT_SCOPES: readonly string[] = [
  'READ',
  'WRITE',
  'DELETE',
  'PROJECT_ADMIN',
  'SPACE_ADMIN',
  'ADMIN',
  'ACT_AS_USER',
  'ACCESS_EMAIL_ADDRESSES',
];

/** The scope without which no app may act as a user. */
export const ACT_AS_USER = 'ACT_AS_USER';

/**
 * Scopes in capital letters, each once and in one order. None named means all that the app has.
 *
 * @throws ConfigError CONFIG_OPTION_INVALID, naming the nearest known scope.
 */
export function readScopes(scopes: readonly string[] | undefined): readonly string[] {
  if (scopes === undefined) return [];
  if (!Array.isArray(scopes) || scopes.length === 0) {
    throw new ConfigError('CONFIG_OPTION_INVALID', 'scopes must be a list with a scope in it.', {
      hint: 'Leave scopes out for all scopes of the app.',
    });
  }
  const names = scopes.map((scope) => {
    const name = typeof scope === 'string' ? scope.toUpperCase() : '';
    if (CONNECT_SCOPES.includes(name)) return name;
    const near = nearest(name, CONNECT_SCOPES);
    throw new ConfigError(
      'CONFIG_OPTION_INVALID',
      `scopes names '${String(scope).slice(0, 60)}', which is no scope of Connect.${near === undefined ? '' : ` Did you mean '${near}'?`}`,
      { hint: `Known scopes: ${CONNECT_SCOPES.join(', ')}.` },
    );
  });
  return [...new Set(names)].sort();
}
