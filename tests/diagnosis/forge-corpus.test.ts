import { globSync } from 'node:fs';
import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CountersignError } from '../../packages/countersign/src/errors.ts';
import { readMessages } from '../../packages/countersign/src/jira/answer.ts';
import { diagnoseAnswer } from '../../packages/countersign/src/jira/diagnose.ts';
import type { ForgeCase } from './forge-case.ts';
import { startForge } from './forge-hosts.ts';

const cases: ForgeCase[] = [];
for (const file of globSync('cases/forge/*.ts', { cwd: import.meta.dirname }).sort()) {
  const loaded = (await import(/* @vite-ignore */ `./${file}`)) as { test: ForgeCase };
  cases.push(loaded.test);
}

let world: Awaited<ReturnType<typeof startForge>>;
beforeAll(async () => {
  world = await startForge();
});
afterAll(() => world.close());

/** Libraries throw at a 401; what they sent is what counts. */
async function send(one: ForgeCase): Promise<void> {
  try {
    await one.send(world.situation);
  } catch (error) {
    if ((error as { response?: unknown }).response === undefined) throw error;
  }
}

test('there are at least 25 broken requests', () => {
  expect(cases.filter(({ expected }) => expected !== 'accepted').length).toBeGreaterThanOrEqual(25);
});

describe('sent to the remote', () => {
  test.each(cases.filter(({ to }) => to === 'remote'))('$name: $expected', async (one) => {
    const { refusals } = world;
    refusals.length = 0;
    await send(one);
    if (one.expected === 'accepted') {
      expect(refusals).toEqual([]);
      return;
    }
    expect(refusals, 'the remote refuses it').toHaveLength(1);
    const [refusal] = refusals as [CountersignError & { diagnosis?: { cause?: string } }];
    expect(refusal.diagnosis?.cause, inspect(refusal)).toBe(one.expected);
    expect(inspect(refusal) + JSON.stringify(refusal)).not.toMatch(/MARKED|eyJ/);
  });
});

describe('sent to Jira', () => {
  test.each(cases.filter(({ to }) => to === 'jira'))('$name: $expected', async (one) => {
    const { exchanges, situation } = world;
    exchanges.length = 0;
    await send(one);
    const exchange = exchanges.at(-1);
    if (exchange === undefined) throw new Error('Nothing was sent.');
    const found = diagnoseAnswer({
      method: exchange.method,
      url: exchange.target,
      status: exchange.status,
      headers: exchange.answerHeaders,
      ...readMessages(exchange.answer, []),
      authorization: exchange.authorizations.join(', '),
      credential: one.credential ?? 'forge-system',
      ...(one.credential === 'api-token' ? {} : { apiBaseUrl: situation.apiBaseUrl }),
      manifest: one.manifest,
      installedAt:
        one.installedSecondsAgo === undefined
          ? undefined
          : Date.now() - one.installedSecondsAgo * 1000,
      body: exchange.body,
    });
    if (one.expected === 'accepted') {
      expect(exchange.status).toBeLessThan(300);
      expect(found).toBeUndefined();
      return;
    }
    expect(exchange.status, 'it is refused').toBeGreaterThanOrEqual(400);
    expect(found?.cause, JSON.stringify(found)).toBe(one.expected);
    expect(JSON.stringify(found)).not.toMatch(/MARKED|eyJ/);
  });
});

test('a key host that is down is no wrong token', async () => {
  const alone = await startForge();
  try {
    const { situation, refusals } = alone;
    await alone.closeKeys();
    const response = await fetch(situation.remoteUrl, {
      method: 'POST',
      headers: { authorization: `Bearer ${await situation.sign(situation.claims())}` },
    });
    expect(response.status).toBe(503);
    expect(refusals).toMatchObject([{ diagnosis: { cause: 'CS-FORGE-KEYS-UNREACHABLE' } }]);
  } finally {
    await alone.close();
  }
});
