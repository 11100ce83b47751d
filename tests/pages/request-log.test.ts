import type { Sandbox } from 'countersign-sandbox';
import { expect } from 'vitest';
import { appKey, installExample, makeToken, startSite, type TokenParts } from './app.ts';
import { browserTest, expectContrast, expectReadable, visit } from './browser.ts';

const log = '/_sandbox/requests';

async function call(site: Sandbox, path: string, parts: TokenParts = {}): Promise<number> {
  const authorization = `JWT ${makeToken(site, { path, ...parts })}`;
  const answer = await fetch(site.url + path, { headers: { authorization } });
  return answer.status;
}

browserTest('an empty log fills with what the example sends, without a reload', async () => {
  const site = await startSite();
  const { page, complaints } = await visit(site.url);
  await page.goto(log);
  await page.getByText('Nothing yet.').waitFor();
  await page.getByText('Live', { exact: true }).waitFor();
  const appUrl = await installExample(site);
  await page.getByRole('row').filter({ hasText: 'POST /installed' }).waitFor();
  expect(await page.getByText('Nothing yet.').isVisible()).toBe(false);

  const token = site.contextToken(appKey, { issueKey: 'XX-21' });
  const saved = await fetch(`${appUrl}/locate`, {
    method: 'POST',
    headers: { authorization: `JWT ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ location: 'Lisbon' }),
  });
  expect(saved.status).toBe(200);
  const row = page.getByRole('row').filter({ hasText: 'PUT /rest/api/3/issue/XX-21' });
  await row.waitFor();
  expect(await row.textContent()).toContain(appKey);
  // Newest first, each once.
  const ids = await page.evaluate<string[]>(
    "[...document.querySelectorAll('tr[data-id]')].map((row) => row.dataset.id)",
  );
  expect(ids).toEqual(site.requests.map(({ id }) => String(id)).reverse());
  expect(complaints).toEqual([]);
});

type Box = { y: number } | null;

/** Pages scroll by whole pixels, and rows may be half a pixel high. */
function expectSamePlace(one: Box, other: Box): void {
  expect(Math.abs((one?.y ?? Number.NaN) - (other?.y ?? Number.NaN))).toBeLessThanOrEqual(1);
}

browserTest('new rows take neither the focus nor the place in the page', async () => {
  const site = await startSite();
  await installExample(site);
  for (let count = 0; count < 30; count += 1) await call(site, `/rest/api/3/myself?n=${count}`);
  const { page } = await visit(site.url, { viewport: { width: 900, height: 500 } });
  await page.goto(log);
  await page.getByText('Live', { exact: true }).waitFor();
  const link = page.getByRole('link', { name: '?n=10', exact: false });
  await link.focus();
  const before = await link.boundingBox();
  await call(site, '/rest/api/3/project');
  await page.getByRole('link', { name: 'GET /rest/api/3/project' }).waitFor();
  expectSamePlace(await link.boundingBox(), before);
  expect(await page.evaluate('document.activeElement.textContent')).toContain('?n=10');
  // Nothing has the focus, and one has scrolled into the log.
  await page.evaluate('document.activeElement.blur()');
  const scrolled = await page
    .getByRole('link', { name: '?n=3', exact: false })
    .last()
    .boundingBox();
  await call(site, '/rest/api/3/serverInfo');
  await page.getByRole('link', { name: 'GET /rest/api/3/serverInfo' }).waitFor();
  const after = await page.getByRole('link', { name: '?n=3', exact: false }).last().boundingBox();
  expectSamePlace(after, scrolled);
});

browserTest('the filter is in the URL, and holds for rows that come later', async () => {
  const site = await startSite();
  await installExample(site);
  await call(site, '/rest/api/3/myself');
  await call(site, '/rest/api/3/field', { claims: { iss: site.clientKey } });
  await fetch(`${site.url}/rest/api/3/project`);
  await fetch(`${site.url}/rest/api/3/issue/XX-1`);
  const { page, complaints } = await visit(site.url);
  await page.goto(log);
  await page.getByLabel('Status').selectOption('4xx');
  await page.getByLabel('App').selectOption(appKey);
  await page.getByRole('button', { name: 'Filter' }).click();
  await page.waitForURL(`**${log}?status=4xx&app=${appKey}`);
  const paths = (): Promise<string[]> => page.locator('td.path').allTextContents();
  expect(await paths()).toEqual(['GET /rest/api/3/field']);
  await page.getByText('Live', { exact: true }).waitFor();
  await call(site, '/rest/api/3/myself');
  await call(site, '/rest/api/3/mypermissions', { claims: { exp: 1 } });
  await expect.poll(paths).toEqual(['GET /rest/api/3/mypermissions', 'GET /rest/api/3/field']);

  await page.goto(`${log}?app=(none)&status=4xx`);
  expect(await paths()).toEqual(['GET /rest/api/3/issue/XX-1']);
  await page.goto(`${log}?status=5xx`);
  await page.getByText('No request fits this filter.').waitFor();
  await page.getByRole('link', { name: 'Show all' }).click();
  await page.waitForURL(`**${log}`);
  expect(await paths()).toHaveLength(8);
  expect(complaints).toEqual([]);
});

browserTest(
  'a row opens the page of its request: cause, both canonical requests, claims, checks',
  async () => {
    const site = await startSite();
    await installExample(site);
    const path = '/rest/api/3/issue/XX-21?fields=summary';
    const token = makeToken(site, { path: '/rest/api/3/issue/XX-21' });
    await fetch(site.url + path, { headers: { authorization: `JWT ${token}` } });
    const { page, complaints } = await visit(site.url);
    await page.goto(log);
    // Anywhere in the row.
    await page
      .getByRole('row')
      .filter({ hasText: path })
      .click({ position: { x: 10, y: 10 } });
    await page.getByRole('heading', { level: 1, name: `GET ${path}` }).waitFor();
    const verdict = page.getByRole('region', { name: 'Verdict' });
    expect(await verdict.textContent()).toContain('CS-QSH-QUERY-NOT-SIGNED');
    expect(await verdict.textContent()).toContain('Fix');
    expect(await page.locator('mark').allTextContents()).toEqual(['fields=summary']);
    expect(await page.locator('table.claims').textContent()).toContain(appKey);
    await expectReadable(page);
    const content = await page.content();
    for (const part of [...token.split('.').slice(1), site.sharedSecret(appKey)]) {
      expect(content).not.toContain(part);
    }
    await page.getByRole('link', { name: 'Check a token for this request' }).click();
    expect(await page.getByLabel('URL, or path and query').inputValue()).toBe(path);
    expect(await page.getByLabel('Installed app').inputValue()).toBe(appKey);
    expect(complaints).toEqual([]);
  },
);

browserTest(
  'by keyboard alone: filter, rows by j and k, the page of a request and back',
  async () => {
    const site = await startSite();
    await installExample(site);
    await call(site, '/rest/api/3/myself');
    await call(site, '/rest/api/3/field', { claims: { iss: 'nobody' } });
    const { page, complaints } = await visit(site.url);
    await page.goto(log);
    const focused = async (): Promise<string> =>
      String(await page.evaluate('document.activeElement.textContent'));
    await page.keyboard.press('j');
    expect(await focused()).toBe('GET /rest/api/3/field');
    const ring = await page.evaluate(
      "getComputedStyle(document.activeElement, '::after').outlineStyle",
    );
    expect(ring).toBe('solid');
    await page.keyboard.press('j');
    expect(await focused()).toBe('GET /rest/api/3/myself');
    await page.keyboard.press('k');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'GET /rest/api/3/field' }).waitFor();
    await page.goBack();
    for (let presses = 0; presses < 20 && (await focused()) !== 'Filter'; presses += 1) {
      await page.keyboard.press('Tab');
      const isStatus = await page.evaluate("document.activeElement.name === 'status'");
      if (isStatus) await page.keyboard.press('4');
    }
    await page.keyboard.press('Enter');
    await page.waitForURL(`**${log}?status=4xx&app=`);
    expect(await page.locator('td.path').allTextContents()).toEqual(['GET /rest/api/3/field']);
    expect(complaints).toEqual([]);
  },
);

for (const colorScheme of ['light', 'dark'] as const) {
  browserTest(`log, request and home page can be read at 400 pixels, ${colorScheme}`, async () => {
    const site = await startSite();
    const { page } = await visit(site.url, { colorScheme, viewport: { width: 400, height: 800 } });
    await page.goto(log);
    await expectReadable(page);
    await expectContrast(page);
    await installExample(site);
    await call(site, `/rest/api/3/issue/XX-21?fields=${'x'.repeat(300)}`, { path: '/rest' });
    await call(site, '/rest/api/3/project/none');
    for (const path of ['/', log, ...site.requests.map(({ id }) => `${log}/${id}`)]) {
      await page.goto(path);
      await expectReadable(page);
      await expectContrast(page);
    }
  });
}
