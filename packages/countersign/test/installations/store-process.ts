/**
 * One process of several at one SQLite file. It prints `ready` and waits for a line on its input before each step, so
 * that a test can let many of them go at once.
 *
 * Usage: node store-process.ts open|write|put <file> <name>
 */
import { createInterface } from 'node:readline';
import { sqliteStore } from '../../src/index.ts';
import { sampleRecord } from './sample-record.ts';

const [task = '', file = '', name = ''] = process.argv.slice(2);
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();

console.log('ready');
await lines.next();
const store = sqliteStore(file, { busyTimeoutMs: 10_000 });
if (task === 'open') {
  await store.put(sampleRecord({ clientKey: name }));
} else if (task === 'write') {
  // Every process wants every revision, and says which ones it won.
  const won: number[] = [];
  for (let revision = 1; revision <= 20; ) {
    if (await store.put(sampleRecord({ revision, sharedSecret: name }))) won.push(revision);
    revision = ((await store.get('client-1'))?.revision ?? 0) + 1;
  }
  console.log(JSON.stringify(won));
} else if (task === 'put') {
  await store.put(sampleRecord({ clientKey: name }));
  console.log('acknowledged');
  // Killed here, with the store still open.
  await lines.next();
}
await store.close?.();
process.exit(0);
