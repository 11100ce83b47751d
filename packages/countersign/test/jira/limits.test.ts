/** The client against a site that really limits it, over HTTP. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { JiraClient, JiraEvents } from '../../src/jira/index.ts';
import { APP_KEY, type SandboxSite, startSandboxSite } from './sandbox-site.ts';

let sandbox: SandboxSite;
let jira: JiraClient;
let limited: JiraEvents['rate-limited'][];
let stop: () => void;

beforeAll(async () => {
  sandbox = await startSandboxSite(['ADMIN']);
  jira = sandbox.app;
  limited = [];
  stop = jira.on('rate-limited', (event) => limited.push(event));
});
afterEach(() => {
  limited.length = 0;
  sandbox.site.rateLimits.off();
  sandbox.site.faults.clear();
});
afterAll(async () => {
  stop();
  await sandbox.close();
});

test('a burst is waited for, and every call gets its answer', async () => {
  sandbox.site.rateLimits.set({ burst: { GET: 8 } });
  const startedAt = performance.now();
  const answers = await Promise.all(
    Array.from({ length: 14 }, () => jira.get<{ key: string }>('/rest/api/3/issue/XX-21')),
  );
  expect(answers.map(({ key }) => key)).toEqual(Array(14).fill('XX-21'));
  expect(performance.now() - startedAt).toBeGreaterThan(900);
  expect(limited[0]).toMatchObject({
    reason: 'jira-burst-based',
    waitMs: 1000,
    scope: 'site',
    path: '/rest/api/3/issue/XX-21',
  });
});

test('writes of one issue are spread, and nobody else waits for them', async () => {
  sandbox.site.rateLimits.set({ issueWrites: { in2Seconds: 3 } });
  const edits = Array.from({ length: 4 }, (_, index) =>
    jira.put('/rest/api/3/issue/XX-21', { body: { fields: { customfield_10050: index } } }),
  );
  await expect.poll(() => limited.length, { interval: 5 }).toBeGreaterThan(0);
  const startedAt = performance.now();
  await jira.put('/rest/api/3/issue/XX-20', { body: { fields: { customfield_10050: 9 } } });
  await jira.get('/rest/api/3/issue/XX-21');
  expect(performance.now() - startedAt).toBeLessThan(900);
  expect(limited[0]).toMatchObject({ reason: 'jira-per-issue-on-write', scope: 'issue' });
  await Promise.all(edits);
});

test('points that are used up for the hour are told at once, and nothing more is sent', async () => {
  sandbox.site.rateLimits.set({ points: { perHour: 1 } });
  // Not at the end of an hour, which would be waited for.
  const leftMs = 3_600_000 - (Date.now() % 3_600_000);
  if (leftMs < 3000) await new Promise((resolve) => setTimeout(resolve, leftMs));
  const calls = () =>
    jira.get('/rest/api/3/field', { timeoutMs: 1000 }).then(
      () => 'answered',
      (error) => error,
    );
  let error = await calls();
  for (let times = 0; times < 20 && error === 'answered'; times += 1) error = await calls();
  expect(error).toMatchObject({ code: 'JIRA_RATE_LIMITED', status: 429 });
  expect(error.retryAfterSeconds).toBeGreaterThan(0);
  const before = sandbox.site.traffic.counts.calls;
  expect(await calls()).toMatchObject({ code: 'JIRA_RATE_LIMITED', status: undefined });
  expect(sandbox.site.traffic.counts.calls).toBe(before);
  expect(sandbox.site.apps.map(({ key }) => key)).toEqual([APP_KEY]);
});
