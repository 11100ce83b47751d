import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createApp, sqliteStore } from 'countersign';
import { type Sandbox, startSandbox } from 'countersign-sandbox';
import { expect, onTestFinished, test } from 'vitest';
import descriptor from '../../examples/issue-locator/atlassian-connect.json' with { type: 'json' };
import {
  appId,
  installOnForge,
  manifest,
  type RunningExample,
  resources,
  startExample,
} from '../issue-locator.ts';
import { root } from '../processes.ts';

const FIELD = 'customfield_10042';
const APP = 'issue-locator';

async function startSite(): Promise<Sandbox> {
  const site = await startSandbox();
  onTestFinished(() => site.close());
  return site;
}

interface State {
  issueKey: string;
  location: string | null;
  suggested: string | null;
  places: { name: string }[];
}

/** The panel of an issue, as either host opens it and sends its form. */
interface Panel {
  state(issueKey: string): Promise<State>;
  save(issueKey: string, location: string): Promise<{ status: number; body: unknown }>;
}

function panelOnConnect(site: Sandbox, app: RunningExample): Panel {
  return {
    async state(issueKey) {
      const headers = { authorization: `JWT ${site.contextToken(APP, { issueKey })}` };
      const answer = await fetch(`${app.url}/location`, { headers });
      return (await answer.json()) as State;
    },
    async save(issueKey, location) {
      const token = site.contextToken(APP, { issueKey });
      const answer = await fetch(`${app.url}/locate`, {
        method: 'POST',
        headers: { authorization: `JWT ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ location }),
      });
      return { status: answer.status, body: await answer.json() };
    },
  };
}

function panelOnForge(site: Sandbox): Panel {
  return {
    async state(issueKey) {
      const { text } = await site.forge.invoke({ issueKey, path: '/location' });
      return JSON.parse(text) as State;
    },
    async save(issueKey, location) {
      const { status, text } = await site.forge.invoke({
        issueKey,
        path: '/locate',
        body: { location },
      });
      return { status, body: JSON.parse(text) };
    },
  };
}

/** What the handlers asked of Jira since a moment. Just after an install the library may ask for a property of the app. */
function callsSince(site: Sandbox, seen: number) {
  return site.requests
    .slice(seen)
    .filter(({ direction, path }) => direction === 'inbound' && path.includes('/rest/api/'));
}

test('one module has the handlers for both hosts, and it does not know which one called', () => {
  const folder = `${root}examples/issue-locator/src`;
  const main = readFileSync(`${folder}/main.ts`, 'utf8');
  const handlers = readFileSync(`${folder}/handlers.ts`, 'utf8');
  // Each handler stands at one route, and that route accepts the tokens of both.
  const uses = main.match(
    /authenticate\(app, \{ accept: \[.*?\] \}\)[\s\S]*?(showLocation|saveLocation)/g,
  );
  expect(uses).toHaveLength(2);
  for (const use of uses ?? []) expect(use).toMatch(/'(request|context)', 'forge'/);
  expect(main.match(/server\.(get|post|put|all)\(/g)).toHaveLength(2);
  const code = handlers.replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '');
  expect(code).toContain('editIssue');
  expect(code).not.toMatch(/forge|connect|tokenKind|siteUrl|apiBaseUrl|claims|process\.env/i);
});

test('the manifest is what the command writes from the descriptor, but for what an author edits', () => {
  const { status, stdout } = spawnSync(
    process.execPath,
    [
      `${root}packages/countersign/dist/cli/main.js`,
      ...['forge', 'manifest', '--native', '--remote-url', 'https://app.example.com'],
      ...['--descriptor', `${root}examples/issue-locator/atlassian-connect.json`],
    ],
    { encoding: 'utf8' },
  );
  expect(status).toBe(0);
  const linesOf = (text: string) =>
    text
      .replace(/(^| +)#.*$/gm, '')
      .split('\n')
      .filter(Boolean);
  const without = (lines: string[], others: string[]) => {
    const left = [...others];
    return lines.filter((line) => {
      const at = left.indexOf(line);
      if (at >= 0) left.splice(at, 1);
      return at < 0;
    });
  };
  const [written, ours] = [linesOf(stdout), linesOf(manifest)];
  expect(without(ours, written)).toEqual([
    `  id: ${appId}`,
    '  name: Issue Locator',
    '      inScopeEUD: false',
  ]);
  expect(without(written, ours)).toEqual([
    '  id: ari:cloud:ecosystem::app/invalid-run-forge-register',
    '      inScopeEUD: true',
    '    - manage:jira-project',
    '    - read:jira-user',
  ]);
});

test('the same app does the same by Connect and by Forge', async () => {
  const outcomes = [];
  for (const host of ['connect', 'forge']) {
    const site = await startSite();
    const app = await startExample(site);
    if (host === 'connect') await site.install(`${app.url}/atlassian-connect.json`);
    else await installOnForge(site, app);
    const panel = host === 'connect' ? panelOnConnect(site, app) : panelOnForge(site);
    const seen = site.requests.length;
    const outcome = {
      before: site.issue('XX-21')?.fields[FIELD],
      shown: await panel.state('XX-21'),
      saved: await panel.save('XX-21', 'Lisbon'),
      after: site.issue('XX-21')?.fields[FIELD],
      shownAgain: await panel.state('XX-21'),
      // Closed, and its workflow forbids editing.
      closed: await panel.save('XX-22', 'Berlin'),
      closedAfter: site.issue('XX-22')?.fields[FIELD],
      refused: await panel.save('XX-21', 'Atlantis'),
    };
    outcomes.push(outcome);
    const calls = callsSince(site, seen);
    expect(calls.length).toBeGreaterThan(0);
    const gateway = `/ex/jira/${site.forge.cloudId}/rest/`;
    for (const { path, verdict } of calls) {
      expect(path.startsWith(host === 'forge' ? gateway : '/rest/'), path).toBe(true);
      // Only what a user may do is asked as that user, and on Forge alone.
      const as = host === 'forge' && path.includes('/permissions/check') ? 'user' : 'app';
      expect(verdict, path).toMatchObject({ authenticated: true, as });
    }
    expect(await app.end()).toBe(0);
  }
  const [byConnect, byForge] = outcomes;
  expect(byForge).toEqual(byConnect);
  expect(byForge).toMatchObject({
    before: null,
    shown: { issueKey: 'XX-21', location: null },
    saved: { status: 200, body: { issueKey: 'XX-21', location: 'Lisbon' } },
    after: 'Lisbon',
    shownAgain: { location: 'Lisbon' },
    closedAfter: 'Berlin',
    refused: { status: 400 },
  });
});

test('nobody else gets in: no token, a token of another site, a Forge token of another app or a forged one', async () => {
  const site = await startSite();
  const app = await startExample(site);
  await installOnForge(site, app);
  const seen = site.requests.length;
  const withToken = async (authorization?: string) => {
    const headers = authorization === undefined ? {} : { authorization };
    return (await fetch(`${app.url}/location`, { headers })).status;
  };
  const forged = [
    { appId: 'ari:cloud:ecosystem::app/00000000-1111-4222-8333-444444444444' },
    { expired: true },
    { algorithm: 'HS256' },
    { algorithm: 'none' },
    { otherSignature: true },
  ] as const;
  expect(await withToken()).toBe(401);
  for (const changes of forged) {
    const token = await site.forge.invocationToken({ issueKey: 'XX-21' }, changes);
    expect(await withToken(`Bearer ${token}`), JSON.stringify(changes)).toBe(401);
  }
  const other = await startSite();
  await other.install(`${(await startExample(other)).url}/atlassian-connect.json`);
  const foreign = other.contextToken(APP, { issueKey: 'XX-21' });
  expect(await withToken(`JWT ${foreign}`)).toBe(401);
  expect(callsSince(site, seen)).toEqual([]);
  const good = await site.forge.invocationToken({ issueKey: 'XX-21' });
  expect(await withToken(`Bearer ${good}`)).toBe(200);
});

test('a live installation moves from Connect over Connect-on-Forge to Forge alone, and nothing is lost', async () => {
  const site = await startSite();
  const app = await startExample(site);

  // Connect: the app writes a field, and keeps a setting.
  await site.install(`${app.url}/atlassian-connect.json`);
  const connect = panelOnConnect(site, app);
  await connect.save('XX-21', 'Sydney');
  const { clientKey } = site;
  const firstSecret = site.sharedSecret(APP);

  // Connect-on-Forge: the installed event carries the installationId, and both hosts serve.
  const both = await site.forge.migrate(APP, { to: 'both', appId });
  const told = site.requests.filter(({ path }) => path === '/installed');
  expect(told.map(({ status }) => status)).toEqual([204, 204]);
  expect(await connect.state('XX-22')).toMatchObject({ suggested: 'Sydney' });
  const forge = panelOnForge(site);
  expect(await forge.state('XX-22')).toMatchObject({ location: null, suggested: 'Sydney' });

  // Forge alone: the example's own manifest, and an event that brings a token for what runs in the background.
  const alone = await site.forge.migrate(APP, {
    to: 'forge',
    manifest,
    remoteUrl: app.url,
    resources,
  });
  expect(alone.installationId).toBe(both.installationId);
  expect(site.apps).toEqual([]);
  const fresh = await site.forge.runScheduled('forge-fresh-tokens');
  expect(fresh).toMatchObject({ attempts: [{ accepted: true }] });

  const seen = site.requests.length;
  expect(site.issue('XX-21')?.fields[FIELD]).toBe('Sydney');
  expect(await forge.state('XX-21')).toMatchObject({ location: 'Sydney' });
  expect(await forge.state('XX-22')).toMatchObject({ location: null, suggested: 'Sydney' });
  expect((await forge.save('XX-22', 'Toronto')).status).toBe(200);
  expect(site.issue('XX-22')?.fields[FIELD]).toBe('Toronto');
  const gateway = `/ex/jira/${site.forge.cloudId}/rest/`;
  expect(callsSince(site, seen).every(({ path }) => path.startsWith(gateway))).toBe(true);
  expect(await app.end()).toBe(0);

  // Outside of any request, by each of its ids, with a secret that no token could be made with.
  const store = sqliteStore(app.database);
  onTestFinished(() => store.close?.());
  const records = await store.list();
  expect(records).toHaveLength(1);
  const [record] = records;
  expect(record?.clientKey).toBe(clientKey);
  expect(record?.sharedSecret).not.toBe(firstSecret);
  if (record === undefined) return;
  const spoilt = { ...record, sharedSecret: 'no longer needed', previousSecrets: [] };
  expect(await store.put({ ...spoilt, revision: record.revision + 1 })).toBe(true);
  const background = createApp({
    descriptor,
    appUrl: app.url,
    store,
    encryptionKeys: 'none',
    allowedSites: [site.url],
    forge: { appId, gatewayUrls: [site.url], keySetUrl: site.forge.keySetUrl },
  });
  for (const id of [clientKey, alone.installationId, alone.cloudId]) {
    const before = site.requests.length;
    expect(await background.settings(id).get('lastLocation')).toBe('Toronto');
    const issue = await background.jira(id).get<{ key: string }>('/rest/api/3/issue/XX-21');
    expect(issue.key).toBe('XX-21');
    const [call] = callsSince(site, before);
    expect(call?.path.startsWith(gateway)).toBe(true);
    expect(call?.verdict).toMatchObject({ authenticated: true, as: 'app' });
  }
});
