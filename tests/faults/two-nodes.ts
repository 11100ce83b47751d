/** What one node of an app knows of a change that another node was told, on any store that both share. */
import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'vitest';
import { type AppProcess, type AppSettings, startApp } from './app-process.ts';
import {
  APP_KEY,
  APP_URL,
  type Jira,
  request,
  requestToken,
  type Sender,
  sendCallback,
  startJira,
  status,
} from './jira.ts';
import { startListenerProxy } from './proxy.ts';

/** A server that both nodes connect to. */
export interface SharedServer {
  readonly name: string;
  readonly port: number;
  /** A store of its own for each call. */
  newStore(): Promise<string>;
  /** What a connection sends that wants to hear of changes. */
  readonly listens: RegExp;
}

/** Two nodes, and what Jira tells them. */
interface Nodes {
  readonly jira: Jira;
  /** Is told of changes. */
  readonly told: AppProcess;
  /** Hears of them, or does not. */
  readonly other: AppProcess;
}

const ENCRYPTION_KEYS: string = Buffer.alloc(32, 9).toString('base64');

async function startNodes(
  store: string,
  common: Partial<AppSettings>,
  ofOther: Partial<AppSettings> = {},
): Promise<Nodes> {
  const jira = await startJira();
  const { keyHost, sitePort } = jira;
  const encryptionKeys = ENCRYPTION_KEYS;
  const base = { appKey: APP_KEY, appUrl: APP_URL, store, encryptionKeys, keyHost, sitePort };
  const [told, other] = await Promise.all([
    startApp({ ...base, ...common }),
    startApp({ ...base, ...common, ...ofOther }),
  ]);
  return { jira, told, other };
}

/** An installation whose events come one second after another, beginning some minutes ago. */
class Installation {
  readonly clientKey: string = `client-${crypto.randomUUID()}`;
  sharedSecret = '';
  readonly #nodes: Nodes;
  #at: number = Math.floor(Date.now() / 1000) * 1000 - 300_000;

  constructor(nodes: Nodes) {
    this.#nodes = nodes;
  }

  /** Installs the app, or brings it a new secret. @returns the sender that the site was before. */
  async install(): Promise<Sender> {
    const { clientKey, sharedSecret: before } = this;
    this.sharedSecret = `secret-${crypto.randomUUID()}`;
    this.#nodes.jira.secrets.add(this.sharedSecret);
    await this.#tell('installed');
    return { clientKey, sharedSecret: before };
  }

  uninstall(): Promise<void> {
    return this.#tell('uninstalled');
  }

