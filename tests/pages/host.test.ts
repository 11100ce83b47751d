import { type Sandbox, startSandbox } from 'countersign-sandbox';
import type { BrowserContextOptions, Frame, Page } from 'playwright-core';
import { afterAll, beforeAll, expect } from 'vitest';
import { browserTest, expectContrast, expectReadable, type Visit, visit } from './browser.ts';
import { type FramedApp, startFramedApp } from './framed-app.ts';

let site: Sandbox;
let app: FramedApp;
let other: FramedApp;

beforeAll(async () => {
  site = await startSandbox();
  [app, other] = await Promise.all([
    startFramedApp(site.url, 'places'),
    startFramedApp(site.url, 'others'),
  ]);
  await site.install(app.descriptorUrl);
  await site.install(other.descriptorUrl);
});

afterAll(async () => {
  app.close();
  other.close();
  await site.close();
});

/** Like visit; the pages of the apps are not other hosts. */
async function look(options: BrowserContextOptions = {}): Promise<Visit> {
  const visited = await visit(site.url, options);
  const { complaints } = visited;
  const own = (): string[] =>
    complaints.filter((each) => !each.includes(app.url) && !each.includes(other.url));
  return Object.defineProperty({ ...visited }, 'complaints', { get: own });
}

/** The frame of a module, once its page is there. */
async function frameOf(page: Page, module: string, key = app.key): Promise<Frame> {
  const element = page.locator(`iframe[data-app="${key}"][data-module="${module}"]`);
  const frame = await (await element.elementHandle())?.contentFrame();
  if (!frame) throw new Error(`There is no frame of ${module}.`);
  await frame.getByText(`This is ${module}.`).waitFor();
  return frame;
}

async function actAs(page: Page, name: string): Promise<void> {
  await page.locator('summary', { hasText: 'Acting as' }).click();
  await page.getByRole('button', { name, exact: true }).click();
  await page.locator('summary', { hasText: name }).waitFor();
}

function claimsOf(token: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
}

browserTest(
  'an app is installed by its URL, its descriptor is read, and its panels are on an issue',
  async () => {
    const fresh = await startSandbox();
    const own = await startFramedApp(fresh.url, 'fresh');
    try {
      const { page } = await visit(fresh.url);
      await page.goto('/');
      await page.getByRole('navigation').getByRole('link', { name: 'Apps' }).click();
      await page.getByLabel('Descriptor URL').fill(own.descriptorUrl);
      await page.getByRole('button', { name: 'Install' }).click();
      await page.getByRole('link', { name: 'App fresh' }).click();
      await page.getByText('"atl.jira.view.issue.right.context"').waitFor();
      await page.getByRole('button', { name: 'Rotate the secret' }).click();
      await page.getByText('POST /installed').nth(1).waitFor();
      await page.goto('/browse/XX-21');
      const panel = await frameOf(page, 'panel', 'fresh');
      // The frame is as high as what it shows.
      const hidden = 'document.documentElement.scrollHeight - innerHeight';
      await expect.poll(() => panel.evaluate(hidden)).toBe(0);
      await panel.evaluate(
        "document.body.insertAdjacentHTML('beforeend', '<p style=\"height: 300px\">')",
      );
      await expect.poll(() => panel.evaluate('innerHeight')).toBeGreaterThan(330);
      expect(await panel.evaluate(hidden)).toBe(0);
      await page.goto('/_sandbox/apps/fresh');
      await page.getByRole('button', { name: 'Uninstall' }).click();
      await page.getByText('No app is installed.').waitFor();
      expect(fresh.apps).toEqual([]);
    } finally {
      own.close();
      await fresh.close();
    }
  },
);

