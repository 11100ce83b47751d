import { expect } from 'vitest';
import { startSite } from './app.ts';
import { browserTest, expectContrast, expectReadable, visit } from './browser.ts';

const settings = '/_sandbox/settings';

browserTest('a person turns a fault on, sees whom it met, and ends it, by keyboard', async () => {
  const site = await startSite();
  const { page, complaints } = await visit(site.url, { javaScriptEnabled: false });
  await page.goto('/');
  await page.getByRole('navigation').getByRole('link', { name: 'Settings' }).click();
  await page.getByLabel('What happens').selectOption('503');
  await page.getByLabel('Number', { exact: true }).fill('7');
  await page.getByLabel('Path').fill('/rest/api/3/serverInfo');
  await page.getByRole('button', { name: 'Turn on' }).focus();
  await page.keyboard.press('Enter');
  await page.getByText('100% of any method, /rest/api/3/serverInfo').waitFor();
  const answer = await fetch(`${site.url}/rest/api/3/serverInfo`);
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '7']);
  await page.reload();
  expect(await page.getByRole('row').last().textContent()).toContain('503, Retry-After 7');
  await page.getByText('status: 1').waitFor();
  await page.getByRole('button', { name: 'End fault 1' }).focus();
  await page.keyboard.press('Enter');
  await page.getByText('None is on.').waitFor();
  expect((await fetch(`${site.url}/rest/api/3/serverInfo`)).status).toBe(200);

  await page.goto('/_sandbox/requests');
  await page.getByRole('link', { name: 'serverInfo' }).last().click();
  expect(await page.getByRole('region', { name: 'Verdict' }).textContent()).toContain(
    'Not handled; the caller got 503 (fault status)',
  );
  expect(complaints).toEqual([]);
});

browserTest('a person sets latency and rate limits, and reads what is wrong', async () => {
  const site = await startSite();
  const { page } = await visit(site.url);
  await page.goto(settings);
  await page.getByLabel('Delay (ms)').fill('40');
  await page.getByRole('button', { name: 'Set' }).first().click();
  await expect.poll(() => site.faults.latency.ms).toBe(40);
  await page.getByLabel('Calls a second, for each resource and method').check();
  await page.getByLabel('GET and POST a second').fill('1');
  await page.getByLabel('Writes of one issue').check();
  await page.getByRole('button', { name: 'Set' }).last().click();
  await expect.poll(() => site.rateLimits.settings.burst).toMatchObject({ GET: 1, PUT: 50 });
  expect(site.rateLimits.settings).toMatchObject({ issueWrites: { in2Seconds: 20 } });
  expect(site.rateLimits.settings.points).toBeUndefined();
  const ask = (): Promise<Response> => fetch(`${site.url}/rest/api/3/serverInfo`);
  expect([(await ask()).status, (await ask()).status]).toEqual([200, 429]);
  await page.reload();
  await page.getByText('Refused by limits').waitFor();
  await page.getByLabel('What happens').selectOption('slow');
  await page.getByRole('button', { name: 'Turn on' }).click();
  expect(await page.getByRole('alert').textContent()).toBe('A fault slow needs delayMs.');
});

for (const colorScheme of ['light', 'dark'] as const) {
  browserTest(`the settings can be read at 400 pixels, ${colorScheme}`, async () => {
    const site = await startSite();
    site.faults.add({ kind: 'drop-after', percent: 3, method: 'PUT', path: '/rest/api/3/issue/*' });
    site.faults.add({ kind: 'slow', delayMs: 2_000, trickle: true, times: 5 });
    const { page } = await visit(site.url, { colorScheme, viewport: { width: 400, height: 800 } });
    await page.goto(settings);
    await expectReadable(page);
    await expectContrast(page);
  });
}
