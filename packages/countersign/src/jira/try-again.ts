import type { JiraCredentials } from './credentials.ts';
import type { Deadline } from './deadline.ts';
import type { FindCredentials } from './transport.ts';

/**
 * Just after an installation through Forge, 401 and 403 are normal: permissions are handed out within minutes.
 *
 * @see https://developer.atlassian.com/platform/forge/events-reference/life-cycle/
 */
const FRESH_INSTALL_MS = 600_000;
/** Fifteen seconds in all: within the 25 s that Forge gives a call of a page. */
const FRESH_INSTALL_DELAYS_MS: readonly number[] = [1000, 2000, 4000, 8000];

/** For how long after a new secret a site may not know yet that the app has it: it waits for the callback's answer. */
const FRESH_SECRET_MS = 60_000;
const FRESH_SECRET_DELAYS_MS: readonly number[] = [100, 400, 1000, 2000];

/** What a refused call is tried again with. */
interface Again {
  readonly reason: 'credentials' | 'fresh-install';
  readonly delayMs: number;
  /** Default: what is found after the wait. */
  readonly credentials?: JiraCredentials;
}

/** The refusals of one call. */
export interface TryAgain {
  /**
   * Whether a call that was refused with 401 or 403 is tried again: both say that nothing was done, so that any call may
   * be.
   */
  next(refused: JiraCredentials, status: number): Promise<Again | undefined>;
  /** What to do about the refusal, where more is known than its status. */
  hint(refused: JiraCredentials, status: number): string | undefined;
}

/** What {@link createTryAgain} needs. */
export interface TryAgainOptions {
  readonly findCredentials: FindCredentials;
  readonly deadline: Pick<Deadline, 'remainingMs'>;
  readonly freshInstallDelaysMs: readonly number[] | undefined;
  readonly now: () => number;
}

export function createTryAgain(options: TryAgainOptions): TryAgain {
  const { findCredentials, deadline, now } = options;
  const freshInstallDelaysMs = options.freshInstallDelaysMs ?? FRESH_INSTALL_DELAYS_MS;
  let renewed = false;
  let reloaded = false;
  let waits = 0;
  let secretWaits = 0;

  /** A token of its own can be withdrawn before it expires. */
  const renew = async (refused: JiraCredentials): Promise<Again | undefined> => {
    if (renewed || !('bearer' in refused) || refused.renew === undefined) return undefined;
    renewed = true;
    const credentials = await refused.renew();
    if (credentials.bearer === refused.bearer) return undefined;
    return { reason: 'credentials', delayMs: 0, credentials };
  };

  /** The secret may have been replaced by a callback that another process answered. */
  const reload = async (refused: JiraCredentials): Promise<Again | undefined> => {
    if (!('sharedSecret' in refused)) return undefined;
    if (!reloaded) {
      reloaded = true;
      const newest = await findCredentials(refused);
      if (!isSame(newest, refused))
        return { reason: 'credentials', delayMs: 0, credentials: newest };
    }
    const age = now() - (refused.changedAt ?? 0);
    const delayMs = FRESH_SECRET_DELAYS_MS[secretWaits];
    if (Math.abs(age) >= FRESH_SECRET_MS || delayMs === undefined) return undefined;
    secretWaits += 1;
    return { reason: 'credentials', delayMs };
  };

  const waitForPermissions = (refused: JiraCredentials): Again | undefined => {
    const delayMs = freshInstallDelaysMs[waits];
    if (delayMs === undefined || ageOf(refused, now()) === undefined) return undefined;
    waits += 1;
    // Apps that were installed at once are not to call again at once.
    return { reason: 'fresh-install', delayMs: delayMs * (0.75 + Math.random() / 2) };
  };

  return {
    async next(refused, status) {
      const again =
        (status === 401 ? ((await renew(refused)) ?? (await reload(refused))) : undefined) ??
        waitForPermissions(refused);
      return again !== undefined && again.delayMs < deadline.remainingMs() ? again : undefined;
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

function isSame(one: JiraCredentials, other: JiraCredentials): boolean {
  return (
    'sharedSecret' in one &&
    'sharedSecret' in other &&
    one.sharedSecret === other.sharedSecret &&
    one.siteUrl === other.siteUrl
  );
}

/** How long ago the app was installed, where that is no more than minutes. */
function ageOf(credentials: JiraCredentials, time: number): number | undefined {
  if (!('bearer' in credentials) || credentials.installedAt === undefined) return undefined;
  const age = time - credentials.installedAt;
  return age < FRESH_INSTALL_MS ? Math.max(0, age) : undefined;
}
