import type { CauseId } from './causes.ts';

/** Why Forge sends no token, as far as a parsed manifest.yml says it. */
export interface ManifestFault {
  cause: CauseId;
  evidence: string;
}

type Fields = Record<string, unknown>;

const TOKENS = {
  system: { flag: 'appSystemToken', scope: 'read:app-system-token' },
  user: { flag: 'appUserToken', scope: 'read:app-user-token' },
} as const;

/**
 * Looks for what keeps Forge from sending the token of `x-forge-oauth-system` or `x-forge-oauth-user`.
 *
 * @see https://developer.atlassian.com/platform/forge/manifest-reference/endpoint/
 */
export function manifestFault(
  manifest: unknown,
  token: 'system' | 'user',
): ManifestFault | undefined {
  const { flag, scope } = TOKENS[token];
  const top = fields(manifest);
  if (top === undefined) return undefined;
  const endpoints = list(fields(top.modules)?.endpoint).map(fields);
  const remotes = list(top.remotes).map(fields);
  const without = endpoints.filter((endpoint) => !isEnabled(endpoint, flag));
  if (endpoints.length === 0 || without.length === endpoints.length) {
    return remotes.some((remote) => isEnabled(remote, flag))
      ? {
          cause: 'CS-FORGE-AUTH-PLACE',
          evidence: `remotes[] has auth.${flag}.enabled, and no modules.endpoint[] has it.`,
        }
      : {
          cause:
            token === 'system' ? 'CS-FORGE-SYSTEM-TOKEN-MISSING' : 'CS-FORGE-USER-TOKEN-MISSING',
          evidence: `No modules.endpoint[] of the manifest has auth.${flag}.enabled.`,
        };
  }
  const scopes = scopesOf(fields(top.permissions)?.scopes);
  if (!scopes.includes(scope)) {
    return { cause: 'CS-FORGE-TOKEN-SCOPE', evidence: `permissions.scopes lacks ${scope}.` };
  }
  if (scopes.every((one) => /^read:app-(?:system|user)-token$/.test(one))) {
    return {
      cause: 'CS-FORGE-TOKEN-SCOPE',
      evidence: `permissions.scopes has no scope of a product beside ${scope}.`,
    };
  }
  if (without.length === 0) return undefined;
  const [first] = without;
  return {
    cause: token === 'system' ? 'CS-FORGE-SYSTEM-TOKEN-MISSING' : 'CS-FORGE-USER-TOKEN-MISSING',
    evidence: `The endpoint ${String(first?.key ?? 'without a key').slice(0, 40)} has no auth.${flag}.enabled.`,
  };
}

function isEnabled(entry: Fields | undefined, flag: string): boolean {
  return fields(fields(entry?.auth)?.[flag])?.enabled === true;
}

/** A list, or a map whose values say what may be done with each. */
function scopesOf(scopes: unknown): string[] {
  const names = Array.isArray(scopes) ? scopes : Object.keys(fields(scopes) ?? {});
  return names.slice(0, 500).map(String);
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value.slice(0, 500) : [];
}

function fields(value: unknown): Fields | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Fields)
    : undefined;
}
