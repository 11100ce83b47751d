import * as z from 'zod';
import { ConfigError } from '../errors.ts';

/**
 * The app descriptor, atlassian-connect.json, as far as Countersign reads it. Everything else in it is served as it
 * is.
 *
 * @see https://developer.atlassian.com/cloud/jira/platform/connect-app-descriptor/
 */
export interface Descriptor {
  /** Names the app everywhere, and is `iss` of every token that it makes. At most 64 characters. */
  key: string;
  /** Where the app is reached. Leave it out, or write `{{appUrl}}`: the `appUrl` of createApp is filled in. */
  baseUrl?: string;
  name?: string;
  /** `type` must be `jwt`. */
  authentication: { type: string };
  /** Paths below the baseUrl that Jira calls. `installed` is demanded; it brings the shared secret. */
  lifecycle: { installed: string; uninstalled?: string; enabled?: string; disabled?: string };
  /** `signed-install` is demanded: without it the installed callback is not signed with Atlassian's key. */
  apiMigrations: Record<string, unknown>;
  scopes?: string[];
  modules?: Record<string, unknown>;
  [field: string]: unknown;
}

/** A URL path below the app's own base URL. */
const appPath = z.string().regex(/^\/(?!\/)/, 'must be a path that starts with one /');

const descriptorShape = z.looseObject({
  key: z
    .string()
    .regex(
      /^[a-zA-Z0-9._-]{1,64}$/,
      'must be 1 to 64 letters, digits, dots, dashes or underscores',
    ),
  baseUrl: z.string().optional(),
  authentication: z.looseObject({
    type: z.literal('jwt', 'must be "jwt": with "none" Jira hands over no shared secret'),
  }),
  lifecycle: z
    .looseObject({
      installed: appPath,
      uninstalled: appPath.optional(),
      enabled: appPath.optional(),
      disabled: appPath.optional(),
    })
    .refine(({ installed, uninstalled, enabled, disabled }) => {
      const paths = [installed, uninstalled, enabled, disabled]
        .filter((path) => path !== undefined)
        .map((path) => path.replace(/[?#].*$/s, ''));
      return new Set(paths).size === paths.length;
    }, 'must give each event a path of its own: nothing else that is signed tells them apart'),
  apiMigrations: z.looseObject({
    'signed-install': z.literal(
      true,
      'must be true: without it Jira does not sign the installed callback with its own key, and anybody could send one',
    ),
  }),
});

/**
 * Checks a descriptor, fills its placeholders `{{appUrl}}` (and `{{localBaseUrl}}`, as atlassian-connect-express has
 * it) and its baseUrl. Nothing else is changed: what is served is what was written.
 *
 * @throws ConfigError CONFIG_DESCRIPTOR_INVALID, naming each path that is wrong.
 */
export function prepareDescriptor(descriptor: unknown, appUrl: string): Descriptor {
  const filled = fillPlaceholders(descriptor, appUrl);
  const result = descriptorShape.safeParse(filled);
  if (!result.success) {
    const problems = result.error.issues.map(
      (issue) => `descriptor.${issue.path.join('.')}: ${issue.message}`,
    );
    throw new ConfigError('CONFIG_DESCRIPTOR_INVALID', problems.join('; '));
  }
  const { baseUrl = appUrl } = result.data;
  if (withoutTrailingSlash(baseUrl) !== appUrl) {
    throw new ConfigError(
      'CONFIG_DESCRIPTOR_INVALID',
      `descriptor.baseUrl is '${baseUrl}', but appUrl is '${appUrl}'.`,
      { hint: 'Leave baseUrl out of the descriptor, or write {{appUrl}} there.' },
    );
  }
  return { ...(filled as Descriptor), baseUrl };
}

function fillPlaceholders(value: unknown, appUrl: string): unknown {
  if (typeof value === 'string') {
    return value.replaceAll(/\{\{\s*(?:appUrl|localBaseUrl)\s*\}\}/g, () => appUrl);
  }
  if (Array.isArray(value)) return value.map((item) => fillPlaceholders(item, appUrl));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([name, item]) => [name, fillPlaceholders(item, appUrl)]),
    );
  }
  return value;
}

function withoutTrailingSlash(url: string): string {
  return url.endsWith('/') ? url.slice(0, -1) : url;
}
