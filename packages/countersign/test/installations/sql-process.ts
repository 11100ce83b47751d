/**
 * A process that watches a store, writes to it, and then has nothing more to do.
 *
 * Usage: node sql-process.ts <url>
 */
import { sqlStore } from '../../src/installations/sql/index.ts';
import { sampleRecord } from './sample-record.ts';

const store = sqlStore(process.argv[2] ?? '');
const changes = Promise.withResolvers<void>();
const listens = Promise.withResolvers<void>();
store.watch?.((clientKey) => {
  console.log(`heard ${clientKey}`);
  if (clientKey === undefined) listens.resolve();
  else changes.resolve();
});
// The watcher itself keeps no process alive.
const patience = setTimeout(() => undefined, 8000);
await listens.promise;
await store.put(sampleRecord());
await changes.promise;
clearTimeout(patience);
