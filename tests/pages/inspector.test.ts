import { expect } from 'vitest';
import { appKey, installExample, makeToken, startSite } from './app.ts';
import { browserTest, expectContrast, expectReadable, visit } from './browser.ts';

const inspector = '/_sandbox/inspector';
const path = '/rest/api/3/issue/XX-21?fields=summary&expand=names';

browserTest(
  'a curl command is pasted, the cause is seen, the field is mended, it passes',
  async () => {
    const site = await startSite();
    await installExample(site);
    const token = makeToken(site, { path });
    const { page, complaints, urls } = await visit(site.url);
    await page.goto(inspector);
    const verdict = page.getByRole('region', { name: 'Verdict' });
    await verdict.getByText('Nothing is pasted yet').waitFor();

    // The command says DELETE, the token was made for GET.
    const command = `curl -X DELETE '${site.url}${path}' -H 'Authorization: JWT ${token}'`;
    await page.getByLabel('Token, Authorization header or curl command').fill(command);
    await page.getByLabel('Installed app').selectOption(appKey);
    await verdict.getByText('CS-QSH-METHOD', { exact: true }).waitFor();
    expect(await verdict.textContent()).toContain('Fix');
    expect(await verdict.textContent()).toContain(`DELETE ${site.url}${path}`);
    const marks = await page.locator('mark').allTextContents();
    expect(marks).toEqual(['DELETE', 'GET']);
    await expectReadable(page);

    await page.getByLabel('Method').fill('GET');
    await verdict.getByText('This token is good for this request').waitFor();
    expect(await page.locator('#details .badge.bad').count()).toBe(0);
    expect(complaints).toEqual([]);

    // No part of the token is anywhere but in the box that it was pasted into.
    const [, claims = '', signature = ''] = token.split('.');
    for (const part of [claims, signature, site.sharedSecret(appKey)]) {
      expect(urls.filter((url) => url.includes(part))).toEqual([]);
      expect(await page.content()).not.toContain(part);
    }
    expect(page.url()).toBe(site.url + inspector);
    expect(site.requests.filter(({ direction }) => direction === 'inbound')).toEqual([]);
  },
);

browserTest(
  'what is missing is a link to its field, and the fields are enough without an app',
  async () => {
    const site = await startSite();
    await installExample(site);
    const { page, complaints } = await visit(site.url);
    await page.goto(inspector);
    await page.getByLabel('Token, Authorization header or curl command').fill(makeToken(site));
    const verdict = page.getByRole('region', { name: 'Verdict' });
    await verdict.getByText('no cause found').waitFor();
    await verdict.getByText(appKey).waitFor();
    await page.getByRole('link', { name: 'Shared secret' }).click();
    await expect.poll(() => page.evaluate('document.activeElement.id')).toBe('sharedSecret');
    // Each as it is typed; the order does not matter.
    await page.getByLabel('Shared secret').fill(`${site.sharedSecret(appKey)} `);
    await verdict.getByText('CS-SECRET-WHITESPACE', { exact: true }).waitFor();
    await page.getByLabel('Shared secret').fill(site.sharedSecret(appKey));
    await page.getByLabel('Method').fill('get');
    await page.getByLabel('URL, or path and query').fill('/rest/api/3/myself');
    await page.getByLabel('App key').fill(appKey);
    await verdict.getByText('This token is good for this request').waitFor();
    expect(complaints).toEqual([]);
  },
);

browserTest('by keyboard alone', async () => {
  const site = await startSite();
  await installExample(site);
  const { page, complaints } = await visit(site.url);
  await page.goto('/');
  const focused = async (): Promise<string> =>
    String(await page.evaluate('document.activeElement.textContent || document.activeElement.id'));
  const tabTo = async (name: string): Promise<void> => {
    for (let presses = 0; presses < 40; presses += 1) {
      await page.keyboard.press('Tab');
      if ((await focused()).trim() === name) return;
    }
    throw new Error(`Tab does not reach ${name}.`);
  };
  await tabTo('Inspector');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Token inspector' }).waitFor();
  await tabTo('token');
  await page.keyboard.insertText(`Bearer ${makeToken(site)}`);
  const verdict = page.getByRole('region', { name: 'Verdict' });
  await verdict.getByText('CS-SCHEME-BEARER', { exact: true }).waitFor();
  const outline = await page.evaluate('getComputedStyle(document.activeElement).outlineStyle');
  expect(outline).toBe('solid');
  await page.keyboard.press('Control+A');
  await page.keyboard.insertText(`JWT ${makeToken(site, { claims: { iss: site.clientKey } })}`);
  await tabTo('method');
  await page.keyboard.type('GET');
  await tabTo('url');
  await page.keyboard.type('/rest/api/3/myself');
  await page.keyboard.press('Tab');
  await page.keyboard.press('ArrowDown');
  await verdict.getByText('CS-ISS-CLIENT-KEY', { exact: true }).waitFor();
  expect(await page.evaluate('document.activeElement.value')).toBe(appKey);
  expect(complaints).toEqual([]);
});

browserTest(
  'without JavaScript the form does the same, and repeats neither token nor secret',
  async () => {
    const site = await startSite();
    await installExample(site);
    const { page } = await visit(site.url, { javaScriptEnabled: false });
    await page.goto(inspector);
    const token = makeToken(site, { claims: { iss: 'other-app' } });
    await page.locator('#token').fill(token);
    await page.locator('#sharedSecret').fill('MARKED-SECRET');
    await page.locator('#appKey').fill(appKey);
    await page.getByRole('button', { name: 'Check' }).click();
    expect(await page.locator('#verdict').textContent()).toContain('CS-ISS-');
    expect(await page.locator('#appKey').inputValue()).toBe(appKey);
    const content = await page.content();
    for (const part of [...token.split('.').slice(1), 'MARKED-SECRET']) {
      expect(content).not.toContain(part);
    }
    expect(page.url()).toBe(site.url + inspector);
  },
);

browserTest('a site that is gone is said, and not taken for a verdict', async () => {
  const site = await startSite();
  const { page } = await visit(site.url);
  await page.goto(inspector);
  await site.close();
  await page.locator('#token').fill('eyJhbGciOiJIUzI1NiJ9.e30.x');
  await page.getByText('The site does not answer.').waitFor();
});

for (const colorScheme of ['light', 'dark'] as const) {
  browserTest(`it can be read at 400 pixels, ${colorScheme}`, async () => {
    const site = await startSite();
    await installExample(site);
    const { page } = await visit(site.url, { colorScheme, viewport: { width: 400, height: 800 } });
    await page.goto(`${inspector}?app=${appKey}&method=GET&url=${encodeURIComponent(path)}`);
    await expectReadable(page);
    await expectContrast(page);
    await page.locator('#token').fill(makeToken(site, { path: path.replace('summary', 'status') }));
    await page.locator('#details').getByRole('heading', { name: 'Of this request' }).waitFor();
    await expectReadable(page);
    await expectContrast(page);
  });
}