browserTest('a page asks who looks, where it is, and Jira itself, as whoever acts', async () => {
  const { page, complaints } = await look();
  await page.goto('/browse/XX-21');
  const panel = await frameOf(page, 'panel');
  const claims = claimsOf(await panel.evaluate('AP.context.getToken()'));
  expect(claims).toMatchObject({ qsh: 'context-qsh', sub: site.people[0]?.accountId });
  expect(await panel.evaluate('new Promise((done) => AP.context.getContext(done))')).toMatchObject({
    jira: { issue: { key: 'XX-21' }, project: { key: 'XX' } },
  });
  expect(await panel.evaluate('AP.getLocation()')).toBe(`${site.url}/browse/XX-21`);
  expect(await panel.evaluate('AP.navigator.getLocation()')).toEqual({
    target: 'issue',
    context: { issueKey: 'XX-21' },
  });
  expect(
    await panel.evaluate(
      'Promise.all([AP.user.getLocale(), AP.user.getTimeZone(), AP.user.getCurrentUser()])',
    ),
  ).toEqual(['en-US', 'Etc/UTC', { atlassianAccountId: site.people[0]?.accountId }]);
  expect(
    await panel.evaluate(
      "AP.request('/rest/api/3/myself').then(({ body, xhr }) => [JSON.parse(body).displayName, xhr.status, xhr.getResponseHeader('Content-Type')])",
    ),
  ).toEqual(['Alex Admin', 200, 'application/json']);
  const called = `new Promise((done) => AP.request({
    url: '/rest/api/3/issue/XX-99', success: () => done('found'),
    error: (xhr, text) => done([xhr.status, text, JSON.parse(xhr.responseText).errorMessages.length]) }))`;
  expect(await panel.evaluate(called)).toEqual([404, 'error', 1]);
  expect(
    await panel.evaluate("AP.request('/rest/../_sandbox/api/site').catch(({ xhr }) => xhr.status)"),
  ).toBe(0);
  // What the site does for the page, the page does not learn how.
  expect(JSON.stringify(await panel.evaluate('heard'))).not.toMatch(/Bearer|sandbox-user-token/);
  expect(complaints).toEqual([]);
});

browserTest('events reach the frames of the same app, and no other', async () => {
  const { page } = await look();
  await page.goto('/browse/XX-21');
  const [panel, content, foreign] = [
    await frameOf(page, 'panel'),
    await frameOf(page, 'content'),
    await frameOf(page, 'panel', other.key),
  ];
  for (const frame of [panel, content, foreign]) {
    await frame.evaluate(
      "got = []; AP.events.on('saved', (...args) => got.push(args)); AP.events.once('saved', () => got.push('once'))",
    );
  }
  await panel.evaluate("AP.events.emit('saved', { place: 'Lisbon' }, 2)");
  await panel.evaluate("AP.events.emit('saved')");
  await expect.poll(() => content.evaluate('got.length')).toBe(3);
  expect(await content.evaluate('got[0]')).toEqual([
    { place: 'Lisbon' },
    2,
    { name: 'saved', args: [{ place: 'Lisbon' }, 2] },
  ]);
  expect(await panel.evaluate('got.length')).toBe(3);
  expect(await foreign.evaluate('got.length')).toBe(0);
});

browserTest('a frame that went to another origin is told nothing', async () => {
  const { page } = await look();
  await page.goto('/browse/XX-21');
  const panel = await frameOf(page, 'panel');
  await panel.goto(`${other.url}/panel`);
  await panel.evaluate(
    'answered = false; void AP.context.getToken().finally(() => { answered = true; })',
  );
  // The same window asked later, by a frame that is where it belongs.
  await (await frameOf(page, 'content')).evaluate('AP.context.getToken()');
  expect(await panel.evaluate('answered')).toBe(false);
});

