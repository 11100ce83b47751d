import type { InstallationRecord } from '../../src/index.ts';
import { sampleRecord } from '../installations/sample-record.ts';
import { SECRET } from './sample-store.ts';

/** Marked, so that it is found wherever it should not be. */
export const SETTING = 'canary-setting-4b1d';

/** An export as `installations export` writes it. */
export function exportOf(
  records: readonly Partial<InstallationRecord>[],
  settings: readonly { clientKey: string; name: string; value: string }[] = [],
): string {
  const lines = [
    { countersign: 'export', version: 1, exportedAt: '2026-11-24T06:00:00.000Z' },
    ...records.map((change) => ({
      installation: sampleRecord({ sharedSecret: SECRET, ...change }),
    })),
    ...settings.map((setting) => ({ setting })),
    { end: { installations: records.length, settings: settings.length } },
  ];
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
}

/** Three installations, one of them gone for a month, and settings, also of a clientKey without a record. */
export const SAMPLE: string = exportOf(
  [
    { clientKey: 'one', siteUrl: 'https://one.atlassian.net' },
    {
      clientKey: 'three',
      siteUrl: 'https://three.atlassian.net',
      changedAt: 0,
      installedAt: 0,
      previousSecrets: [{ sharedSecret: `${SECRET}-previous`, endsAt: 1_760_000_000_000 }],
    },
    {
      clientKey: 'two',
      siteUrl: 'https://two.atlassian.net',
      status: 'uninstalled',
      changedAt: Date.now() - 30.5 * 86_400_000,
    },
  ],
  [
    { clientKey: 'one', name: 'theme', value: JSON.stringify(SETTING) },
    { clientKey: 'stray', name: 'left', value: '1' },
    { clientKey: 'two', name: 'theme', value: JSON.stringify(SETTING) },
  ],
);

/** Its lines without the first one, in the order of the text. */
export function entriesIn(text: string): unknown[] {
  return text
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => JSON.parse(line));
}
