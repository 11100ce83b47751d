import type { InstallationRecord } from '../installations/installation.ts';
import type { InstallationStore } from '../installations/store.ts';
import type { Arguments } from './arguments.ts';
import { type CommandDetails, type ExitCode, JSON_OPTION, STORE_OPTION } from './command.ts';
import { demandStoreName, withStore } from './open-store.ts';
import { createPage, printJson } from './page.ts';
import { shownInstallation, stateOf } from './show-installation.ts';
import type { Terminal } from './terminal.ts';
import { utc } from './times.ts';

export const installationsList: CommandDetails = {
  usage: '[options]',
  about: ['No secret is shown.'],
  options: { store: STORE_OPTION, json: JSON_OPTION },
  examples: [
    { text: 'Of an SQLite file:', line: 'countersign installations list --store sqlite:./app.db' },
  ],
  run: list,
};

async function list(given: Arguments, terminal: Terminal): Promise<ExitCode> {
  const records = await withStore(demandStoreName(given, terminal), ({ store }) => all(store));
  if (given.has('json')) {
    printJson(terminal, { installations: records.map(shownInstallation) });
    return 0;
  }
  const page = createPage(terminal);
  if (records.length === 0) {
    page.text('The store is empty: no installed callback was kept there.');
    return 0;
  }
  for (const record of records) {
    page.heading(record.siteUrl);
    page.field('clientKey', record.clientKey);
    page.field('app', `${record.appKey}, ${stateOf(record)}`);
    page.field('changed', utc(record.changedAt));
  }
  page.blank();
  page.text(records.length === 1 ? '1 installation.' : `${records.length} installations.`);
  return 0;
}

async function all(store: InstallationStore): Promise<InstallationRecord[]> {
  const records: InstallationRecord[] = [];
  for (;;) {
    const after = records.at(-1)?.clientKey;
    const page = await store.list({ limit: 500, ...(after === undefined ? {} : { after }) });
    records.push(...page);
    if (page.length < 500) return records;
  }
}
