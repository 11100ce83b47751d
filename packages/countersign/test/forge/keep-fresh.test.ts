import { beforeEach, describe, expect, test } from 'vitest';
import { type KeepTokensFreshParts, keepTokensFresh } from '../../src/forge/keep-fresh.ts';
import type { InstallationRecord } from '../../src/index.ts';
import { forgeRecord, HOUR, MINUTE } from './forge-gateway.ts';

const NOW = 1_770_000_000_000;
const record = forgeRecord({ apiBaseUrl: 'https://api.atlassian.com/ex/jira/cloud-1' });

let handlers: Map<string, (record: InstallationRecord) => Promise<void>>;
let warnings: { details: Record<string, unknown>; message: string }[];
let endsAt: number | undefined;
let parts: KeepTokensFreshParts;

beforeEach(() => {
  handlers = new Map();
  warnings = [];
  const add =
    (kind: string): KeepTokensFreshParts['on'] =>
    (name, handler) => {
      handlers.set(`${kind} ${name}`, handler);
      return () => handlers.delete(`${kind} ${name}`);
    };
  parts = {
    access: { systemTokenEndsAt: async () => endsAt },
    on: add('event'),
    scheduled: add('scheduled'),
    warn: (details, message) => warnings.push({ details: { ...details }, message }),
    now: () => NOW,
  };
});

test('the events of an installation and an hourly call are waited for, until it is ended', () => {
  const end = keepTokensFresh(parts);
  expect([...handlers.keys()]).toEqual([
    'event avi:forge:installed:app',
    'event avi:forge:upgraded:app',
    'scheduled forge-fresh-tokens',
  ]);
  end();
  expect(handlers.size).toBe(0);
});

describe('after each such call', () => {
  const run = async (ends: number | undefined) => {
    endsAt = ends;
    keepTokensFresh(parts, { scheduledTrigger: 'hourly' });
    await handlers.get('scheduled hourly')?.(record);
  };

  test.each([70 * MINUTE, 2 * HOUR, 4 * HOUR])('a token of %i ms is well', async (left) => {
    await run(NOW + left);
    expect(warnings).toEqual([]);
  });

  test.each([
    ['none', undefined, undefined],
    ['one that was there before', NOW + 69 * MINUTE, 69],
    ['one that ended', NOW - HOUR, 0],
  ])('%s is said, with what to mend', async (_name, ends, minutesLeft) => {
    await run(ends);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]?.message).toContain(
      "The scheduled trigger 'hourly' brought no system token",
    );
    expect(warnings[0]?.details).toMatchObject({
      clientKey: record.clientKey,
      hint: expect.stringContaining('modules.endpoint[]'),
    });
    expect(warnings[0]?.details.minutesLeft).toBe(minutesLeft);
  });
});

test.each([{ scheduledTrigger: '' }, { scheduledTrigger: 'x'.repeat(24) }, { trigger: 'a' }])(
  'a wrong option is named: %j',
  (options) => {
    expect(() => keepTokensFresh(parts, options as never)).toThrow(/trigger/i);
  },
);
