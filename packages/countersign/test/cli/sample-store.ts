import { join } from 'node:path';
import { type InstallationRecord, sqliteStore } from '../../src/index.ts';
import { sampleRecord } from '../installations/sample-record.ts';
import { temporaryFolder } from '../installations/temporary-folder.ts';

/** Marked, so that it is found wherever it should not be. */
export const SECRET = 'canary-7c1e0f55a9d24b0e8f6b3f1d2c4a5b6e';

const folder = temporaryFolder();
let count = 0;

/** An SQLite file as an app writes it, with these installations. */
export async function storeOf(...changes: Partial<InstallationRecord>[]): Promise<string> {
  const file = join(folder, `app-${++count}.db`);
  const store = sqliteStore(file);
  for (const change of changes) {
    await store.put(sampleRecord({ sharedSecret: SECRET, ...change }));
  }
  await store.close?.();
  return file;
}
