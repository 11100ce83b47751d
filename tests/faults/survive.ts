/** The fault test, on any store. */
import { setTimeout as pause } from 'node:timers/promises';
import { encryptedStore, type InstallationRecord, type InstallationStore } from 'countersign';
import { expect, onTestFailed } from 'vitest';
import { type AppProcess, startApp } from './app-process.ts';
import { type Fault, type SentInstall, sendStorm } from './install-storm.ts';
import { APP_KEY, APP_URL, request, sendCallback, startJira } from './jira.ts';
import { below, type Random, seededRandom } from './random.ts';

export interface Survival {
  /** For the app. */
  readonly store: string;
  /** The same for the test. */
  readonly openStore: () => InstallationStore;
  /** The clientKey of each row that the database holds. */
  readonly rows?: () => Promise<string[]>;
  /** How many processes the app has. */
  readonly processes: number;
  /** What is killed and started again once. */
  readonly database?: { kill(): Promise<void>; start(): Promise<void> };
}

const CLIENT_KEYS = 120;
const INSTALLS = 500;
const KILLS = 6;
const ENCRYPTION_KEYS: string = Buffer.alloc(32, 7).toString('base64');

/**
 * Sends 500 installs to an app whose processes, and whose database, are killed meanwhile; then looks at what is
 * stored, and at whom the processes let in.
 */
export async function surviveFaults(survival: Survival): Promise<void> {
  const seed = Number(process.env.FAULT_SEED ?? below(2 ** 32, Math.random));
  onTestFailed(() => console.error(`The faults came from the seed ${seed}: FAULT_SEED=${seed}`));
  const random = seededRandom(seed);
  const { keyHost, sitePort } = await startJira();
  const settings = {
    appKey: APP_KEY,
    appUrl: APP_URL,
    store: survival.store,
    encryptionKeys: ENCRYPTION_KEYS,
    // So that a secret that was replaced is known by being refused.
    previousSecretSeconds: 0,
    keyHost,
    sitePort,
  };
  const processes = await Promise.all(
    Array.from({ length: survival.processes }, () => startApp(settings)),
  );
  const faults = planFaults(processes, survival, random);
  const sent = await sendStorm({
    processes,
    clientKeys: CLIENT_KEYS,
    installs: INSTALLS,
    faults,
    random,
  });

  expect(sent.filter(({ isAcknowledged }) => isAcknowledged)).toHaveLength(INSTALLS);
  // Or else the faults struck nothing.
  expect(sent.length).toBeGreaterThan(INSTALLS);
  const byKey = Map.groupBy(sent, ({ clientKey }) => clientKey);
  const store = encryptedStore(survival.openStore(), ENCRYPTION_KEYS);
  const raw = survival.openStore();
  try {
    const records = await allRecords(store);
    expect(records.map(({ clientKey }) => clientKey).sort()).toEqual([...byKey.keys()].sort());
    if (survival.rows !== undefined) {
      expect((await survival.rows()).sort()).toEqual([...byKey.keys()].sort());
    }
    const stored = new Map(records.map((record) => [record.clientKey, record]));
    const writes = reportedWrites(processes);
    for (const [clientKey, installs] of byKey) {
      const record = stored.get(clientKey) as InstallationRecord;
      expect(problemOf(record, installs, writes.get(clientKey) ?? 0), clientKey).toBeUndefined();
      const ofSite = await raw.findBySiteUrl(record.siteUrl);
      expect(ofSite.map((found) => found.clientKey)).toEqual([clientKey]);
      expect(ofSite[0]?.sharedSecret).toMatch(/^cs2:/);
    }
    // A process that read a record just before another one replaced it, and is not told, looks again after a second.
    await pause(1000);
    await Promise.all(processes.map((process) => expectDoorkeeper(process, byKey, stored)));
  } finally {
    await Promise.all([store.close?.(), raw.close?.()]);
  }
}

/** Kills at random moments; in the middle, the database, and a process that comes back before it. */
function planFaults(
  processes: readonly AppProcess[],
  { database }: Survival,
  random: Random,
): Fault[] {
  const victim = () => processes[below(processes.length, random)] as AppProcess;
  const killProcess = async () => {
    const process = victim();
    await pause(below(20, random));
    await process.kill();
    await pause(below(200, random));
    await process.start();
  };
  const killDatabase = async () => {
    await database?.kill();
    await killProcess();
    await database?.start();
  };
  const middle = Math.floor(KILLS / 2);
  // One in each part, so that they come neither all at once nor when all is done.
  const part = Math.floor((INSTALLS - 60) / KILLS);
  return Array.from({ length: KILLS }, (_, index) => ({
    after: 20 + index * part + below(part, random),
    strike: index === middle ? killDatabase : killProcess,
  }));
}

async function allRecords(store: InstallationStore): Promise<InstallationRecord[]> {
  const records: InstallationRecord[] = [];
  for (;;) {
    const after = records.at(-1)?.clientKey;
    const page = await store.list({ limit: 50, ...(after === undefined ? {} : { after }) });
    records.push(...page);
    if (page.length < 50) return records;
  }
}

/** How many writes of each record the processes wrote into their logs. */
function reportedWrites(processes: readonly AppProcess[]): ReadonlyMap<string, number> {
  const writes = new Map<string, number>();
  for (const { output } of processes) {
    for (const [, key = ''] of output.matchAll(
      /installation was stored\. .*"clientKey":"(.*?)"/g,
    )) {
      writes.set(key, (writes.get(key) ?? 0) + 1);
    }
  }
  return writes;
}

/**
 * What is stored must have been sent, as it is; and not before the newest install that was acknowledged. A later one
 * whose answer was lost may be there or not. Each write counts one revision: two of the same would be one that was
 * written over unseen.
 */
function problemOf(
  { changedAt, sharedSecret, siteUrl, revision }: InstallationRecord,
  sent: readonly SentInstall[],
  writes: number,
): string | undefined {
  const origin = sent.find(({ at }) => at === changedAt);
  if (origin === undefined) return 'nothing was sent at the time of what is stored';
  if (origin.sharedSecret !== sharedSecret) return 'the secret is that of another install';
  if (origin.siteUrl !== siteUrl) return 'the site is that of another install';
  if (origin.at < newestAcknowledged(sent).at) return 'an acknowledged install is lost';
  if (revision < writes) return `revision ${revision} after ${writes} writes`;
  if (revision > sent.length) return `revision ${revision} after ${sent.length} installs`;
  return undefined;
}

function newestAcknowledged(sent: readonly SentInstall[]): SentInstall {
  return sent
    .filter(({ isAcknowledged }) => isAcknowledged)
    .reduce((newest, install) => (install.at > newest.at ? install : newest));
}

/** A process lets in whoever has the newest secret, and nobody with another one; a used token is used. */
async function expectDoorkeeper(
  process: AppProcess,
  sent: ReadonlyMap<string, readonly SentInstall[]>,
  stored: ReadonlyMap<string, InstallationRecord>,
): Promise<void> {
  for (const [clientKey, installs] of sent) {
    const { sharedSecret } = stored.get(clientKey) as InstallationRecord;
    expect(await request(process.url, { clientKey, sharedSecret }), clientKey).toBe(200);
    const older = installs.find((install) => install.sharedSecret !== sharedSecret);
    if (older !== undefined) {
      expect(await request(process.url, older), `${clientKey}, older secret`).toBe(401);
    }
    const used = newestAcknowledged(installs);
    const replay = await sendCallback(process.url, { ...used, event: 'installed' });
    expect(replay, `${clientKey}, used token`).toBe(401);
  }
}
