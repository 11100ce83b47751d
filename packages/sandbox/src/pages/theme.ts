import type { Context } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';
import type { CookieOptions } from 'hono/utils/cookie';

/** `auto` is what the browser prefers. */
export type Theme = 'auto' | 'light' | 'dark';

const themes: readonly Theme[] = ['auto', 'light', 'dark'];
const name = 'sandbox-theme';

export const cookieOptions: CookieOptions = {
  path: '/',
  httpOnly: true,
  sameSite: 'Strict',
  maxAge: 365 * 24 * 3600,
};

export function themeOf(c: Context): Theme {
  const chosen = getCookie(c, name) as Theme;
  return themes.includes(chosen) ? chosen : 'auto';
}

/** The next one of the three. */
export function switchTheme(c: Context): Theme {
  const next = themes[(themes.indexOf(themeOf(c)) + 1) % themes.length] as Theme;
  setCookie(c, name, next, cookieOptions);
  return next;
}
