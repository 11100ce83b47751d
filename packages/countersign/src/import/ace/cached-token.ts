import type { AceSetting } from './source.ts';

/**
 * True for the OAuth 2 token of an impersonated user, which atlassian-connect-express caches as a setting.
 *
 * @see _createTokenCacheKey and _cacheUserBearerToken in its lib/internal/oauth2.js
 */
export function isCachedUserToken({ key, value }: AceSetting): boolean {
  return key?.startsWith('bearer:') === true && has(value, 'token') && has(value, 'expiresAt');
}

/**
 * True for the token of the app that the newest call from Forge brought.
 *
 * @see setForgeAppToken in its lib/internal/forge-app-token-cache.js
 */
export function isCachedAppToken({ key, value }: AceSetting): boolean {
  return key === 'appToken' && has(value, 'apiBaseUrl');
}

function has(value: unknown, name: string): boolean {
  return typeof value === 'object' && value !== null && name in value;
}
