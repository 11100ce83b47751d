/** docs/operations.md, played: its commands as they are written there, while webhooks keep coming. */
import { randomBytes } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { type Sandbox, startSandbox } from 'countersign-sandbox';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import {
  type PostgresServer,
  startPostgres,
} from '../packages/countersign/test/installations/servers/postgres.ts';
import type { Handled } from './operations/app.ts';
import { expectHandled, expectNothingLost, SOON, startChanges } from './operations/changes.ts';
import { type Fleet, startFleet } from './operations/fleet.ts';
import { startForwarder } from './operations/forwarder.ts';
import { page, play, stepOf, steps, textOf } from './operations/runbook.ts';
import { root } from './processes.ts';

const APP = 'operated';
const OLD_KEY = randomBytes(32).toString('base64');
const ON_THE_WAY = "SELECT count(*) FROM countersign_queue.job WHERE state < 'completed'";

let database: PostgresServer;
beforeAll(async () => {
  database = await startPostgres();
});
afterAll(() => database?.stop());

/** The five retries of a site are over in about ten seconds, instead of half an hour. */
async function newSite(): Promise<Sandbox> {
  const site = await startSandbox({ webhookMinuteMs: 400 });
  onTestFinished(() => site.close());
  return site;
}

interface Told {
  readonly databaseUrl: string;
  readonly keys?: string;
  readonly version?: string;
  readonly commentTakesMs?: number;
}

/** Processes of the app, installed on these sites. */
async function operate(
  sites: readonly Sandbox[],
  count: number,
  { databaseUrl, keys = OLD_KEY, version = '2', commentTakesMs = 0 }: Told,
): Promise<Fleet> {
  const fleet = await startFleet(count, {
    DATABASE_URL: databaseUrl,
    COUNTERSIGN_ENCRYPTION_KEYS: keys,
    SITES: sites.map(({ url }) => url).join(','),
    VERSION: version,
    COMMENT_TAKES_MS: String(commentTakesMs),
  });
  for (const site of sites) await site.install(`${fleet.url}/atlassian-connect.json`);
  return fleet;
}

async function expectReady(fleet: Fleet): Promise<void> {
  const ready = JSON.parse(stepOf('ready').text);
  for (const process of fleet.processes) {
    await expect.poll(() => process.ready(), SOON).toEqual({ status: 200, body: ready });
  }
}

test('a new encryption key: no webhook is lost, and the old key is needed no more', async () => {
  const databaseUrl = await database.createDatabase();
  const site = await newSite();
  const fleet = await operate([site], 1, { databaseUrl, keys: OLD_KEY });
  await expectReady(fleet);
  const changes = startChanges(site);
  // For that nobody has to do anything.
  const secret = site.sharedSecret(APP);
  await site.rotateSecret(APP);
  expect(site.sharedSecret(APP)).not.toBe(secret);

  const key = (await play('new-key', fleet.environment)).trim();
  await fleet.restart({ COUNTERSIGN_ENCRYPTION_KEYS: `${key},${OLD_KEY}` });
  // Of one record with two secrets, and one setting.
  await play('reencrypt', fleet.environment, { secrets: 2 });
  await fleet.restart({ COUNTERSIGN_ENCRYPTION_KEYS: key });
  await play('reencrypted', fleet.environment, { secrets: 2 });

  const before = changes.count;
  await expect.poll(() => changes.count, SOON).toBeGreaterThan(before + 5);
  await changes.end();
  await expectNothingLost(site, fleet);
  // Neither key nor secret was ever the wrong one.
  const statuses = site.webhooks.deliveries.flatMap(({ tries }) =>
    tries.map((each) => each.status),
  );
  expect(statuses.filter((status) => status !== 202 && status !== 0)).toEqual([]);
});

