import { ConfigError } from '../errors.ts';
import { findProblems } from './descriptor/check.ts';
import { madeDescriptor } from './descriptor/made.ts';
import { appUrlPlaceholders, fillPlaceholders } from './descriptor/placeholders.ts';
import type { DescriptorProblem } from './descriptor/problem.ts';

/**
 * The app descriptor, atlassian-connect.json, as far as Countersign reads it. Everything else in it is served as it
 * is. To write one in TypeScript, see `defineDescriptor`, which knows more types.
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

/** What a function that makes a descriptor is given. */
export interface DescriptorContext {
  /** The `appUrl` of createApp, without a slash at its end. */
  readonly appUrl: string;
  /** The name of the environment given to defineDescriptor; `production` where there is none. */
  readonly environment: string;
}

/**
 * Makes the descriptor when the app is put together, once for `appUrl` and for each of `alternativeUrls`. It may not be
 * async: await before createApp.
 */
export type DescriptorFunction = (context: DescriptorContext) => Descriptor;

/** A descriptor, or what makes one. */
export type DescriptorSource = Descriptor | DescriptorFunction;

/**
 * Checks a descriptor, fills its placeholders `{{appUrl}}` (and `{{localBaseUrl}}`, as atlassian-connect-express has
 * it) and its baseUrl. Nothing else is changed: what is served is what was written.
 *
 * @param warn - is told of what looks wrong, and does not keep the app from starting.
 * @throws ConfigError CONFIG_DESCRIPTOR_INVALID, naming each path that is wrong.
 */
export function prepareDescriptor(
  descriptor: unknown,
  appUrl: string,
  warn: (warning: DescriptorProblem) => void = () => {},
): Descriptor {
  const filled = fillPlaceholders(madeDescriptor(descriptor, appUrl), appUrlPlaceholders(appUrl));
  const problems = findProblems(filled, appUrl);
  const errors = problems.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) {
    throw new ConfigError(
      'CONFIG_DESCRIPTOR_INVALID',
      errors.map(({ path, message }) => `${path}: ${message}`).join('; '),
    );
  }
  const { baseUrl = appUrl } = filled as Descriptor;
  if (withoutTrailingSlash(baseUrl) !== appUrl) {
    throw new ConfigError(
      'CONFIG_DESCRIPTOR_INVALID',
      `descriptor.baseUrl is '${baseUrl}', but appUrl is '${appUrl}'.`,
      { hint: 'Leave baseUrl out of the descriptor, or write {{appUrl}} there.' },
    );
  }
  for (const problem of problems) warn(problem);
  return { ...(filled as Descriptor), baseUrl };
}

function withoutTrailingSlash(url: string): string {
  return url.endsWith('/') ? url.slice(0, -1) : url;
}
