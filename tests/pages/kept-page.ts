import type {
  Browser,
  BrowserContext,
  BrowserContextOptions,
  CDPSession,
  Page,
} from 'playwright-core';

/**
 * A page that tests take one after the other: a page of a context of its own costs a renderer, and that costs more
 * than all that most tests do with it. In between it forgets whatever a site can leave in a browser.
 */
interface KeptPage {
  readonly context: BrowserContext;
  readonly page: Page;
  readonly protocol: CDPSession;
  /** Of all that it showed, in frames too, since it forgot last. */
  readonly origins: Set<string>;
}

/** What a page is told anew for each test; all else is a context's own. */
const perTest = ['baseURL', 'viewport', 'colorScheme'];
const idle = new Map<string, KeptPage[]>();

export interface TakenPage {
  readonly page: Page;
  /** Makes it ready for the next test; after a test that failed, closes it. */
  giveBack(isSound: boolean): Promise<void>;
}

/** A page without cookies, storage, cache and listeners, on whose `goto` a path is one of this site. */
export async function takePage(
  browser: Browser,
  siteUrl: string,
  options: BrowserContextOptions,
): Promise<TakenPage> {
  const fixed = Object.fromEntries(
    Object.entries(options).filter(([name]) => !perTest.includes(name)),
  );
  const kind = JSON.stringify(fixed);
  const kept = idle.get(kind)?.pop() ?? (await makePage(browser, fixed));
  const { page } = kept;
  const { viewport = { width: 1280, height: 720 }, colorScheme = 'light' } = options;
  if (viewport !== null) await page.setViewportSize(viewport);
  await page.emulateMedia({ colorScheme });
  const goto = page.goto;
  page.goto = (url, more) => goto.call(page, new URL(url, siteUrl).href, more);
  return {
    page,
    async giveBack(isSound) {
      page.goto = goto;
      // A page that cannot be left, as in the middle of another navigation, is no page for the next test either.
      const isReady = isSound && (await forget(kept));
      if (isReady) idle.set(kind, [...(idle.get(kind) ?? []), kept]);
      else await kept.context.close();
    },
  };
}

async function makePage(browser: Browser, options: BrowserContextOptions): Promise<KeptPage> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const origins = new Set<string>();
  page.on('framenavigated', (frame) => {
    const url = frame.url();
    // All else has no storage.
    if (/^https?:/.test(url)) origins.add(new URL(url).origin);
  });
  return { context, page, protocol: await context.newCDPSession(page), origins };
}

async function forget(kept: KeptPage): Promise<boolean> {
  try {
    await leave(kept);
    return true;
  } catch {
    return false;
  }
}

async function leave({ context, page, protocol, origins }: KeptPage): Promise<void> {
  // Not all listeners: Playwright has its own.
  for (const type of ['console', 'pageerror', 'request']) page.removeAllListeners(type);
  await page.unrouteAll({ behavior: 'ignoreErrors' });
  // A page that is left asks for nothing any more.
  await page.goto('about:blank');
  for (const other of context.pages()) if (other !== page) await other.close();
  await page.mouse.move(0, 0);
  await context.clearCookies();
  await protocol.send('Network.clearBrowserCache');
  for (const origin of origins) {
    await protocol.send('Storage.clearDataForOrigin', { origin, storageTypes: 'all' });
  }
  origins.clear();
}
