import type { InstallationRecord } from '../../src/index.ts';

export function sampleRecord(change: Partial<InstallationRecord> = {}): InstallationRecord {
  return {
    clientKey: 'client-1',
    appKey: 'panel-app',
    siteUrl: 'https://example.atlassian.net',
    sharedSecret: 'secret-1',
    status: 'installed',
    enabled: true,
    installedAt: 1_760_000_000_000,
    changedAt: 1_760_000_000_000,
    enabledChangedAt: 1_760_000_000_000,
    payload: { key: 'panel-app', productType: 'jira' },
    revision: 1,
    ...change,
  };
}
