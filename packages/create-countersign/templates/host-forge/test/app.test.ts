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
  const { status, text } = await app.site.forge.invoke({
    path: '/greeting',
    issueKey: 'XX-21',
    accountId: member?.accountId ?? '',
  });
  assert.equal(status, 200, text);
  assert.deepEqual(JSON.parse(text), {
    name: member?.displayName,
    issue: { key: 'XX-21', summary: app.site.issue('XX-21')?.fields.summary },
  });
});

test('nobody else gets in', async () => {
  assert.equal((await fetch(`${app.url}/greeting`)).status, 401);
  const forged = { path: '/greeting', token: { otherSignature: true } };
  assert.equal((await app.site.forge.invoke(forged)).status, 401);
});

test('the issue shows the panel', async () => {
  const issue = await fetch(`${app.site.url}/browse/XX-21`);
  assert.match(await issue.text(), /My Jira App/);
});
