/**
 * A route behind the verification of Forge invocation tokens, its key host 20 ms away. Each server has a process of its
 * own, and they take turns. The key set of Countersign is warm, as it is but for the first request of a process;
 * atlassian-connect-express 11.5.3 makes a new one for every request, so that there is nothing to warm.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import autocannon from 'autocannon';
import { SignJWT } from 'jose';
import { median, table } from './table.ts';

const ROUNDS = 5;
const SECONDS = 2;
const DELAY_MS = 20;
const KEY_ID = 'forge/invocation-token/bench';
const APP_ID = 'ari:cloud:ecosystem::app/0f4c1a52-6f0e-4a3c-9f2e-3f1d8b7a6c01';
const CLOUD_ID = '5d1f0c77-31c4-4d6d-8f58-2b1f0e6f0a10';

const servers = ['countersign', 'atlassian-connect-express'] as const;
const loads = [
  { name: 'one after the other', connections: 1 },
  { name: '16 at once', connections: 16 },
];

const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const keySet = JSON.stringify({
  keys: [{ ...publicKey.export({ format: 'jwk' }), kid: KEY_ID, alg: 'RS256', use: 'sig' }],
});

/** As Forge makes it for a page, but good for the whole run. */
async function invocationToken(): Promise<string> {
  const installationId = 'ari:cloud:ecosystem::installation/b2b7a0a4-52c9-4a5e-8a35-0d2f4f8a1111';
  const apiBaseUrl = `https://api.atlassian.com/ex/jira/${CLOUD_ID}`;
  const context = { cloudId: CLOUD_ID, moduleKey: 'panel', siteUrl: 'https://x.atlassian.net' };
  return new SignJWT({
    app: {
      id: APP_ID,
      installationId,
      installation: {
        id: installationId,
        contexts: [{ name: 'jira', apiBaseUrl, cloudId: CLOUD_ID }],
      },
      apiBaseUrl,
      appVersion: '2.1.0',
      environment: {
        type: 'PRODUCTION',
        id: 'ari:cloud:ecosystem::environment/0f4c1a52-6f0e-4a3c-9f2e-3f1d8b7a6c01/c3c8b1b5-52c9-4a5e-8a35-0d2f4f8a2222',
      },
      module: { type: 'jira:issuePanel', key: 'panel' },
    },
    context,
    principal: '5b10ac8d82e05b22cc7d4ef5',
  })
    .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: KEY_ID })
    .setIssuer('forge/invocation-token')
    .setAudience(APP_ID)
    .setIssuedAt()
    .setNotBefore('0s')
    .setExpirationTime('30m')
    .sign(privateKey);
}

interface Started {
  readonly origin: string;
  readonly process: ChildProcess;
}

async function start(file: string, env: Record<string, string>): Promise<Started> {
  const path = fileURLToPath(new URL(`servers/${file}.ts`, import.meta.url));
  const child = spawn(process.execPath, [path], {
    env: { ...process.env, NODE_ENV: 'production', ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  for await (const line of createInterface({ input: child.stdout })) {
    const [, port] = /^port (\d+)$/.exec(line) ?? [];
    if (port !== undefined) return { origin: `http://127.0.0.1:${port}`, process: child };
  }
  throw new Error(`${file} did not start`);
}

/** A server that lets anything in, or nothing, is no subject for a measurement. */
async function check(name: string, origin: string, token: string): Promise<void> {
  const status = async (sent: string) =>
    (await fetch(`${origin}/panel`, { headers: { authorization: `Bearer ${sent}` } })).status;
  const [header, claims, signature = ''] = token.split('.');
  const forged = `${header}.${claims}.${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`;
  const good = await status(token);
  if (good !== 200) throw new Error(`${name} answers ${good} to a good token`);
  if ((await status(forged)) !== 401) throw new Error(`${name} lets a wrong token in`);
}

interface Measured {
  readonly rates: number[];
  readonly times: number[];
}

export async function forgeReport(): Promise<string> {
  const token = await invocationToken();
  const keyHost = await start('key-set', { KEY_SET: keySet, DELAY_MS: String(DELAY_MS) });
  const started: (Started & { name: string })[] = [];
  const measured = new Map<string, Measured>();
  try {
    for (const name of servers) {
      const env = { APP_ID, KEY_SET_URL: `${keyHost.origin}/.well-known/jwks.json` };
      const server = await start(`forge-${name}`, env);
      started.push({ name, ...server });
      await check(name, server.origin, token);
    }
    const load = (origin: string, connections: number, duration: number) =>
      autocannon({
        url: `${origin}/panel`,
        headers: { authorization: `Bearer ${token}` },
        ...{ connections, duration },
      });
    for (const { origin } of started) await load(origin, 16, 1);
    for (let round = 0; round < ROUNDS; round++) {
      for (const { name: kind, connections } of loads) {
        for (const { name, origin } of started) {
          const result = await load(origin, connections, SECONDS);
          if (result.non2xx > 0 || result.errors > 0) throw new Error(`${name} failed under load`);
          const rate = result.requests.total / result.duration;
          const known = measured.get(`${kind}/${name}`) ?? { rates: [], times: [] };
          known.rates.push(rate);
          known.times.push((connections * 1000) / rate);
          measured.set(`${kind}/${name}`, known);
        }
      }
    }
  } finally {
    for (const { process: child } of [...started, keyHost]) {
      child.stdin?.end();
      if (child.exitCode === null) await once(child, 'exit');
    }
  }
  const rows = loads.flatMap(({ name: kind }) => {
    const of = (name: string) => measured.get(`${kind}/${name}`) as Measured;
    const peer = of('atlassian-connect-express').rates;
    return servers.map((name) => [
      name,
      kind,
      median(of(name).rates).toFixed(0),
      median(of(name).times).toFixed(2),
      // Neighbours in time are compared, so that a noisy minute hits both.
      median(of(name).rates.map((rate, round) => rate / (peer[round] as number))).toFixed(1),
    ]);
  });
  return table(['middleware', 'load', 'requests/s', 'ms a request', 'times the peer'], rows);
}

if (import.meta.main) console.log(await forgeReport());