test('the database fails over: Jira is told to send again, and nothing is lost', async () => {
  const site = await newSite();
  const name = new URL(await database.createDatabase()).pathname;
  // Its name leads to it, wherever it is.
  const address = await startForwarder(database.port);
  const url = new URL(name, database.url);
  url.port = String(address.port);
  const fleet = await operate([site], 2, { databaseUrl: url.href });
  await expectReady(fleet);
  const changes = startChanges(site);
  await expect.poll(() => fleet.handled().length, SOON).toBeGreaterThan(3);

  // Of the next start: a standby that can be read before it is promoted.
  await database.query('ALTER SYSTEM SET default_transaction_read_only = on');
  await database.kill();
  address.targets = [];
  const notReady = JSON.parse(stepOf('not-ready').text);
  for (const process of fleet.processes) {
    await expect.poll(() => process.ready(), SOON).toEqual({ status: 503, body: notReady });
  }
  const refused = () =>
    site.webhooks.deliveries.flatMap(({ tries }) => tries.filter(({ status }) => status === 503));
  await expect.poll(() => refused().length, SOON).toBeGreaterThan(3);

  await database.startElsewhere();
  address.targets = [database.port];
  const readOnly = { ...notReady, checks: { ...notReady.checks, store: 'ok' } };
  for (const process of fleet.processes) {
    await expect.poll(() => process.ready(), SOON).toEqual({ status: 503, body: readOnly });
  }
  const refusedBefore = refused().length;
  await expect.poll(() => refused().length, SOON).toBeGreaterThan(refusedBefore + 3);
  await database.query('ALTER SYSTEM RESET default_transaction_read_only');
  await database.query('SELECT pg_reload_conf()');
  await expectReady(fleet);

  await changes.end();
  await expectNothingLost(site, fleet);
  await play('after-failover', fleet.environment);
  for (const process of fleet.processes) {
    const messages = process.log().map(({ message }) => message);
    expect(messages).toContain('The app is not ready.');
    expect(messages).toContain('The app is ready again.');
    expect(messages).toContainEqual(
      expect.stringMatching(/^The queue of webhooks on Postgres failed .*It goes on trying\.$/),
    );
  }
  const codes = fleet.processes.flatMap((process) =>
    process
      .log()
      .flatMap(({ message, error }) => (message === 'A request failed.' ? error?.code : [])),
  );
  expect(codes.length).toBeGreaterThan(3);
  for (const code of codes) expect(code).toMatch(/^(?:STORE|QUEUE)_UNAVAILABLE$/);
});

test('a flood from one site: nobody waits for it, one more process helps, the rest is forgotten', async () => {
  const FLOOD = 300;
  const [busy, quiet] = await Promise.all([newSite(), newSite()]);
  const databaseUrl = await database.createDatabase();
  const fleet = await operate([busy, quiet], 1, { databaseUrl, commentTakesMs: 200 });
  const changes = startChanges(quiet);

  const webhook = { event: 'comment_created', payload: { issue: { id: '1' } }, log: false };
  let sent = 0;
  const send = async () => {
    while (sent < FLOOD) {
      sent++;
      expect((await busy.webhooks.send(APP, webhook)).status).toBe(202);
    }
  };
  await Promise.all(Array.from({ length: 20 }, send));

  const [busiest] = await database.query(textOf('busiest'), databaseUrl);
  expect(busiest).toEqual({ clientKey: busy.clientKey, count: expect.any(String) });
  const site = { clientKey: busy.clientKey };

  const second = await fleet.add();
  await expect
    .poll(() => fleet.handled().filter(({ pid }) => pid === second.pid).length, SOON)
    .toBeGreaterThan(5);
  await expect.poll(() => changes.count, SOON).toBeGreaterThan(10);
  // Most of the flood still waits behind what others sent after it.
  await expectHandled(
    quiet.webhooks.deliveries.slice(0, 10).map((each) => each.identifier),
    fleet,
  );
  const ofBusy = () => fleet.handled().filter(({ clientKey }) => clientKey === busy.clientKey);
  expect(ofBusy().length).toBeLessThan(FLOOD);

  const forget = textOf('forget-waiting', site).trim().replace(/;$/, ' RETURNING id');
  const forgotten = await database.query(forget, databaseUrl);
  expect(forgotten.length).toBeGreaterThan(0);
  await play('drop-dead', fleet.environment, site);
  await changes.end();
  await expectNothingLost(quiet, fleet);
  await expect.poll(() => ofBusy().length, SOON).toBe(FLOOD - forgotten.length);
  await expect.poll(() => database.query(ON_THE_WAY, databaseUrl), SOON).toEqual([{ count: '0' }]);
  await play('after-flood', fleet.environment, site);

  for (const { pid } of fleet.processes) {
    expect(mostAtOnce(ofBusy().filter((each) => each.pid === pid))).toBeLessThanOrEqual(5);
  }
  const waits = fleet
    .handled()
    .filter(({ clientKey }) => clientKey === quiet.clientKey)
    .map(({ begunAt, receivedAt }) => begunAt - receivedAt);
  expect(Math.max(...waits)).toBeLessThan(5000);
});

