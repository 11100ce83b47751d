import { createReadStream } from 'node:fs';
import { StoreError } from '../errors.ts';
import { type KeyRing, keyRing } from '../installations/encryption/key-ring.ts';
import { amount, counted } from './amounts.ts';
import type { Arguments } from './arguments.ts';
import {
  type CommandDetails,
  DRY_RUN_OPTION,
  type ExitCode,
  JSON_OPTION,
  STORE_OPTION,
} from './command.ts';
import { KEYS_OPTIONS, readEncryptionKeys } from './encryption-keys.ts';
import { isInClear, type NumberedEntry, readExport } from './export-format.ts';
import { badUsage, cannotDo, reasonOf } from './failures.ts';
import { isFile } from './files.ts';
import { checkOpens, type ImportTarget, importEntry } from './import-entry.ts';
import { interruptible } from './interrupt.ts';
import { demandStoreName, withStore } from './open-store.ts';
import { createPage, printJson } from './page.ts';
import { createProgress } from './progress.ts';
import type { Terminal } from './terminal.ts';

export const installationsImport: CommandDetails = {
  usage: '(FILE | -) [options]',
  about: [
    'Reads what countersign installations export wrote, and writes it into a store, which is made if it is missing. It may be run again: what is there already is left alone, and so is what is newer there. - reads standard input.',
    'With encryption keys, all is decrypted and encrypted anew with the first of them. Without, all is written as it is.',
    'A file is looked at as a whole before anything is written; standard input is not.',
  ],
  options: {
    store: STORE_OPTION,
    ...KEYS_OPTIONS,
    'dry-run': DRY_RUN_OPTION,
    json: JSON_OPTION,
  },
  examples: [
    {
      text: 'A backup:',
      line: 'countersign installations import backup.jsonl --store sqlite:./app.db',
    },
  ],
  argument: 'FILE',
  run: runImport,
};

interface Skipped {
  readonly line: number;
  readonly clientKey: string;
  /** The name of the setting, where it is one. */
  readonly setting?: string;
  readonly reason: string;
}

interface Report {
  readonly dryRun: boolean;
  readonly installations: Record<'imported' | 'replaced' | 'unchanged', number>;
  readonly settings: Record<'imported' | 'replaced' | 'unchanged', number>;
  /** How many of those that were written can be read without a key. */
  inClear: number;
  readonly skipped: Skipped[];
}

async function runImport(given: Arguments, terminal: Terminal): Promise<ExitCode> {
  const file = given.argument;
  if (file === undefined) {
    throw badUsage('Name the file: countersign installations import FILE. - is standard input.');
  }
  if (file !== '-' && !isFile(file)) {
    throw cannotDo(`There is no file '${file}'.`, 'Check its path.');
  }
  const keys = readEncryptionKeys(given, terminal);
  const ring = keys === undefined ? undefined : await keyRing(keys).load();
  const dryRun = given.has('dry-run');
  const name = demandStoreName(given, terminal);
  const total = file === '-' ? undefined : await lookAtAll(file, ring, terminal);
  const report: Report = {
    dryRun,
    installations: { imported: 0, replaced: 0, unchanged: 0 },
    settings: { imported: 0, replaced: 0, unchanged: 0 },
    inClear: 0,
    skipped: [],
  };
  const progress = createProgress(terminal, { label: 'Importing', total });
  await withStore(
    name,
    ({ store }) =>
      interruptible(
        () => 'What was imported stays. Run it again to go on.',
        async (signal) => {
          let done = 0;
          const source = file === '-' ? terminal.input : readFile(file);
          for await (const numbered of readExport(source)) {
            await importOne(numbered, { store, ring, dryRun }, report);
            progress.update(++done);
            signal.throwIfAborted();
          }
        },
      ),
    { create: true, dryRun },
  ).finally(() => progress.end());
  if (given.has('json')) printJson(terminal, report);
  else printReport(report, terminal);
  return report.skipped.length === 0 ? 0 : 1;
}

async function* readFile(file: string): AsyncGenerator<Buffer> {
  try {
    yield* createReadStream(file);
  } catch (error) {
    throw cannotDo(`The file '${file}' cannot be read: ${reasonOf(error)}.`);
  }
}

/** So that nothing is written of a file that is damaged, or for which a key is missing. */
async function lookAtAll(
  file: string,
  ring: KeyRing | undefined,
  terminal: Terminal,
): Promise<number> {
  const progress = createProgress(terminal, { label: 'Checking' });
  let count = 0;
  try {
    for await (const { line, entry } of readExport(readFile(file))) {
      if (ring !== undefined) atLine(line, () => checkOpens(entry, ring));
      progress.update(++count);
    }
  } finally {
    progress.end();
  }
  return count;
}

async function importOne(
  { line, entry }: NumberedEntry,
  target: ImportTarget,
  report: Report,
): Promise<void> {
  const { ring } = target;
  if (ring !== undefined) atLine(line, () => checkOpens(entry, ring));
  const outcome = await importEntry(entry, target);
  if (typeof outcome !== 'string') {
    const [clientKey, setting] =
      'setting' in entry
        ? [entry.setting.clientKey, { setting: entry.setting.name }]
        : [entry.installation.clientKey, {}];
    report.skipped.push({ line, clientKey, ...setting, ...outcome });
    return;
  }
  report['setting' in entry ? 'settings' : 'installations'][outcome]++;
  if (outcome === 'unchanged') return;
  if (ring === undefined ? isInClear(entry) : ring.first === undefined) report.inClear++;
}

function atLine(line: number, check: () => void): void {
  try {
    check();
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    throw new StoreError(error.code, `Line ${line}: ${error.message}`, { hint: error.hint });
  }
}

const LISTED = 20;

function printReport(report: Report, terminal: Terminal): void {
  const page = createPage(terminal);
  const { installations, settings, skipped, inClear, dryRun } = report;
  if (dryRun) page.heading('Nothing was written; this is what would be done.');
  const written = installations.imported + installations.replaced + settings.imported;
  page.field(
    'imported',
    `${counted(installations.imported, 'installation')}, ${counted(settings.imported, 'setting')}`,
  );
  if (installations.replaced > 0) {
    page.field('replaced', `${counted(installations.replaced, 'older installation')}`);
  }
  page.field(
    'unchanged',
    `${counted(installations.unchanged, 'installation')}, ${counted(settings.unchanged, 'setting')}`,
  );
  if (inClear > 0) {
    page.field(
      'in clear',
      `${amount(inClear)} of these ${amount(written)}. To encrypt them, give encryption keys, or run countersign installations reencrypt.`,
      { style: 'yellow' },
    );
  }
  if (skipped.length === 0) return;
  page.field('skipped', amount(skipped.length), { style: 'yellow' });
  page.blank();
  for (const { line, clientKey, setting, reason } of skipped.slice(0, LISTED)) {
    const what = setting === undefined ? clientKey : `the setting ${setting} of ${clientKey}`;
    page.text(`Line ${line}, ${what}: ${reason}.`, { indent: 2 });
  }
  if (skipped.length > LISTED) {
    page.text(`… and ${amount(skipped.length - LISTED)} more: --json`, { indent: 2 });
  }
}
