import { setTimeout as wait } from 'node:timers/promises';
import type { JiraCredentials } from './credentials.ts';

/**
 * Just after an installation through Forge, 401 and 403 are normal: permissions are handed out within minutes.
 *
 * @see https://developer.atlassian.com/platform/forge/events-reference/life-cycle/
 */
const FRESH_INSTALL_MS = 600_000;
/** Fifteen seconds in all: within the 25 s that Forge gives a call of a page. */
export const FRESH_INSTALL_DELAYS_MS: readonly number[] = [1000, 2000, 4000, 8000];

/** The tries of one call. */
export interface Tries {
  /**
   * Waits, and finds what the refused call is tried again with: 401 and 403 say that nothing was done, so that any
   * call may be.
   *
   * @returns undefined where it is not to be tried again.
   */
  next(refused: JiraCredentials, status: number): Promise<JiraCredentials | undefined>;
  /** What to do about the refusal, where more is known than its status. */
  hint(refused: JiraCredentials, status: number): string | undefined;
}

/** What {@link createTries} needs. */
export interface TriesOptions {
  findCredentials(): Promise<JiraCredentials>;
  delaysMs: readonly number[];
  /** Until the call is given up, in milliseconds. */
  remainingMs(): number;
  signal: AbortSignal;
  now: () => number;
}

export function createTries(options: TriesOptions): Tries {
  const { findCredentials, delaysMs, remainingMs, signal, now } = options;
  let renewed = false;
  let waits = 0;
  return {
    async next(refused, status) {
      if (status !== 401 && status !== 403) return undefined;
      if (status === 401 && !renewed && 'bearer' in refused && refused.renew !== undefined) {
        renewed = true;
        const renewal = await refused.renew();
        if (renewal.bearer !== refused.bearer) return renewal;
      }
      const delayMs = delaysMs[waits];
      if (delayMs === undefined || ageOf(refused, now()) === undefined) return undefined;
      // Apps that were installed at once are not to call again at once.
      const jitteredMs = delayMs * (0.75 + Math.random() / 2);
      if (jitteredMs >= remainingMs()) return undefined;
      waits += 1;
      await wait(jitteredMs, undefined, { signal });
      return findCredentials();
    },
    hint(refused, status) {
      const age = ageOf(refused, now());
      if (age !== undefined && (status === 401 || status === 403)) {
        const tries = waits === 0 ? '' : ` It was tried ${waits + 1} times.`;
        return `The app was installed ${Math.round(age / 1000)} s ago, and Forge hands out its permissions within minutes: try again later.${tries}`;
      }
      if (status !== 401 || !('apiToken' in refused)) return undefined;
      return /\/ex\/jira\//.test(refused.baseUrl)
        ? 'Only an API token with scopes is good here: one without scopes needs the URL of the site, so leave cloudId out. Check also that it has not expired, and that email is of the account that made it.'
        : 'Only an API token without scopes is good here: one with scopes, and every one of a service account, needs the option cloudId. Check also that it has not expired, and that email is of the account that made it.';
    },
  };
}

/** How long ago the app was installed, where that is no more than minutes. */
function ageOf(credentials: JiraCredentials, time: number): number | undefined {
  if (!('bearer' in credentials) || credentials.installedAt === undefined) return undefined;
  const age = time - credentials.installedAt;
  return age < FRESH_INSTALL_MS ? Math.max(0, age) : undefined;
}
