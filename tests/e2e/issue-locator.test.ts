import { startSandbox } from 'countersign-sandbox';
import { expect, onTestFinished, test } from 'vitest';
import { freePort, RunningProcess, root, temporaryFolder } from '../processes.ts';

const FIELD = 'customfield_10042';

async function startSite() {
  const site = await startSandbox();
  onTestFinished(() => site.close());
  return site;
}

/** The example as a process of its own, on one port and one database however often it is started. */
async function exampleOn(siteUrl: string) {
  const port = await freePort();
  const database = `${temporaryFolder()}/app.db`;
  return {
    url: `http://127.0.0.1:${port}`,
    async start() {
      const app = new RunningProcess(process.execPath, ['examples/issue-locator/src/main.ts'], {
        cwd: root,
        env: { ...process.env, PORT: String(port), SANDBOX_URL: siteUrl, DATABASE: database },
      });
      await app.prints(/Issue Locator on/);
      return app;
    },
  };
}

type Site = Awaited<ReturnType<typeof startSite>>;

/** As a person does: opens the panel of an issue, and sends its form. */
async function locate(site: Site, appUrl: string, issueKey: string, location: string) {
  const token = site.contextToken('issue-locator', { issueKey });
  return fetch(`${appUrl}/locate`, {
    method: 'POST',
    headers: { authorization: `JWT ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ location }),
  });
}

test('the example is installed, shows its panel and updates the field that is on no screen', async () => {
  const site = await startSite();
  const example = await exampleOn(site.url);
  await example.start();
  await site.install(`${example.url}/atlassian-connect.json`);

  const panel = await fetch(
    site.pageUrl('issue-locator', '/locator?issueKey=XX-21', { issueKey: 'XX-21' }),
    { headers: { accept: 'text/html' } },
  );
  expect(panel.status).toBe(200);
  expect(await panel.text()).toContain('Site location');

  expect(site.issue('XX-21')?.fields[FIELD]).toBeNull();
  const saved = await locate(site, example.url, 'XX-21', 'Lisbon');
  expect(await saved.json()).toEqual({ issueKey: 'XX-21', location: 'Lisbon' });
  expect(site.issue('XX-21')?.fields[FIELD]).toBe('Lisbon');

  const put = site.requests.find(({ method }) => method === 'PUT');
  expect(put?.path).toBe(
    '/rest/api/3/issue/XX-21?overrideScreenSecurity=true&overrideEditableFlag=true',
  );
  expect(put?.verdict).toMatchObject({ authenticated: true, as: 'app' });
});

test('the example updates an issue whose status forbids editing', async () => {
  const site = await startSite();
  const example = await exampleOn(site.url);
  await example.start();
  await site.install(`${example.url}/atlassian-connect.json`);
  expect((await locate(site, example.url, 'XX-22', 'Berlin')).status).toBe(200);
  expect(site.issue('XX-22')?.fields[FIELD]).toBe('Berlin');
});

test('an acknowledged install survives kill -9', async () => {
  const site = await startSite();
  const example = await exampleOn(site.url);
  const first = await example.start();
  const killed: Promise<unknown>[] = [];
  // Between the answer to the callback and anything that could follow it.
  site.on('callback', ({ path, status }) => {
    if (path === '/installed' && status === 204) killed.push(first.end('SIGKILL'));
  });
  await site.install(`${example.url}/atlassian-connect.json`);
  expect(killed).toHaveLength(1);
  await Promise.all(killed);

  await example.start();
  expect((await locate(site, example.url, 'XX-21', 'Toronto')).status).toBe(200);
  expect(site.issue('XX-21')?.fields[FIELD]).toBe('Toronto');
});

test('a restarted example needs no new install, and follows a rotated secret', async () => {
  const site = await startSite();
  const example = await exampleOn(site.url);
  const first = await example.start();
  await site.install(`${example.url}/atlassian-connect.json`);
  await site.rotateSecret('issue-locator');
  expect(await first.end('SIGTERM')).toBe(0);

  await example.start();
  expect((await locate(site, example.url, 'XX-21', 'Sydney')).status).toBe(200);
  expect(site.requests.filter(({ path }) => path === '/installed')).toHaveLength(2);
});

test('nobody else gets in: no token, a foreign token, a token for another URL', async () => {
  const site = await startSite();
  const other = await startSite();
  const example = await exampleOn(site.url);
  await example.start();
  await site.install(`${example.url}/atlassian-connect.json`);

  const without = await fetch(`${example.url}/locator?issueKey=XX-21`);
  expect(without.status).toBe(401);
  expect(await without.json()).toEqual({ error: 'unauthorized' });

  const forged = site.pageUrl('issue-locator', '/locator?issueKey=XX-21').replace('XX-21', 'XX-22');
  expect((await fetch(forged)).status).toBe(401);

  await expect(other.install(`${example.url}/atlassian-connect.json`)).rejects.toThrow(/401/);
  expect((await locate(site, example.url, 'XX-21', 'Lisbon')).status).toBe(200);
});