browserTest(
  'a dialog opens with data, is used and closed by keyboard, and says what it was closed with',
  async () => {
    const { page, complaints } = await look();
    await page.goto('/browse/XX-21');
    const panel = await frameOf(page, 'panel');
    const open = `got = []; AP.dialog.create({ key: 'dialog', size: 'medium', chrome: true, header: 'Pick a place',
    customData: { from: 'panel' }, buttons: [{ text: 'Help', identifier: 'help' }] }).on('close', (data) => got.push(data))`;
    await panel.evaluate(open);
    const dialog = page.getByRole('dialog', { name: 'Pick a place' });
    await dialog.waitFor();
    const inside = await frameOf(page, 'dialog');
    expect(await inside.evaluate('AP.dialog.getCustomData()')).toEqual({ from: 'panel' });
    await inside.evaluate(`AP.dialog.disableCloseOnSubmit(); pressed = [];
    AP.dialog.getButton('help').bind(() => pressed.push('help'));
    AP.events.on('dialog.submit', () => AP.dialog.close({ place: 'Lisbon' }));
    AP.dialog.getButton('submit').disable()`);
    await expect.poll(() => dialog.getByRole('button', { name: 'Submit' }).isDisabled()).toBe(true);
    await dialog.getByRole('button', { name: 'Help' }).click();
    await expect.poll(() => inside.evaluate('pressed')).toEqual(['help']);
    await inside.evaluate("AP.dialog.getButton('submit').enable()");
    await expect.poll(() => dialog.getByRole('button', { name: 'Submit' }).isEnabled()).toBe(true);
    await dialog.getByRole('button', { name: 'Submit' }).press('Enter');
    await expect.poll(() => panel.evaluate('got')).toEqual([{ place: 'Lisbon' }]);
    expect(await dialog.count()).toBe(0);

    await panel.evaluate(open);
    await (await frameOf(page, 'dialog')).getByRole('button').press('Escape');
    await expect.poll(() => panel.evaluate('got.length')).toBe(1);
    expect(await dialog.count()).toBe(0);
    expect(
      await panel.evaluate('new Promise((done) => AP.dialog.getCustomData(done))'),
    ).toBeUndefined();
    expect(complaints).toEqual([]);
  },
);

browserTest('flags are shown by the site, as text, and tell what was pressed', async () => {
  const { page, complaints } = await look();
  await page.goto('/browse/XX-21');
  const panel = await frameOf(page, 'panel');
  await panel.evaluate(`got = []; AP.events.onAny((name) => got.push(name));
    flag = AP.flag.create({ title: 'Saved', body: '<b>Lisbon</b>', type: 'success', actions: { undo: 'Undo' } })`);
  const flags = page.getByRole('status');
  await flags.getByText('<b>Lisbon</b>').waitFor();
  await flags.getByRole('button', { name: 'Undo' }).click();
  await expect.poll(() => panel.evaluate('got')).toEqual(['flag.action']);
  await panel.evaluate('flag.close()');
  await expect.poll(() => panel.evaluate('got')).toEqual(['flag.action', 'flag.close']);
  expect(await flags.textContent()).toBe('');
  expect(complaints).toEqual([]);
});

browserTest(
  'a change in the background is shown without a reload, and pages lead to one another',
  async () => {
    const { page } = await look();
    await page.goto('/browse/XX-20');
    const panel = await frameOf(page, 'panel');
    await panel.evaluate(
      "stays = true; void AP.request({ url: '/rest/api/2/issue/XX-20', type: 'PUT', contentType: 'application/json', data: JSON.stringify({ fields: { summary: 'Order twelve desks' } }) }).then(() => AP.jira.refreshIssuePage())",
    );
    await page.getByRole('heading', { level: 1, name: 'Order twelve desks' }).waitFor();
    expect(await panel.evaluate('stays')).toBe(true);
    await panel.evaluate(
      "AP.navigator.go('addonModule', { moduleKey: 'general', customData: { from: 'panel' } })",
    );
    await page.waitForURL('**/plugins/servlet/ac/places/general?ac.from=panel');
    const general = await frameOf(page, 'general');
    expect(await general.evaluate("new URLSearchParams(location.search).get('from')")).toBe(
      'panel',
    );
    await general.evaluate(
      "got = []; AP.history.popState(({ state }) => got.push(state)); AP.history.pushState('one'); AP.history.pushState('two/2')",
    );
    await expect.poll(() => general.evaluate('AP.history.getState()')).toBe('two/2');
    await page.goBack();
    await expect.poll(() => general.evaluate('got')).toEqual(['one']);
    await general.evaluate('AP.sizeToParent()');
    await expect.poll(() => general.evaluate('innerHeight')).toBeGreaterThan(400);
    await general.evaluate("AP.resize('50%', 222)");
    await expect.poll(() => general.evaluate('innerHeight')).toBe(222);
  },
);

