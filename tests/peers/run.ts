/**
 * Judges the sandbox by an app that is not ours: a real atlassian-connect-express app installs into it and updates an
 * issue there.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startSandbox } from 'countersign-sandbox';
import { startAce } from './ace-process.ts';
import './import-from-ace.ts';

test('an atlassian-connect-express app installs into the sandbox and updates an issue', async () => {
  const site = await startSandbox();
  const peer = await startAce(site.installKeysUrl);
  try {
    const app = await site.install(peer.descriptorUrl);
    assert.equal(app.key, 'ace-peer');
    assert.equal(site.issue('XX-21')?.fields.customfield_10042, null);

    const panel = await fetch(
      site.pageUrl('ace-peer', '/panel?issueKey=XX-21', { issueKey: 'XX-21' }),
    );
    assert.deepEqual(await panel.json(), { status: 204, accountId: site.people[0]?.accountId });

    assert.equal(site.issue('XX-21')?.fields.customfield_10042, 'Reykjavik');
    const put = site.requests.find(({ method }) => method === 'PUT');
    assert.equal(put?.verdict.authenticated, true);
    assert.ok(put?.verdict.checks.every(({ passed }) => passed));
  } finally {
    await peer.stop();
    await site.close();
  }
});

test('it is refused by a site that it is not installed on', async () => {
  const [home, other] = [await startSandbox(), await startSandbox()];
  const peer = await startAce(home.installKeysUrl);
  try {
    // Its key host does not know the other site's key, and the framework takes that answer for a key.
    await assert.rejects(other.install(peer.descriptorUrl), /HTTP response code 400/);
    await home.install(peer.descriptorUrl);
    await home.rotateSecret('ace-peer');
    const panel = await fetch(home.pageUrl('ace-peer', '/panel?issueKey=XX-21'));
    const answer = (await panel.json()) as { status: number };
    assert.equal(answer.status, 204, 'the app must use the rotated secret');
  } finally {
    await peer.stop();
    await home.close();
    await other.close();
  }
});
