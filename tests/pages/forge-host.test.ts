import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Sandbox } from 'countersign-sandbox';
import { expect, onTestFinished } from 'vitest';
import { startSite } from './app.ts';
import { browserTest, expectContrast, expectReadable, visit } from './browser.ts';

const appId = '8db33809-1f32-48bb-8c52-5877dab48107';

const panel = `<!doctype html><html lang="en"><head><title>Panel</title></head><body>
<button>Where is it?</button><output></output>
<script>
document.querySelector('button').onclick = async () => {
  const { extension } = await forgeBridge.view.getContext();
  const { place } = await forgeBridge.invokeRemote({ path: '/place', method: 'POST', body: { a: 1 } });
  const me = await (await forgeBridge.requestJira('/rest/api/3/myself')).json();
  const failed = await forgeBridge.invokeRemote({ path: '/bad' }).catch((error) => error.message);
  let reach = 'nothing';
  try { reach = parent.document.title; } catch {}
  document.querySelector('output').textContent =
    [extension.issue.key, place, me.displayName, failed.slice(0, 14), reach].join(' / ');
};
</script></body></html>`;

async function startForgeSite(): Promise<Sandbox> {
  const server = createServer((request, response) => {
    response.writeHead(request.url === '/bad' ? 500 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ place: 'Lisbon' }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const site = await startSite();
  const id = `ari:cloud:ecosystem::app/${appId}`;
  await site.forge.install(
    {
      app: { id, name: 'Places', runtime: { name: 'nodejs22.x' } },
      remotes: [{ key: 'r', baseUrl }],
      modules: {
        'jira:issuePanel': [
          { key: 'panel', title: 'Where', resource: 'main', resolver: { endpoint: 'ui' } },
        ],
        endpoint: [{ key: 'ui', remote: 'r', auth: { appUserToken: { enabled: true } } }],
      },
      resources: [{ key: 'main', path: 'static/main' }],
      permissions: { scopes: ['read:app-user-token', 'read:jira-work', 'read:jira-user'] },
    },
    { resources: { main: { html: panel } } },
  );
  return site;
}

browserTest(
  'a custom UI asks its remote and Jira over the bridge, and reaches nothing else',
  async () => {
    const site = await startForgeSite();
    const { page } = await visit(site.url);
    await page.goto('/browse/XX-21');
    const frame = page.frameLocator('iframe[data-forge-app]');
    await frame.getByRole('button').click();
    const output = frame.locator('output:not(:empty)');
    await output.waitFor();
    expect(await output.textContent()).toBe(
      'XX-21 / Lisbon / Alex Admin / Error invoking / nothing',
    );
  },
);

browserTest.each([
  [1200, 'light'],
  [400, 'dark'],
] as const)('the pages of Forge are readable at %i pixels, %s', async (width, colorScheme) => {
  const site = await startForgeSite();
  const { page, complaints } = await visit(site.url, {
    viewport: { width, height: 800 },
    colorScheme,
  });
  const check = async (): Promise<void> => {
    await expectReadable(page);
    await expectContrast(page);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
  };
  await page.goto('/');
  for (const summary of await page.locator('summary').all()) await summary.click();
  await check();
  await page.getByRole('link', { name: 'Send an invocation' }).click();
  await page.getByText('Nothing is sent yet').waitFor();
  await check();
  // By keyboard alone.
  await page.getByLabel('Path').focus();
  await page.keyboard.type('/place');
  await page.keyboard.press('Enter');
  await page.getByText('accepted by the remote').waitFor();
  await check();
  expect(await page.getByLabel('Path').inputValue()).toBe('/place');
  await page.getByRole('link', { name: 'In the request log' }).click();
  await page.getByRole('heading', { name: 'Claims of the invocation token' }).waitFor();
  await check();
  expect(complaints).toEqual([]);
});
