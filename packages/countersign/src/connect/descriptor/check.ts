import { ConfigError, refuseUnknownOptions } from '../../errors.ts';
import { isLoopback } from '../../loopback.ts';
import type { DescriptorSource } from '../descriptor.ts';
import { lint } from './lints.ts';
import { madeDescriptor } from './made.ts';
import { appUrlPlaceholders, fillPlaceholders } from './placeholders.ts';
import { type DescriptorProblem, problem } from './problem.ts';
import { descriptorShape } from './shape.ts';
import { walk } from './walk.ts';

/** Options of {@link checkDescriptor}. */
export interface CheckDescriptorOptions {
  /** Where Jira reaches the app. Default: `baseUrl` of the descriptor, or any URL where that is a placeholder. */
  appUrl?: string;
}

const CHECK_OPTIONS: ReadonlySet<string> = new Set(['appUrl']);
const SOME_APP_URL = 'https://app.example.com';

/**
 * All that is wrong with a descriptor, and all that looks so: the errors that createApp would throw, then what it would
 * warn of. An empty list is a good descriptor. It asks nobody.
 *
 * @throws ConfigError CONFIG_OPTION_UNKNOWN, CONFIG_OPTION_INVALID; CONFIG_DESCRIPTOR_INVALID for a function that is
 * async, or an object that holds itself.
 */
export function checkDescriptor(
  descriptor: DescriptorSource | object,
  options: CheckDescriptorOptions = {},
): DescriptorProblem[] {
  refuseUnknownOptions('checkDescriptor', options, CHECK_OPTIONS);
  const { appUrl } = options;
  if (appUrl !== undefined && !isAppUrl(appUrl)) {
    throw new ConfigError('CONFIG_OPTION_INVALID', `appUrl ${URL_RULE}.`);
  }
  const given = appUrl?.replace(/\/$/, '');
  const raw = madeDescriptor(descriptor, given ?? SOME_APP_URL);
  const filled = fillPlaceholders(raw, appUrlPlaceholders(given ?? writtenUrl(raw)));
  return [
    ...baseUrlProblems(filled, given),
    ...findProblems(filled, given ?? writtenUrl(filled)),
  ].toSorted((one, other) => rank(one) - rank(other));
}

/** Of a descriptor whose placeholders are filled. Errors come first. */
export function findProblems(filled: unknown, appUrl: string): DescriptorProblem[] {
  const parsed = descriptorShape.safeParse(filled);
  const refused = (parsed.error?.issues ?? []).map(({ path, message }) =>
    problem('error', path, message),
  );
  return [...refused, ...walk(descriptorShape, filled, appUrl), ...lint(filled)].toSorted(
    (one, other) => rank(one) - rank(other),
  );
}

function rank({ severity }: DescriptorProblem): number {
  return severity === 'error' ? 0 : 1;
}

/** The baseUrl as far as it is one. */
function writtenUrl(descriptor: unknown): string {
  const baseUrl = baseUrlOf(descriptor);
  return typeof baseUrl === 'string' && URL.canParse(baseUrl)
    ? baseUrl.replace(/\/$/, '')
    : SOME_APP_URL;
}

function baseUrlOf(descriptor: unknown): unknown {
  return typeof descriptor === 'object' && descriptor !== null
    ? (descriptor as { baseUrl?: unknown }).baseUrl
    : undefined;
}

/** What createApp finds out by comparing it with its appUrl. */
function baseUrlProblems(descriptor: unknown, appUrl: string | undefined): DescriptorProblem[] {
  const baseUrl = baseUrlOf(descriptor);
  if (typeof baseUrl !== 'string') return [];
  if (appUrl !== undefined) {
    return baseUrl.replace(/\/$/, '') === appUrl
      ? []
      : [problem('error', ['baseUrl'], `is '${baseUrl.slice(0, 200)}', but appUrl is '${appUrl}'`)];
  }
  return isAppUrl(baseUrl) ? [] : [problem('error', ['baseUrl'], URL_RULE)];
}

const URL_RULE =
  'must be an https URL without user, query and fragment; http is for this machine itself';

function isAppUrl(text: string): boolean {
  if (typeof text !== 'string' || !URL.canParse(text) || /[\s?#@]/.test(text)) return false;
  const { protocol, hostname } = new URL(text);
  return protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname));
}
