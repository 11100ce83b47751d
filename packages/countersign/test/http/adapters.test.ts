import { describe, expect, test } from 'vitest';
import { adapterConformance } from '../../src/testing/index.ts';
import { servers } from './servers.ts';

describe.each(Object.entries(servers))('%s', (_name, adapter) => {
  const cases = adapterConformance(adapter);
  test('is asked for all that an adapter does', () => {
    expect(cases.length).toBeGreaterThanOrEqual(60);
    expect(new Set(cases.map(({ name }) => name)).size).toBe(cases.length);
  });
  for (const { name, run } of cases) test(name, run);
});
