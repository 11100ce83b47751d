import { globSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createApp } from '../../packages/countersign/src/app.ts';
import type { Diagnosis } from '../../packages/countersign/src/errors.ts';
import { authenticate, handle } from '../../packages/countersign/src/http/node.ts';
import { memoryStore } from '../../packages/countersign/src/installations/memory-store.ts';
import { readMessages } from '../../packages/countersign/src/jira/answer.ts';
import { diagnoseAnswer } from '../../packages/countersign/src/jira/diagnose.ts';
import { explainToken } from '../../packages/countersign/src/jwt/explain/explain.ts';
import { startSandbox } from '../../packages/sandbox/src/sandbox.ts';
import type { Case, Situation } from './case.ts';
import { type Exchange, startRecorder } from './wire.ts';

const appKey = 'site-locator';
const descriptor = {
  key: appKey,
  name: 'Site locator',
  authentication: { type: 'jwt' },
  apiMigrations: { 'signed-install': true },
  lifecycle: { installed: '/installed', uninstalled: '/uninstalled' },
  scopes: ['READ', 'WRITE'],
  modules: {
    generalPages: [{ key: 'page', url: '/page', name: { value: 'Page' } }],
  },
};

const cases: Case[] = [];
for (const file of globSync('cases/*.ts', { cwd: import.meta.dirname }).sort()) {
  const loaded = (await import(/* @vite-ignore */ `./${file}`)) as { test: Case };
  cases.push(loaded.test);
}

let world: Awaited<ReturnType<typeof startWorld>>;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

/** A site, an app that is installed there, and somebody in between who writes everything down. */
async function startWorld() {
  const site = await startSandbox();
  const logged: { diagnosis?: Diagnosis }[] = [];
  const write = (details: { error?: { diagnosis?: Diagnosis } }) => {
    if (details.error !== undefined) logged.push(details.error);
  };
  const listener = createServer();
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const appUrl = `http://127.0.0.1:${(listener.address() as AddressInfo).port}`;
  const app = createApp({
    descriptor,
    appUrl,
    store: memoryStore({ silent: true } as never),
    allowedSites: [site.url],
    installKeyHosts: [site.installKeysUrl],
    logger: { info: () => {}, warn: write, error: write },
  });
  listener.on('request', async (request, response) => {
    if (await handle(app, request, response)) return;
    if ((await authenticate(app, request, response)) !== undefined) response.end('Hello');
  });
  await site.install(`${appUrl}/atlassian-connect.json`);
  const previousSecret = site.sharedSecret(appKey);
  await site.rotateSecret(appKey);
  const recorder = await startRecorder(site.url);
  const [admin] = site.people;
  const situation: Situation = {
    siteUrl: recorder.url,
    appUrl,
    appKey,
    clientKey: site.clientKey,
    sharedSecret: site.sharedSecret(appKey),
    previousSecret,
    now: Date.now,
    contextToken: () => site.contextToken(appKey),
    pageUrl: () => site.pageUrl(appKey, '/page'),
    person: { email: 'admin@example.com', apiToken: site.apiToken },
  };
  if (admin === undefined) throw new Error('The site has no people.');
  return {
    situation,
    recorder,
    logged,
    async close() {
      await recorder.close();
      listener.close();
      listener.closeAllConnections();
      await site.close();
    },
  };
}

/** What the user of the original library knows: the request, the answer and the stored installation. */
function diagnose(
  exchange: Exchange,
  { siteUrl, clientKey, sharedSecret, previousSecret }: Situation,
) {
  return diagnoseAnswer({
    method: exchange.method,
    url: `${siteUrl}${exchange.target}`,
    status: exchange.status,
    headers: exchange.answerHeaders,
    ...readMessages(exchange.answer, []),
    authorization: exchange.authorizations.join(', '),
    siteUrl,
    appKey,
    clientKey,
    sharedSecret,
    previousSecrets: [previousSecret],
    descriptor,
    body: exchange.body,
  });
}

/** Libraries throw at a 401; what they sent is what counts. */
async function send(one: Case, situation: Situation): Promise<void> {
  try {
    await one.send(situation);
  } catch (error) {
    const { isAxiosError, response } = error as { isAxiosError?: boolean; response?: unknown };
    const answered =
      (isAxiosError && response !== undefined) || /status code|HttpException/i.test(String(error));
    if (!answered) throw error;
  }
}

test('there are at least 60 broken requests', () => {
  expect(cases.filter(({ expected }) => expected !== 'accepted').length).toBeGreaterThanOrEqual(60);
});

describe('sent to Jira', () => {
  test.each(cases.filter(({ to }) => to !== 'app'))('$name: $expected', async (one) => {
    const { situation, recorder } = world;
    recorder.exchanges.length = 0;
    await send(one, situation);
    const exchange = recorder.exchanges.at(-1);
    if (exchange === undefined) throw new Error('Nothing was sent.');
    const found = diagnose(exchange, situation);
    if (one.expected === 'accepted') {
      expect(exchange.status).toBeLessThan(300);
      expect(found).toBeUndefined();
      const { verdict } = explainToken({
        token: `Authorization: ${exchange.authorizations[0] ?? ''}`,
        direction: 'to-jira',
        method: exchange.method,
        url: exchange.target,
        appKey,
        sharedSecret: situation.sharedSecret,
      });
      if (exchange.authorizations[0]?.startsWith('JWT'))
        expect(verdict).toMatchObject({ ok: true });
      return;
    }
    expect(exchange.status, 'the site refuses it').toBeGreaterThanOrEqual(400);
    expect(found?.cause, JSON.stringify(found)).toBe(one.expected);
    expect(JSON.stringify(found)).not.toContain(situation.sharedSecret);
  });
});

describe('sent to the app', () => {
  test.each(cases.filter(({ to }) => to === 'app'))('$name: $expected', async (one) => {
    const { situation, logged } = world;
    logged.length = 0;
    await send(one, situation);
    if (one.expected === 'accepted') {
      expect(logged).toEqual([]);
      return;
    }
    expect(logged, 'the app refuses it').toHaveLength(1);
    expect(logged[0]?.diagnosis?.cause, JSON.stringify(logged[0])).toBe(one.expected);
    expect(JSON.stringify(logged)).not.toContain(situation.sharedSecret);
  });
});
