import type { Context } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';
import type { Caller } from '../rest/caller.ts';
import type { Site } from '../site/site.ts';
import { cookieOptions } from './theme.ts';

/** Who looks at the pages: a person of the site, or somebody who is not logged in. */
export interface Viewer {
  /** Undefined of an anonymous viewer. */
  accountId: string | undefined;
  name: string;
}

export const anonymous: Viewer = { accountId: undefined, name: 'Anonymous' };

/** The admin, until somebody else is chosen. A person who was deactivated can look as nobody. */
export function viewerOf(site: Site, c: Context): Viewer {
  const people = viewers(site);
  const chosen = getCookie(c, cookieName(site));
  if (chosen === undefined) return people[0] ?? anonymous;
  return people.find(({ accountId }) => accountId === chosen) ?? anonymous;
}

/** Those that can be acted as. */
export function viewers(site: Site): Viewer[] {
  return site.users
    .people()
    .filter(({ active }) => active)
    .map(({ accountId, displayName }) => ({ accountId, name: displayName }));
}

/** @throws Error where there is no such person. */
export function chooseViewer(site: Site, c: Context, who: string): void {
  const known = who === 'anonymous' || viewers(site).some(({ accountId }) => accountId === who);
  if (!known) throw new Error(`There is no active person "${who}" on this site.`);
  setCookie(c, cookieName(site), who, cookieOptions);
}

// Cookies do not know ports: another sandbox on this machine has other people.
function cookieName(site: Site): string {
  return `sandbox-viewer-${new URL(site.url).port}`;
}

/** As the REST API sees them. */
export function callerOf({ accountId }: Viewer): Caller {
  return accountId === undefined ? { as: 'anonymous' } : { as: 'user', accountId };
}

/**
 * The viewer, who has to be the one that a page was made for: in another tab, somebody else may have been chosen since.
 * Without a name, whoever looks now.
 */
export function requireSameViewer(site: Site, c: Context, madeFor: string | undefined): Viewer {
  const viewer = viewerOf(site, c);
  if (madeFor !== undefined && madeFor !== (viewer.accountId ?? 'anonymous')) {
    throw new Error(
      `${viewer.name} acts now, and this page was made for somebody else. Reload it.`,
    );
  }
  return viewer;
}
