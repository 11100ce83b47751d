import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Sandbox, startSandbox } from 'countersign-sandbox';
import { expect, onTestFinished } from 'vitest';
import { browserTest, expectContrast, expectReadable, visit } from './browser.ts';

const webhooks = '/_sandbox/webhooks';

interface Listener {
  /** How the next webhooks are answered; then 204. */
  answers: number[];
  /** Their identifiers. */
  identifiers: string[];
}

/** A site with an app that asks for two events, and answers as it is told to. */
async function startListener(): Promise<{ site: Sandbox; app: Listener }> {
  const site = await startSandbox();
  onTestFinished(() => site.close());
  const app: Listener = { answers: [], identifiers: [] };
  let baseUrl = '';
  const server = createServer((request, response) => {
    request.resume();
    if (request.url === '/atlassian-connect.json') {
      const events = ['jira:issue_updated', 'comment_created'];
      response.end(
        JSON.stringify({
          key: 'listener',
          name: 'Listener',
          baseUrl,
          authentication: { type: 'jwt' },
          scopes: ['READ'],
          modules: { webhooks: events.map((event) => ({ event, url: '/told/{issue.key}' })) },
        }),
      );
      return;
    }
    app.identifiers.push(String(request.headers['x-atlassian-webhook-identifier']));
    const status = app.answers.shift() ?? 204;
    response.writeHead(status).end(status === 503 ? 'The queue is full.' : '');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await site.install(`${baseUrl}/atlassian-connect.json`);
  return { site, app };
}

async function editIssue(site: Sandbox, summary: string): Promise<void> {
  const authorization = `Basic ${Buffer.from(`admin@example.com:${site.apiToken}`).toString('base64')}`;
  const tried = new Promise<void>((resolve) => {
    const stop = site.on('webhook', () => {
      stop();
      resolve();
    });
  });
  await fetch(`${site.url}/rest/api/3/issue/XX-21`, {
    method: 'PUT',
    headers: { authorization, 'content-type': 'application/json' },
    body: JSON.stringify({ fields: { summary } }),
  });
  await tried;
}

browserTest('a person sees what became of a webhook, and sends it again by keyboard', async () => {
  const { site, app } = await startListener();
  const { page, complaints } = await visit(site.url, { javaScriptEnabled: false });
  await page.goto('/webhooks');
  await page
    .getByText('Nothing yet. Edit or comment an issue, and listener will be told.')
    .waitFor();
  app.answers.push(503);
  await editIssue(site, 'One');
  await editIssue(site, 'Two');
  await page.getByRole('link', { name: 'Reload' }).click();
  const row = page.getByRole('row').filter({ hasText: 'waiting' });
  expect(await row.textContent()).toContain('503');
  await page.getByLabel('State').selectOption('delivered');
  await page.getByRole('button', { name: 'Filter' }).click();
  expect(await page.getByRole('row').count()).toBe(2);
  await page.getByRole('link', { name: 'Show all' }).click();
  await row.getByRole('link').click();
  await page.getByRole('heading', { name: /Is sent again in \d+ s/ }).waitFor();
  expect(await page.getByRole('cell', { name: 'The queue is full.' }).isVisible()).toBe(true);
  expect(await page.getByText('"summary": "One"').isVisible()).toBe(true);

  await page.getByRole('button', { name: 'Resend', exact: true }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Delivered after 2 tries' }).waitFor();
  await page.getByRole('button', { name: 'Resend as new' }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Webhooks' }).waitFor();
  expect(await page.getByRole('row').count()).toBe(4);
  const [one, , again, asNew] = app.identifiers;
  expect(again).toBe(one);
  expect(asNew).not.toBe(one);
  expect(complaints).toEqual([]);
});

browserTest('keys go to the webhooks and through them', async () => {
  const { site } = await startListener();
  await editIssue(site, 'One');
  await editIssue(site, 'Two');
  const { page, complaints } = await visit(site.url);
  await page.goto('/');
  await page.keyboard.press('g');
  await page.keyboard.press('w');
  await page.waitForURL(`**${webhooks}`);
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await page.getByText('"summary": "One"').waitFor();
  expect(complaints).toEqual([]);
});

for (const colorScheme of ['light', 'dark'] as const) {
  browserTest(`webhooks can be read at 400 pixels, ${colorScheme}`, async () => {
    const { site, app } = await startListener();
    const { page } = await visit(site.url, { colorScheme, viewport: { width: 400, height: 800 } });
    const readable = async (path: string): Promise<void> => {
      await page.goto(path);
      await expectReadable(page);
      await expectContrast(page);
    };
    await readable(webhooks);
    app.answers.push(503, 404);
    await editIssue(site, 'One');
    await editIssue(site, 'Two');
    await editIssue(site, 'Three');
    await readable(webhooks);
    for (const { id } of site.webhooks.deliveries) await readable(`${webhooks}/${id}`);
  });
}
