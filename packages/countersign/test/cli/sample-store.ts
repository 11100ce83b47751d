import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type InstallationRecord, sqliteStore } from '../../src/index.ts';
import { sampleRecord } from '../installations/sample-record.ts';

/** Marked, so that it is found wherever it should not be. */
export const SECRET = 'canary-7c1e0f55a9d24b0e8f6b3f1d2c4a5b6e';

/** An SQLite file as an app writes it, with these installations; gone after the test. */
export async function storeOf(...changes: Partial<InstallationRecord>[]): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'app.db');
  const store = sqliteStore(file);
  for (const change of changes) {
    await store.put(sampleRecord({ sharedSecret: SECRET, ...change }));
  }
  await store.close?.();
  return file;
}
