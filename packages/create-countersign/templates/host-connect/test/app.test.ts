import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type RunningApp, startApp } from './running-app.ts';

let app: RunningApp;
before(async () => {
  app = await startApp();
});
after(() => app?.stop());

test('the panel greets whoever looks at the issue', async () => {
  const [, member] = app.site.people;
  const shown = { issueKey: 'XX-21', accountId: member?.accountId ?? '' };
  const page = await fetch(app.site.pageUrl('my-jira-app', '/panel?issueKey={issue.key}', shown));
  const text = await page.text();
  assert.equal(page.status, 200, text);

  // What countersign/browser does in the page.
  const token = /<meta name="countersign-session" content="([^"]+)">/.exec(text)?.[1];
  const greeting = await fetch(`${app.url}/greeting`, {
    headers: { authorization: `JWT ${token}` },
  });
  assert.deepEqual(await greeting.json(), {
    name: member?.displayName,
    issue: { key: 'XX-21', summary: app.site.issue('XX-21')?.fields.summary },
  });
});

test('nobody else gets in', async () => {
  assert.equal((await fetch(`${app.url}/panel`)).status, 401);
  assert.equal((await fetch(`${app.url}/greeting`)).status, 401);
  // A token for one page opens no other, and no route.
  const url = new URL(app.site.pageUrl('my-jira-app', '/panel', { issueKey: 'XX-21' }));
  url.pathname = '/greeting';
  assert.equal((await fetch(url)).status, 401);
});

test('the issue shows the panel', async () => {
  const issue = await fetch(`${app.site.url}/browse/XX-21`);
  assert.match(await issue.text(), /My Jira App/);
});