  /** Until the other node knows the installation as it is now. */
  async warm(): Promise<void> {
    await until(async () => (await request(this.#nodes.other.url, this)) === 200);
  }

  /** Which of its secrets the other node signs with; undefined where it does not sign. */
  async signedBy(): Promise<string | undefined> {
    const { other, jira } = this.#nodes;
    const response = await fetch(`${other.url}/sign?clientKey=${this.clientKey}`);
    if (response.status !== 200) return undefined;
    const { signedWith } = (await response.json()) as { signedWith: number };
    return [...jira.secrets][signedWith];
  }

  async #tell(event: 'installed' | 'uninstalled'): Promise<void> {
    const { jira, told } = this.#nodes;
    this.#at += 1000;
    const { clientKey, sharedSecret } = this;
    const callback = { event, clientKey, sharedSecret, at: this.#at, siteUrl: jira.siteUrl };
    expect(await sendCallback(told.url, callback)).toBe(204);
  }
}

/** @returns how long it took, in milliseconds. */
async function until(isSo: () => Promise<boolean>): Promise<number> {
  const start = performance.now();
  while (!(await isSo())) {
    if (performance.now() - start > 20_000) throw new Error('It did not come to it in 20 s.');
    await pause(2);
  }
  return performance.now() - start;
}

const ROUNDS = 5;
const PREVIOUS_SECRET_SECONDS = 2;

/**
 * What one node was told, the other one acts upon within a second. What is known is good for ten minutes here, so
 * that nothing but a notification can bring it.
 *
 * The promise is a second at the median; a single round may take three, because a machine that runs other tests
 * beside this one can stop any process for that long.
 */
export async function expectChangesToBeHeard(server: SharedServer): Promise<void> {
  const nodes = await startNodes(await server.newStore(), {
    cache: { maxAgeMs: 600_000 },
    previousSecretSeconds: PREVIOUS_SECRET_SECONDS,
  });
  const { other } = nodes;
  const uninstalls: number[] = [];
  const rotations: number[] = [];
  let rotated: { installation: Installation; before: Sender; at: number } | undefined;
  for (let round = 0; round < ROUNDS; round++) {
    const gone = new Installation(nodes);
    await gone.install();
    await gone.warm();
    expect(await gone.signedBy()).toBe(gone.sharedSecret);
    await gone.uninstall();
    uninstalls.push(await until(async () => (await request(other.url, gone)) === 401));
    expect(await gone.signedBy()).toBeUndefined();

    const installation = new Installation(nodes);
    await installation.install();
    await installation.warm();
    const before = await installation.install();
    const at = performance.now();
    // Asked to sign, it has no token that could tell it of the new secret.
    rotations.push(
      await until(async () => (await installation.signedBy()) === installation.sharedSecret),
    );
    expect(await request(other.url, installation)).toBe(200);
    rotated = { installation, before, at };
  }
  expectWithinASecond(`${server.name}: an uninstall is heard of`, uninstalls);
  expectWithinASecond(`${server.name}: a rotation is heard of`, rotations);

  const { installation, before, at } = rotated as NonNullable<typeof rotated>;
  const endsAt = at + PREVIOUS_SECRET_SECONDS * 1000;
  const token = await requestToken(before);
  const repeated = () => status(`${other.url}/who`, { headers: { authorization: `JWT ${token}` } });
  // On a machine that stood still it may be over; then there is nothing to see.
  if (performance.now() < endsAt - 1000) expect(await repeated()).toBe(200);
  await pause(endsAt - performance.now());
  expect(await request(other.url, before), 'replaced secret').toBe(401);
  expect(await repeated(), 'token that was let in before').toBe(401);
  expect(await request(other.url, installation)).toBe(200);
}

function expectWithinASecond(what: string, times: readonly number[]): void {
  const sorted = times.toSorted((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)] as number;
  const longest = sorted.at(-1) as number;
  console.log(`${what} after ${median.toFixed(0)} ms, at most ${longest.toFixed(0)} ms`);
  expect(median).toBeLessThan(1000);
  expect(longest).toBeLessThan(3000);
}

const MAX_AGE_MS = 1500;

/** How a node comes to hear nothing: it was told not to listen, or its connection is cut, or brings nothing more. */
type Deafness = 'off' | 'closed' | 'silent';

/**
 * A node that hears nothing of changes lets in, and signs with, what it knew for no longer than the bound. It is
 * counted from the answer to the change until a request is sent: what is sent later must see the change, without any
 * tolerance.
 */
export async function expectBoundToHold(server: SharedServer): Promise<void> {
  // All at once: most of it is waiting.
  await Promise.all([
    boundHolds(server, 'off'),
    boundHolds(server, 'closed'),
    boundHolds(server, 'silent'),
  ]);
}

async function boundHolds(server: SharedServer, how: Deafness): Promise<void> {
  const store = await server.newStore();
  const proxy = await startListenerProxy(server.port, server.listens);
  const nodes = await startNodes(
    store,
    { cache: { maxAgeMs: MAX_AGE_MS }, previousSecretSeconds: 0 },
    how === 'off' ? { notifications: false } : { store: throughPort(store, proxy.port) },
  );
  if (how !== 'off') {
    await hearSomething(nodes);
    proxy.takeListeners(how);
    expect(proxy.taken, how).toBeGreaterThan(0);
  }
  const seen = (await Promise.all(probes.map((probe) => watchAfterChange(probe, nodes)))).flat();
  const old = seen.filter(({ isOld }) => isOld);
  // Or else it was told of the change after all.
  expect(old.length, how).toBeGreaterThan(0);
  expect(
    old.filter(({ sentAfterMs }) => sentAfterMs > MAX_AGE_MS),
    how,
  ).toEqual([]);
}

/** The other node listens when it is first asked something; the proxy must have seen that. */
async function hearSomething(nodes: Nodes): Promise<void> {
  await until(async () => {
    const installation = new Installation(nodes);
    await installation.install();
    await installation.warm();
    await installation.uninstall();
    const heardAfter = await until(
      async () => (await request(nodes.other.url, installation)) === 401,
    );
    return heardAfter < MAX_AGE_MS / 2;
  });
}

/** Something that a node does otherwise once it knows of a change. */
interface Probe {
  readonly what: string;
  change(installation: Installation): Promise<unknown>;
  /** True while the node does what it did before the change. */
  isOld(installation: Installation, before: Sender, nodes: Nodes): Promise<boolean>;
}

const probes: readonly Probe[] = [
  {
    what: 'lets in an uninstalled site',
    change: (installation) => installation.uninstall(),
    isOld: async (_, before, { other }) => (await request(other.url, before)) === 200,
  },
  {
    what: 'lets in with a replaced secret',
    change: (installation) => installation.install(),
    isOld: async (_, before, { other }) => (await request(other.url, before)) === 200,
  },
  {
    what: 'signs for an uninstalled site',
    change: (installation) => installation.uninstall(),
    isOld: async (installation) => (await installation.signedBy()) !== undefined,
  },
  {
    what: 'signs with a replaced secret',
    change: (installation) => installation.install(),
    isOld: async (installation, before) => (await installation.signedBy()) === before.sharedSecret,
  },
];

interface Seen {
  readonly what: string;
  readonly sentAfterMs: number;
  readonly isOld: boolean;
}

async function watchAfterChange({ what, change, isOld }: Probe, nodes: Nodes): Promise<Seen[]> {
  const seen: Seen[] = [];
  const installation = new Installation(nodes);
  await installation.install();
  await installation.warm();
  const { clientKey, sharedSecret } = installation;
  await change(installation);
  const changedAt = performance.now();
  let sentAfterMs = 0;
  // Some way beyond the bound: it must not come back either.
  while (sentAfterMs < MAX_AGE_MS + 700) {
    sentAfterMs = performance.now() - changedAt;
    const before = { clientKey, sharedSecret };
    seen.push({ what, sentAfterMs, isOld: await isOld(installation, before, nodes) });
    await pause(20);
  }
  return seen;
}

function throughPort(store: string, port: number): string {
  const url = new URL(store);
  url.port = `${port}`;
  return url.href;
}
