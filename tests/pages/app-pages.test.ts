import { statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Sandbox, startSandbox } from 'countersign-sandbox';
import type { Frame, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { root } from '../processes.ts';
import { browserTest, freshVisit, visit } from './browser.ts';
import { type PagedApp, startPagedApp } from './paged-app.ts';

let site: Sandbox;
let app: PagedApp;
/** Of site and app alike. It only goes forward. */
let skippedMs = 0;
const now = () => Date.now() + skippedMs;

beforeAll(async () => {
  site = await startSandbox({ now });
  app = await startPagedApp(site, now);
});
afterAll(async () => {
  app?.close();
  await site?.close();
});

const MINUTE = 60_000;

interface Panel {
  page: Page;
  frame: Frame;
  /** Of the console, less what names the app's own URLs as another host. */
  complaints: () => string[];
  /** Asks the app who it is, as a script of the page does. */
  ask(path?: string): Promise<unknown>;
}

/** The page of the app, in its frame beside an issue. */
async function openPanel(options: Parameters<typeof freshVisit>[1] = {}): Promise<Panel> {
  const { page, complaints } = await freshVisit(site.url, options);
  await page.clock.install({ time: now() });
  await page.goto('/browse/XX-21');
  await page.frameLocator('iframe[title="Paged panel"]').locator('h1[data-ready]').waitFor();
  const frame = page.frames().find((each) => each.url().startsWith(app.url)) as Frame;
  return {
    page,
    frame,
    complaints: () => complaints.filter((text) => !text.includes(`another host: ${app.url}/`)),
    ask: (path = 'whoami') =>
      frame.evaluate(`session.fetch('${path}').then((response) => response.json())`),
  };
}

async function skip(page: Page, milliseconds: number): Promise<void> {
  skippedMs += milliseconds;
  await page.clock.setSystemTime(now());
}

const tokenOf = ({ claims }: PagedApp['calls'][number]['caller']) => claims;

/** The page holds scripts that somebody typed; the browser complains of them, and does not run them. */
const typedScripts = /violates the following Content Security Policy/;

browserTest(
  'a page knows who looks at it, and so does the app when the page calls it',
  async () => {
    const { frame, page, ask, complaints } = await openPanel();
    const who = await frame.locator('h1').textContent();
    expect(await ask()).toEqual({
      accountId: who?.replace('Hello ', ''),
      tokenKind: 'session',
      issue: 'XX-21',
    });
    expect(await frame.evaluate('typeof typed')).toBe('undefined');
    expect(complaints().filter((text) => typedScripts.test(text))).toHaveLength(2);
    expect(complaints().filter((text) => !typedScripts.test(text))).toEqual([]);
    // No cookie was set by the app, and none was sent to it.
    const cookies = await page.context().cookies(app.url);
    expect(cookies.filter(({ name }) => !name.startsWith('sandbox-'))).toEqual([]);
    // The URL of the page holds its token, and is named to nobody.
    expect(app.calls.at(-1)?.referrer).toBeUndefined();
  },
);

browserTest('a session goes on by what the answers of the app bring', async () => {
  const { page, ask } = await openPanel();
  const before = app.calls.length;
  await ask();
  await skip(page, 8 * MINUTE);
  await ask(); // answered with the next token
  await skip(page, 8 * MINUTE); // the first one has ended by now
  expect(await ask()).toMatchObject({ tokenKind: 'session' });
  const claims = app.calls.slice(before).map(({ caller }) => tokenOf(caller));
  expect(claims).toHaveLength(3);
  expect(claims[1]).toEqual(claims[0]);
  expect((claims[2]?.iat as number) - (claims[0]?.iat as number)).toBeGreaterThanOrEqual(480);
  expect(claims[2]).toMatchObject({ sessionEndsAt: claims[0]?.sessionEndsAt });
});

browserTest(
  'a page that was left alone goes on with a context token, and no call fails',
  async () => {
    const { page, frame, ask, complaints } = await openPanel();
    await skip(page, 20 * MINUTE);
    const before = app.calls.length;
    const answers = await frame.evaluate<{ tokenKind: string }[]>(
      "Promise.all(['a', 'b', 'c'].map(async (path) => (await session.fetch(path)).json()))",
    );
    expect(answers.map(({ tokenKind }) => tokenKind)).toEqual(['context', 'context', 'context']);
    // Jira was asked once.
    const tokens = app.calls.slice(before).map(({ caller }) => JSON.stringify(tokenOf(caller)));
    expect(new Set(tokens).size).toBe(1);
    await skip(page, 20 * MINUTE);
    expect(await ask()).toMatchObject({ tokenKind: 'context', issue: 'XX-21' });
    expect(complaints().filter((text) => !typedScripts.test(text))).toEqual([]);
  },
);

browserTest('a page outlives the secret that its session was signed with', async () => {
  const { frame, ask, complaints } = await openPanel();
  await site.rotateSecret('paged-app');
  const sent = `session.fetch('save', { method: 'POST', body: 'kept' }).then((response) => response.json())`;
  expect(await frame.evaluate(sent)).toMatchObject({ tokenKind: 'context' });
  expect(await ask()).toMatchObject({ tokenKind: 'context' });
  // One call was refused, and was sent once more.
  expect(complaints().filter((text) => text.includes('401'))).toHaveLength(1);
});

browserTest('outside of Jira an ended session says so, and does not loop', async () => {
  const { page } = await freshVisit(app.url);
  await page.clock.install({ time: now() });
  const url = site.pageUrl('paged-app', '/panel?issueKey=XX-21', { issueKey: 'XX-21' });
  await page.route('**/all.js', (route) => route.fulfill({ body: '' }));
  await page.goto(url);
  await page.locator('h1[data-ready]').waitFor();
  await skip(page, 20 * MINUTE);
  await expect(page.evaluate("session.fetch('whoami')")).rejects.toThrow(
    /The session has ended. Reload the page/,
  );
});

browserTest('the token of the page goes to the app alone', async () => {
  const { frame } = await openPanel();
  await expect(frame.evaluate(`session.fetch('${site.url}/rest/api/3/myself')`)).rejects.toThrow(
    /for URLs of the app itself/,
  );
});

for (const colorScheme of ['light', 'dark'] as const) {
  browserTest(`the page has the theme of Jira: ${colorScheme}`, async () => {
    const { frame } = await openPanel({ colorScheme });
    await frame.locator(`html[data-color-mode=${colorScheme}]`).waitFor();
    expect(await frame.evaluate('getComputedStyle(document.documentElement).colorScheme')).toBe(
      colorScheme,
    );
    expect(await frame.evaluate('document.documentElement.lang')).toBe('en-US');
  });
}

browserTest('the theme of the person goes before the one that the browser prefers', async () => {
  const { frame, page } = await openPanel({ colorScheme: 'light' });
  await frame.locator('html[data-color-mode=light]').waitFor();
  const name = page.locator('[data-theme-name]');
  while ((await name.textContent()) !== 'dark') {
    const shown = await name.textContent();
    await page.locator('[data-theme-form] button').click();
    await expect.poll(() => name.textContent()).not.toBe(shown);
  }
  await page
    .frameLocator('iframe[title="Paged panel"]')
    .locator('html[data-color-mode=dark]')
    .waitFor();
});

browserTest('no other page of the web can show it in a frame', async () => {
  const pageUrl = site.pageUrl('paged-app', '/panel?issueKey=XX-21', { issueKey: 'XX-21' });
  const trap = createServer((_, response) => {
    response.setHeader('content-type', 'text/html');
    response.end(`<iframe src="${pageUrl.replaceAll('&', '&amp;')}"></iframe>`);
  });
  await new Promise<void>((resolve) => trap.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    trap.close();
    trap.closeAllConnections();
  });
  const trapUrl = `http://127.0.0.1:${(trap.address() as AddressInfo).port}`;
  const { page, complaints } = await visit(trapUrl);
  await page.goto(`${trapUrl}/`);
  expect(complaints.join('\n')).toMatch(/frame-ancestors/);
  const frame = page.frames().find((each) => each !== page.mainFrame());
  expect(await frame?.content()).not.toContain('Hello');
});

test('a page for administrators is shown to nobody else', async () => {
  const open = (accountId?: string) =>
    fetch(site.pageUrl('paged-app', '/admin', accountId === undefined ? {} : { accountId }), {
      headers: { accept: 'text/html' },
    });
  expect(await (await open()).text()).toContain('<h1>Settings</h1>');
  const refused = await open('5b10a2844c20165700ede21g'); // Robin Reader
  expect(refused.status).toBe(403);
  const text = await refused.text();
  expect(text).toContain('You may not see this');
  expect(text).not.toContain('Settings');
  expect(refused.headers.get('content-security-policy')).toContain(`frame-ancestors ${site.url}`);
});

test('the module for browsers is under 2 kB, imported as well as served', async () => {
  const built = statSync(`${root}packages/countersign/dist/browser/session.js`).size;
  expect(built).toBeLessThan(2000);
  const served = await fetch(`${app.url}/countersign/browser.js`);
  expect((await served.arrayBuffer()).byteLength).toBeLessThan(2000);
});
