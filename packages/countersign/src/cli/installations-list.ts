import { keyIdOf } from '../installations/encryption/seal.ts';
import type { InstallationRecord } from '../installations/installation.ts';
import type { InstallationStore } from '../installations/store.ts';
import { amount, counted } from './amounts.ts';
import type { Arguments } from './arguments.ts';
import { type CommandDetails, type ExitCode, JSON_OPTION, STORE_OPTION } from './command.ts';
import { printJsonList } from './json-list.ts';
import { LIMIT_OPTION, readLimit } from './limit.ts';
import { demandStoreName, withStore } from './open-store.ts';
import { createPage } from './page.ts';
import { shownInstallation, stateOf } from './show-installation.ts';
import { drained, type Terminal } from './terminal.ts';
import { storedTime } from './times.ts';

export const installationsList: CommandDetails = {
  usage: '[options]',
  about: [
    'No secret is shown, and no encryption key is needed. It prints while it reads, however many there are.',
  ],
  options: {
    store: STORE_OPTION,
    limit: LIMIT_OPTION,
    after: { value: 'KEY', text: 'Go on after the installation with this clientKey.' },
    json: JSON_OPTION,
  },
  examples: [
    { text: 'Of an SQLite file:', line: 'countersign installations list --store sqlite:./app.db' },
    {
      text: 'Of the store that COUNTERSIGN_STORE names, the first ten:',
      line: 'countersign installations list --limit 10',
    },
  ],
  run: list,
};

interface Range {
  readonly after: string | undefined;
  readonly limit: number;
}

const PAGE = 200;

async function list(given: Arguments, terminal: Terminal): Promise<ExitCode> {
  const range = { after: given.text('after'), limit: readLimit(given) };
  const name = demandStoreName(given, terminal);
  if (!given.has('json')) {
    await withStore(name, ({ store }) => listForPerson(store, range, terminal));
    return 0;
  }
  return printJsonList(terminal, 'installations', (add) =>
    withStore(name, async ({ store }): Promise<Record<string, unknown>> => {
      let last: string | undefined;
      for await (const record of recordsIn(store, range)) {
        await add(shownInstallation(record));
        last = record.clientKey;
      }
      return (await isMoreAfter(store, last)) ? { next: last } : {};
    }),
  );
}

async function listForPerson(
  store: InstallationStore,
  range: Range,
  terminal: Terminal,
): Promise<void> {
  const page = createPage(terminal);
  const byKey = new Map<string | undefined, number>();
  let count = 0;
  let last: string | undefined;
  for await (const record of recordsIn(store, range)) {
    const { clientKey, siteUrl, appKey, changedAt, sharedSecret } = record;
    page.heading(siteUrl);
    page.field('clientKey', clientKey);
    page.field('app', `${appKey}, ${stateOf(record)}`);
    page.field('changed', storedTime(changedAt));
    const key = keyIdOf(sharedSecret);
    byKey.set(key, (byKey.get(key) ?? 0) + 1);
    count++;
    last = clientKey;
    await drained(terminal.output);
  }
  if (count === 0) {
    page.text(
      range.after === undefined
        ? 'The store is empty: no installed callback was kept there.'
        : 'No installation comes after that clientKey.',
    );
    return;
  }
  page.blank();
  page.text(`${counted(count, 'installation')}. ${secretsSentence(byKey)}`);
  if (await isMoreAfter(store, last)) page.text(`There are more: --after ${last}`);
}

async function* recordsIn(
  store: InstallationStore,
  { after: start, limit }: Range,
): AsyncGenerator<InstallationRecord> {
  let after = start;
  for (let left = limit; left > 0; ) {
    const options = after === undefined ? {} : { after };
    const page = await store.list({ limit: Math.min(left, PAGE), ...options });
    yield* page;
    left -= page.length;
    after = page.at(-1)?.clientKey;
    if (after === undefined) return;
  }
}

/** True also where somebody was installed while the list was printed. */
async function isMoreAfter(store: InstallationStore, after: string | undefined): Promise<boolean> {
  return after !== undefined && (await store.list({ limit: 1, after })).length > 0;
}

function secretsSentence(byKey: ReadonlyMap<string | undefined, number>): string {
  const name = (key: string | undefined) =>
    key === undefined ? 'in clear' : `encrypted with the key ${key}`;
  const [first] = byKey.keys();
  if (byKey.size === 1) return `Secrets: ${name(first)}.`;
  const parts = [...byKey].map(([key, count]) => `${amount(count)} ${name(key)}`);
  return `Secrets: ${parts.join(', ')}.`;
}
