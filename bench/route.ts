/**
 * An authenticated route against the same route bare: how much of its throughput is kept. Each server has a process of
 * its own, and they take turns.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import jwt from 'atlassian-jwt';
import autocannon from 'autocannon';
import { median, table } from './table.ts';
import { clientKey, iframePath, sharedSecret } from './workloads.ts';

const ROUNDS = 9;
const SECONDS = 1.5;
const WARM_UP_SECONDS = 1;
const CONNECTIONS = 16;

/** Each authenticated server beside its bare one. */
const pairs = [
  { name: 'countersign on Express 5', server: 'countersign', bare: 'express-5' },
  { name: 'countersign on Fastify', server: 'countersign-fastify', bare: 'fastify' },
  { name: 'countersign on Hono', server: 'countersign-hono', bare: 'hono' },
  {
    name: 'atlassian-connect-express on Express 4',
    server: 'atlassian-connect-express',
    bare: 'express-4',
  },
];

/** More tokens than any server remembers. */
const NEW_TOKENS = 3000;

/** As the site would make it, good for the whole run. The user makes one token differ from the next. */
function iframeUrl(accountId: string): string {
  const iat = Math.floor(Date.now() / 1000);
  const request = jwt.fromMethodAndUrl('GET', iframePath);
  const claims = {
    iss: clientKey,
    sub: accountId,
    iat,
    exp: iat + 900,
    qsh: jwt.createQueryStringHash(request),
    context: {},
  };
  return `${iframePath}&jwt=${jwt.encodeSymmetric(claims, sharedSecret)}`;
}

async function start(server: string): Promise<{ origin: string; process: ChildProcess }> {
  const file = fileURLToPath(new URL(`servers/${server}.ts`, import.meta.url));
  const child = spawn(process.execPath, [file], {
    env: { ...process.env, NODE_ENV: 'production' },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  child.once('exit', (code) => {
    if (code) throw new Error(`${server} ended with exit code ${code}`);
  });
  for await (const line of createInterface({ input: child.stdout })) {
    const [, port] = /^port (\d+)$/.exec(line) ?? [];
    if (port !== undefined) return { origin: `http://127.0.0.1:${port}`, process: child };
  }
  throw new Error(`${server} did not start`);
}

/** A server that lets anything in, or nothing, is no subject for a measurement. */
async function check(server: string, origin: string, path: string): Promise<void> {
  const isBare = pairs.some(({ bare }) => bare === server);
  const good = await fetch(`${origin}${path}`);
  const forged = await fetch(`${origin}${path}A`);
  const other = await fetch(`${origin}${path.replace('XX-21', 'XX-22')}`);
  if (good.status !== 200) throw new Error(`${server} answers ${good.status} to a good token`);
  if (!isBare && (forged.ok || other.ok)) throw new Error(`${server} lets a wrong token in`);
}

/** Requests a second, with the paths in turn. */
async function load(origin: string, paths: readonly string[], duration: number): Promise<number> {
  const result = await autocannon({
    url: origin,
    requests: paths.map((path) => ({ path })),
    duration,
    connections: CONNECTIONS,
  });
  if (result.non2xx > 0 || result.errors > 0) throw new Error(`${origin} failed under load`);
  return result.requests.total / result.duration;
}

export async function routeReport(): Promise<string> {
  const tokens = Array.from({ length: NEW_TOKENS }, (_, index) => iframeUrl(`user-${index}`));
  const loads = [
    { name: 'one token, as a page sends it', paths: tokens.slice(0, 1) },
    { name: 'each token new', paths: tokens },
  ];
  const names = pairs.flatMap(({ server, bare }) => [bare, server]);
  const servers = await Promise.all(names.map(async (name) => ({ name, ...(await start(name)) })));
  const rates = new Map<string, number[]>();
  try {
    for (const { name, origin } of servers) {
      await check(name, origin, tokens[0] as string);
      await load(origin, tokens, WARM_UP_SECONDS);
    }
    for (let round = 0; round < ROUNDS; round++) {
      for (const { name: kind, paths } of loads) {
        for (const { name, origin } of servers) {
          const key = `${kind}/${name}`;
          rates.set(key, [...(rates.get(key) ?? []), await load(origin, paths, SECONDS)]);
        }
      }
    }
  } finally {
    for (const { process: child } of servers) {
      child.stdin?.end();
      if (child.exitCode === null) await once(child, 'exit');
    }
  }

  const rows = loads.flatMap(({ name: kind }) =>
    pairs.map(({ name, server, bare }) => {
      const bareRates = rates.get(`${kind}/${bare}`) ?? [];
      const ownRates = rates.get(`${kind}/${server}`) ?? [];
      // Neighbours in time are compared, so that a noisy minute hits both.
      const kept = ownRates.map((rate, round) => rate / (bareRates[round] as number));
      const [bareRate, ownRate] = [median(bareRates), median(ownRates)];
      return [
        name,
        kind,
        bareRate.toFixed(0),
        ownRate.toFixed(0),
        `${(100 * median(kept)).toFixed(0)}%`,
      ];
    }),
  );
  const header = ['route', 'load', 'bare, requests/s', 'authenticated', 'kept'];
  return table(header, rows);
}

if (import.meta.main) console.log(await routeReport());
