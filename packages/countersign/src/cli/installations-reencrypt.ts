import { type KeyRing, keyRing } from '../installations/encryption/key-ring.ts';
import { type ReencryptProgress, reencrypt } from '../installations/encryption/reencrypt.ts';
import { isSealedByFirst, keyIdOf } from '../installations/encryption/seal.ts';
import { isRecordSealedByFirst } from '../installations/encryption/sealed-record.ts';
import { allRecords, allSettings } from '../installations/list-all.ts';
import type { InstallationStore } from '../installations/store.ts';
import { amount } from './amounts.ts';
import type { Arguments } from './arguments.ts';
import { type CommandDetails, type ExitCode, JSON_OPTION, STORE_OPTION } from './command.ts';
import { demandEncryptionKeys, KEYS_OPTIONS } from './encryption-keys.ts';
import { interruptible } from './interrupt.ts';
import { demandStoreName, withStore } from './open-store.ts';
import { createPage, printJson } from './page.ts';
import { createProgress } from './progress.ts';
import type { Terminal } from './terminal.ts';

export const installationsReencrypt: CommandDetails = {
  usage: '[options]',
  about: [
    "Writes every secret and every setting anew that is not encrypted with the first key. The keys behind it decrypt what they have encrypted; 'none' at the end stands for what is stored in clear.",
    'The app may go on running, if it has all of these keys. It may be interrupted, and run again: what is done is left alone.',
  ],
  options: {
    store: STORE_OPTION,
    ...KEYS_OPTIONS,
    'dry-run': { text: 'Count what is encrypted with which key, and write nothing.' },
    json: JSON_OPTION,
  },
  examples: [
    {
      text: 'From an old key to a new one:',
      line: 'COUNTERSIGN_ENCRYPTION_KEYS="$NEW,$OLD" countersign installations reencrypt --store sqlite:./app.db',
    },
    {
      text: 'What was stored in clear so far:',
      line: 'COUNTERSIGN_ENCRYPTION_KEYS="$KEY,none" countersign installations reencrypt --store sqlite:./app.db',
    },
  ],
  run: runReencrypt,
};

async function runReencrypt(given: Arguments, terminal: Terminal): Promise<ExitCode> {
  const keys = demandEncryptionKeys(given, terminal);
  const ring = await keyRing(keys).load();
  return withStore(demandStoreName(given, terminal), async ({ store }) => {
    if (given.has('dry-run')) return countKeys(store, ring, given, terminal);
    let latest: ReencryptProgress = { seen: 0, written: 0 };
    const progress = createProgress(terminal, {
      label: 'Re-encrypting',
      total: await store.count?.(),
    });
    const { seen, written } = await interruptible(
      () => `${amount(latest.written)} were written anew, and stay so. Run it again to go on.`,
      (signal) =>
        reencrypt(store, keys, {
          signal,
          onProgress(now) {
            latest = now;
            progress.update(now.seen);
          },
        }),
    ).finally(() => progress.end());
    if (given.has('json')) printJson(terminal, { key: ring.first?.id ?? null, seen, written });
    else {
      createPage(terminal).text(
        `${amount(written)} of ${amount(seen)} installations and settings were written anew ${withFirst(ring)}; ${amount(seen - written)} were so already.`,
      );
    }
    return 0;
  });
}

function withFirst({ first }: KeyRing): string {
  return first === undefined ? 'in clear' : `with the key ${first.id}`;
}

async function countKeys(
  store: InstallationStore,
  ring: KeyRing,
  given: Arguments,
  terminal: Terminal,
): Promise<ExitCode> {
  const counts = new Map<string | undefined, number>();
  let toWrite = 0;
  let seen = 0;
  const count = (sealed: string, isDone: boolean) => {
    const key = keyIdOf(sealed);
    counts.set(key, (counts.get(key) ?? 0) + 1);
    seen++;
    if (!isDone) toWrite++;
  };
  for await (const record of allRecords(store)) {
    count(record.sharedSecret, isRecordSealedByFirst(record, ring));
  }
  if (store.settings !== undefined) {
    for await (const { value } of allSettings(store.settings)) {
      count(value, isSealedByFirst(value, ring));
    }
  }
  const keys = [...counts].map(([id, total]) => ({
    key: id ?? null,
    count: total,
    isGiven: id === undefined ? ring.readsClear : ring.find(id) !== undefined,
  }));
  const isReady = keys.every(({ isGiven }) => isGiven);
  if (given.has('json')) {
    printJson(terminal, { dryRun: true, key: ring.first?.id ?? null, seen, toWrite, keys });
    return isReady ? 0 : 1;
  }
  const page = createPage(terminal);
  for (const { key, count: total, isGiven } of keys) {
    const missing = key === null ? "'none' is not among the keys" : 'this key was not given';
    page.field(
      amount(total),
      `${key === null ? 'in clear' : `encrypted with the key ${key}`}${isGiven ? '' : `: ${missing}`}`,
      isGiven ? {} : { style: 'red' },
    );
  }
  page.text(
    `${amount(toWrite)} of ${amount(seen)} installations and settings would be written anew ${withFirst(ring)}.`,
  );
  return isReady ? 0 : 1;
}