browserTest('the acting user decides what a page may: a reader, a member, nobody', async () => {
  const { page, complaints } = await look();
  await page.goto('/browse/XX-21');
  await actAs(page, 'Robin Reader');
  const put =
    "AP.request({ url: '/rest/api/2/issue/XX-21', type: 'PUT', contentType: 'application/json', data: '{\"fields\":{\"summary\":\"Mine\"}}' }).then(({ xhr }) => xhr.status, ({ xhr }) => xhr.status)";
  expect(await (await frameOf(page, 'panel')).evaluate(put)).toBe(400);
  await page.goto('/plugins/servlet/ac/places/admin');
  await page
    .getByText('is for people with Administer Jira. Robin Reader does not have it.')
    .waitFor();
  await page.goto('/browse/XX-21');
  await actAs(page, 'Max Member');
  const panel = await frameOf(page, 'panel');
  expect(claimsOf(await panel.evaluate('AP.context.getToken()')).sub).toBe(
    site.people[2]?.accountId,
  );
  await page.goto('/plugins/servlet/ac/places/general');
  await actAs(page, 'Anonymous');
  const general = await frameOf(page, 'general');
  expect(claimsOf(await general.evaluate('AP.context.getToken()'))).not.toHaveProperty('sub');
  expect(await general.evaluate('AP.user.getCurrentUser()')).toEqual({ atlassianAccountId: null });
  expect(
    await general.evaluate("AP.request('/rest/api/3/myself').catch(({ xhr }) => xhr.status)"),
  ).toBe(401);
  expect(complaints).toEqual([]);
});

browserTest('the theme is switched, and pages that ask for it follow', async () => {
  const { page, complaints } = await look({ colorScheme: 'light' });
  await page.goto('/browse/XX-21');
  const panel = await frameOf(page, 'panel');
  const mode = 'document.documentElement.dataset.colorMode';
  expect(await panel.evaluate(mode)).toBeUndefined();
  await panel.evaluate('AP.theming.initializeTheming()');
  expect(await panel.evaluate(mode)).toBe('light');
  await page.emulateMedia({ colorScheme: 'dark' });
  await expect.poll(() => panel.evaluate(mode)).toBe('dark');
  await page.getByRole('button', { name: 'Theme: auto' }).click();
  await page.getByRole('button', { name: 'Theme: light' }).waitFor();
  await expect.poll(() => panel.evaluate(mode)).toBe('light');
  const ground = 'getComputedStyle(document.body).backgroundColor';
  const light = await page.evaluate(ground);
  await page.getByRole('button', { name: 'Theme: light' }).click();
  await expect.poll(() => page.evaluate(ground)).not.toBe(light);
  await page.reload();
  await page.getByRole('button', { name: 'Theme: dark' }).waitFor();
  expect(await page.evaluate(ground)).not.toBe(light);
  expect(complaints).toEqual([]);
});

browserTest('by keyboard alone: find an issue, comment on it, act as somebody else', async () => {
  const { page, complaints } = await look();
  await page.goto('/');
  await page.keyboard.press('Tab');
  expect(await page.evaluate('document.activeElement.textContent')).toBe('Skip to the content');
  await page.keyboard.press('?');
  await page.getByRole('dialog').getByText('Search issues').waitFor();
  await page.keyboard.press('Escape');
  await page.keyboard.press('g');
  await page.keyboard.press('i');
  await page.getByRole('heading', { level: 1, name: 'Issues' }).waitFor();
  await page.keyboard.press('/');
  await page.keyboard.type('summary ~ lease');
  await page.keyboard.press('Enter');
  await page.waitForURL('**/issues?jql=*');
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await page.waitForURL('**/browse/XX-22');
  await page.getByLabel('Comment as Alex Admin').focus();
  await page.keyboard.type('Signed twice.');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.getByText('Signed twice.').waitFor();
  await page.locator('summary', { hasText: 'Acting as' }).focus();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.getByText('Robin Reader may not change it.').waitFor();
  expect(complaints).toEqual([]);
});

const pages = [
  '/',
  '/projects',
  '/issues',
  '/issues?jql=nothing',
  '/browse/XX-21',
  '/_sandbox/apps',
  '/_sandbox/apps/places',
  '/_sandbox/users',
  '/plugins/servlet/ac/places/general',
];

browserTest.each([
  [1200, 'light'],
  [400, 'dark'],
] as const)('every page can be read at %i pixels, %s', async (width, colorScheme) => {
  const { page, complaints } = await look({ viewport: { width, height: 800 }, colorScheme });
  for (const path of pages) {
    await page.goto(path);
    for (const summary of await page.locator('summary').all()) await summary.click();
    await expectReadable(page);
    await expectContrast(page);
  }
  expect(complaints).toEqual([]);
});