test('dead letters: they are seen, mended and handled', async () => {
  const site = await newSite();
  const databaseUrl = await database.createDatabase();
  const fleet = await operate([site], 1, { databaseUrl, version: '1' });
  const changes = startChanges(site);
  const anonymous: string[] = [];
  for (const key of ['XX-20', 'XX-21']) {
    const payload = { issue: { id: site.issue(key)?.id, key } };
    const sent = await site.webhooks.send(APP, { event: 'jira:issue_updated', payload });
    expect(sent.status).toBe(202);
    anonymous.push(sent.identifier);
  }
  await expect.poll(() => died(fleet), SOON).toHaveLength(2);

  const listed = await play('dead-letters', fleet.environment);
  const [id = ''] = /^[0-9a-f-]{36}$/m.exec(listed) ?? [];
  const shown = await play('show', fleet.environment, { id });
  expect(shown).toContain('"webhookEvent": "jira:issue_updated"');
  expect(shown).not.toContain('displayName":');

  await fleet.restart({ VERSION: '2' });
  await play('retry', fleet.environment);
  await expectHandled(anonymous, fleet);
  await changes.end();
  await expectNothingLost(site, fleet);
  await play('no-dead-letters', fleet.environment);
});

test('every step of the page is played here, and every name on it is real', () => {
  const source = readFileSync(new URL(import.meta.url), 'utf8');
  const used = [...source.matchAll(/\b(?:play|stepOf|textOf)\('([\w-]+)'/g)].map(
    ([, name]) => name,
  );
  // That one is part of every other.
  expect(new Set([...used, 'environment'])).toEqual(new Set(steps.keys()));
  // A command that is shown is a step, but for those of the hosts.
  expect(page.match(/^ *```(?!text)\w+$/gm)).toBeNull();

  const library = globSync('packages/countersign/src/**/*.ts', { cwd: root })
    .map((file) => readFileSync(`${root}${file}`, 'utf8'))
    .join('\n');
  const lines = [...page.matchAll(/^\| (?:info|warn|error) \| (.+?) \|/gm)].flatMap(
    ([, cell = '']) => [...cell.matchAll(/`([^`]+)`/g)].map(([, line = '']) => line),
  );
  expect(lines.length).toBeGreaterThan(10);
  const names = [...page.matchAll(/`(countersign\.[\w.]+|(?:QUEUE|STORE|KEY)_\w*[A-Z])`/g)].map(
    ([, name = '']) => name,
  );
  expect(names.length).toBeGreaterThan(8);
  const parts = lines.flatMap((line) => line.split('…')).map((part) => part.trim());
  expect([...parts, ...names].filter((text) => !library.includes(text))).toEqual([]);
});

/** Which have failed for the last time, by the log. */
function died(fleet: Fleet): object[] {
  const last = 'A webhook failed for the last time; it is a dead letter now.';
  return fleet.processes.flatMap((process) =>
    process.log().filter(({ message }) => message === last),
  );
}

/** How many of these were under way at the same time. */
function mostAtOnce(handled: readonly Handled[]): number {
  const ends = handled.flatMap(({ begunAt, endedAt }) => [
    { at: begunAt, step: 1 },
    { at: endedAt, step: -1 },
  ]);
  // What ends and begins within one millisecond was not at once.
  ends.sort((one, other) => one.at - other.at || one.step - other.step);
  let now = 0;
  return Math.max(...ends.map(({ step }) => (now += step)));
}
