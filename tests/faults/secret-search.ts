/** Lets an app keep marked secrets in a store, and looks for them in all that is left of it. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect } from 'vitest';
import { root } from '../processes.ts';
import { type AppSettings, startApp } from './app-process.ts';
import {
  APP_KEY,
  APP_URL,
  callbackToken,
  request,
  type Sender,
  sendCallback,
  startJira,
  status,
} from './jira.ts';
import { createMarker, type Marker } from './marker.ts';

/** Where an app keeps installations, and what can be had of it from outside. */
export interface SearchedStore {
  /** For the app. */
  readonly store: string;
  /** For the command line, where it is called otherwise. */
  readonly exported?: string;
  /** All that a dump would hold. */
  readonly dump?: () => Promise<string>;
  /** Where the files of the database are. */
  readonly folder: string;
  /** Ends and starts the database: its files are read while it is down. */
  readonly database?: { kill(): Promise<void>; start(): Promise<void> };
}

/** Where marked secrets were found. */
interface Finds {
  readonly files: string[];
  readonly dump: string[];
  readonly exported: string[];
  readonly printed: string[];
}

/** With a key, no marked secret is found anywhere; without one they are found, so that the search is known to find. */
export async function expectSecretsToBeSealed(
  newStore: () => Promise<SearchedStore>,
): Promise<void> {
  const key = Buffer.alloc(32, 3).toString('base64');
  const sealed = await search(await newStore(), key);
  expect(sealed).toEqual({ files: [], dump: [], exported: [], printed: [] });

  const inClear = await newStore();
  const clear = await search(inClear, undefined);
  expect(clear.files.length).toBeGreaterThan(0);
  if (inClear.dump !== undefined) expect(clear.dump).toEqual(['as it is']);
  expect(clear.exported).toEqual(['as it is']);
  // What is printed never holds a secret.
  expect(clear.printed).toEqual([]);
}

async function search(searched: SearchedStore, encryptionKeys: string | undefined): Promise<Finds> {
  const { store, dump, folder, database } = searched;
  const marker = createMarker();
  const printed = await leaveTraces(marker, store, encryptionKeys, database);
  const dumped = (await dump?.()) ?? '';
  const exported = await exportStore(searched.exported ?? store, encryptionKeys === undefined);
  await database?.kill();
  const files = marker.inFolder(folder);
  await database?.start();
  return {
    files,
    dump: marker.in(dumped),
    exported: marker.in(exported),
    printed: marker.in(printed),
  };
}

/** @returns all that the processes printed. */
async function leaveTraces(
  marker: Marker,
  store: string,
  encryptionKeys: string | undefined,
  database: SearchedStore['database'],
): Promise<string> {
  const { keyHost, sitePort } = await startJira();
  const settings: AppSettings = {
    appKey: APP_KEY,
    appUrl: APP_URL,
    store,
    encryptionKeys,
    keyHost,
    sitePort,
  };
  const app = await startApp(settings);
  const senders = await Promise.all(
    ['client-1', 'client-2', 'client-3'].map((clientKey) =>
      keepSecrets(app.url, clientKey, marker),
    ),
  );
  const [sender, gone] = senders as [Sender, Sender];
  await provokeRefusals(app.url, sender, marker);
  const at = Date.now();
  const uninstall = { event: 'uninstalled', clientKey: gone.clientKey, at } as const;
  expect(await sendCallback(app.url, { ...uninstall, siteUrl: '', sharedSecret: '' })).toBe(204);

  let printed = '';
  if (encryptionKeys !== undefined) {
    const stranger = await startApp({
      ...settings,
      encryptionKeys: Buffer.alloc(32, 4).toString('base64'),
    });
    expect(await request(stranger.url, sender)).toBe(503);
    printed += stranger.output;
    await stranger.kill();
  }
  if (database !== undefined) {
    await database.kill();
    expect(await request(app.url, sender, settingRequest('late', marker.secret()))).toBe(503);
    expect(
      await sendCallback(app.url, {
        event: 'installed',
        clientKey: 'client-4',
        at,
        siteUrl: 'https://site-4.atlassian.net',
        sharedSecret: marker.secret(),
      }),
    ).toBe(503);
    await database.start();
  }
  // So that what it keeps beside the database, such as a log of writes, stays as it is.
  await app.kill();
  expect(app.output).toContain('The installation was stored.');
  return printed + app.output;
}

