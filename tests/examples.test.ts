import { readFileSync } from 'node:fs';
import { startSandbox } from 'countersign-sandbox';
import { describe, expect, onTestFinished, test } from 'vitest';
import { freePort, RunningProcess, root, temporaryFolder } from './processes.ts';

describe.each(['express', 'fastify', 'hono', 'koa', 'node'])('the minimal app on %s', (name) => {
  const main = `${root}examples/minimal/${name}/src/main.ts`;

  test('has under 60 lines', () => {
    expect(readFileSync(main, 'utf8').split('\n').length).toBeLessThan(60);
  });

  test('is installed, greets who looks at an issue, lets nobody else in, and stops', async () => {
    const site = await startSandbox();
    onTestFinished(() => site.close());
    const port = await freePort();
    const app = new RunningProcess(process.execPath, [main], {
      env: {
        ...process.env,
        PORT: String(port),
        SANDBOX_URL: site.url,
        DATABASE: `${temporaryFolder()}/app.db`,
      },
    });
    await app.prints(/Listening on/);
    await site.install(`http://127.0.0.1:${port}/atlassian-connect.json`);

    const [admin, member] = site.people;
    const options = { accountId: member?.accountId ?? '', issueKey: 'XX-21' };
    const page = await fetch(site.pageUrl('minimal-app', '/panel?issueKey={issue.key}', options));
    expect(await page.text()).toBe(
      `Hello ${member?.displayName}! This is XX-21: Find the site location`,
    );
    expect(page.status).toBe(200);
    expect(page.headers.get('content-type')).toMatch(/^text\/plain/);
    expect(member?.displayName).not.toBe(admin?.displayName);

    const url = `http://127.0.0.1:${port}/panel?issueKey=XX-21`;
    const withContextToken = {
      headers: { authorization: `JWT ${site.contextToken('minimal-app', options)}` },
    };
    for (const init of [{}, withContextToken]) {
      const refused = await fetch(url, init);
      expect(refused.status).toBe(401);
      expect(await refused.json()).toEqual({ error: 'unauthorized' });
    }
    expect((await fetch(`http://127.0.0.1:${port}/elsewhere`)).status).toBe(404);

    expect(await app.end('SIGTERM')).toBe(0);
  });
});