/** Installs, rotates twice, and keeps settings, one of them only for a while. */
async function keepSecrets(url: string, clientKey: string, marker: Marker): Promise<Sender> {
  let sharedSecret = '';
  for (let event = 0; event < 3; event++) {
    sharedSecret = marker.secret();
    const at = Math.floor(Date.now() / 1000) * 1000 - 60_000 + event * 1000;
    const siteUrl = `https://${clientKey}.atlassian.net`;
    const callback = { event: 'installed', clientKey, sharedSecret, siteUrl, at } as const;
    expect(await sendCallback(url, callback)).toBe(204);
  }
  const sender = { clientKey, sharedSecret };
  const short = marker.secret();
  const long = Array.from({ length: 40 }, () => marker.secret()).join(' ');
  for (const [name, value] of [
    ['token', marker.secret()],
    ['token', short],
    ['tokens', long],
    ['passing', marker.secret()],
  ] as const) {
    expect(await request(url, sender, settingRequest(name, value))).toBe(200);
  }
  expect(await request(url, sender, { method: 'DELETE', path: '/who?setting=passing' })).toBe(200);
  return sender;
}

function settingRequest(name: string, value: string) {
  return { method: 'PUT', path: `/who?setting=${name}`, body: JSON.stringify(value) };
}

/** What is refused is logged. */
async function provokeRefusals(url: string, sender: Sender, marker: Marker): Promise<void> {
  const { clientKey } = sender;
  const siteUrl = `https://${clientKey}.atlassian.net`;
  const event = { event: 'installed', clientKey, siteUrl, at: Date.now() } as const;
  const installed = { ...event, sharedSecret: marker.secret() };
  const refusals = [
    request(url, { clientKey, sharedSecret: marker.secret() }),
    request(url, { clientKey: 'nobody', sharedSecret: marker.secret() }),
    request(url, sender, settingRequest('large', marker.secret().repeat(2000))),
    sendCallback(url, { ...installed, siteUrl: 'https://site.example.com' }),
    sendCallback(url, { ...installed, body: `{"sharedSecret":"${installed.sharedSecret}",` }),
    sendCallback(url, { ...installed, body: JSON.stringify({ ...installed, key: 'other-app' }) }),
    sendCallback(url, { ...installed, body: installed.sharedSecret.repeat(2000) }),
    status(`${url}/who`, { headers: { authorization: `JWT ${marker.secret()}` } }),
    status(`${url}/who?jwt=${encodeURIComponent(marker.secret())}`),
  ];
  for (const refusal of await Promise.all(refusals)) expect(refusal).toBeGreaterThanOrEqual(400);
  const token = await callbackToken(event as typeof installed);
  await sendCallback(url, { ...installed, sharedSecret: sender.sharedSecret, token });
  expect(await sendCallback(url, { ...installed, token })).toBe(401);
}

async function exportStore(store: string, clear: boolean): Promise<string> {
  const command = ['packages/countersign/dist/cli/main.js', 'installations', 'export'];
  const { stdout, stderr } = await promisify(execFile)(
    process.execPath,
    [...command, ...(clear ? ['--clear'] : [])],
    { cwd: root, env: { ...process.env, COUNTERSIGN_STORE: store }, maxBuffer: 2 ** 26 },
  );
  expect(stdout.split('\n').length).toBeGreaterThan(6);
  return stdout + stderr;
}

/** The rows of all tables as text. */
export async function dumpTables(
  query: (sql: string) => Promise<Record<string, unknown>[]>,
): Promise<string> {
  const tables = await query(
    `SELECT table_name AS name FROM information_schema.tables WHERE table_name LIKE 'countersign%'`,
  );
  const rows = [];
  for (const { name } of tables) rows.push(...(await query(`SELECT * FROM ${name}`)));
  const values = rows.flatMap((row) => Object.values(row));
  expect(values.length).toBeGreaterThan(20);
  return values
    .map((value) => (Buffer.isBuffer(value) ? value.toString('latin1') : String(value)))
    .join('\n');
}
