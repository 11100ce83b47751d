import { createWriteStream, existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { allRecords, allSettings } from '../installations/list-all.ts';
import type { InstallationStore } from '../installations/store.ts';
import { amount, counted } from './amounts.ts';
import type { Arguments } from './arguments.ts';
import { type CommandDetails, type ExitCode, JSON_OPTION, STORE_OPTION } from './command.ts';
import {
  type ExportCounts,
  type ExportEntry,
  entryLine,
  firstLine,
  isInClear,
  lastLine,
} from './export-format.ts';
import { badUsage, CommandFailure, cannotDo, reasonOf } from './failures.ts';
import { interruptible } from './interrupt.ts';
import { demandStoreName, withStore } from './open-store.ts';
import { createPage, printJson } from './page.ts';
import { createProgress, type Progress } from './progress.ts';
import { drained, type Terminal } from './terminal.ts';

export const installationsExport: CommandDetails = {
  usage: '[options]',
  about: [
    'Writes all installations and settings as JSON Lines, exactly as they are stored: what is encrypted stays so, and no key is needed. countersign installations import reads it back, into any store.',
    'What is stored in clear is not exported unless --clear is given: whoever reads such a file can act as the app.',
  ],
  options: {
    store: STORE_OPTION,
    out: {
      value: 'FILE',
      text: 'Write this file, for its owner alone. It appears when it is whole. Default: standard output.',
    },
    force: { text: 'Replace the file if it is there.' },
    clear: { text: 'Export secrets and settings that are stored in clear, too.' },
    json: { text: `${JSON_OPTION.text} Only with --out: the export itself is JSON Lines.` },
  },
  examples: [
    {
      text: 'A backup:',
      line: 'countersign installations export --store sqlite:./app.db --out backup.jsonl',
    },
    {
      text: 'From one store into another:',
      line: 'countersign installations export --store sqlite:./app.db | countersign installations import - --store redis://127.0.0.1:6379',
    },
  ],
  run: runExport,
};

async function runExport(given: Arguments, terminal: Terminal): Promise<ExitCode> {
  const file = given.text('out');
  if (file === undefined && given.has('force')) throw badUsage('--force needs --out.');
  if (file !== undefined && existsSync(file) && !given.has('force')) {
    throw cannotDo(`The file '${file}' is there already.`, 'Name another, or add --force.');
  }
  await withStore(demandStoreName(given, terminal), async ({ store }) => {
    const allowsClear = given.has('clear');
    if (!allowsClear) await refuseClear(store);
    if (file === undefined) {
      await writeExport(store, terminal.output, { allowsClear });
      return;
    }
    const progress = createProgress(terminal, {
      label: 'Exporting',
      total: await store.count?.(),
    });
    const counts = await interruptible(
      () => `No file '${file}' was made.`,
      (signal) =>
        writeFile(file, (output) => writeExport(store, output, { allowsClear, progress, signal })),
    ).finally(() => progress.end());
    if (given.has('json')) printJson(terminal, { exported: counts, file });
    else {
      createPage(terminal).text(
        `Exported: ${counted(counts.installations, 'installation')} and ${counted(counts.settings, 'setting')}, to ${file}.`,
      );
    }
  });
  return 0;
}

async function* entriesOf(store: InstallationStore): AsyncGenerator<ExportEntry> {
  for await (const installation of allRecords(store)) yield { installation };
  if (store.settings === undefined) return;
  for await (const setting of allSettings(store.settings)) yield { setting };
}

async function refuseClear(store: InstallationStore): Promise<void> {
  let count = 0;
  for await (const entry of entriesOf(store)) if (isInClear(entry)) count++;
  if (count > 0) throw inClear(`secrets and settings are stored in clear (${amount(count)})`);
}

function inClear(what: string): CommandFailure {
  return new CommandFailure(
    1,
    `Nothing was exported: ${what}.`,
    'Encrypt them first, by countersign installations reencrypt, or add --clear and guard the file as you guard a password.',
  );
}

interface WriteOptions {
  readonly allowsClear: boolean;
  readonly progress?: Progress;
  readonly signal?: AbortSignal;
}

async function writeExport(
  store: InstallationStore,
  output: Writable,
  { allowsClear, progress, signal }: WriteOptions,
): Promise<ExportCounts> {
  const counts: ExportCounts = { installations: 0, settings: 0 };
  output.write(firstLine());
  for await (const entry of entriesOf(store)) {
    // Written by somebody since it was looked at.
    if (!allowsClear && isInClear(entry)) throw inClear('something is now stored in clear');
    output.write(entryLine(entry));
    counts['setting' in entry ? 'settings' : 'installations']++;
    progress?.update(counts.installations + counts.settings);
    signal?.throwIfAborted();
    await drained(output);
  }
  output.write(lastLine(counts));
  return counts;
}

/** The file gets its name when it is whole and on the disk. */
async function writeFile<T>(file: string, write: (output: Writable) => Promise<T>): Promise<T> {
  const partial = `${file}.${process.pid}.partial`;
  const output = createWriteStream(partial, { flags: 'wx', mode: 0o600, flush: true });
  const whole = finished(output);
  // Looked at below; until then it is nobody's unhandled rejection.
  whole.catch(() => undefined);
  try {
    const result = await Promise.race([write(output), whole.then(() => undefined as never)]);
    output.end();
    await whole;
    await rename(partial, file);
    return result;
  } catch (error) {
    output.destroy();
    await rm(partial, { force: true });
    if (output.errored === null) throw error;
    throw cannotDo(
      `The file '${file}' cannot be written: ${reasonOf(error)}.`,
      'Check its folder, and the room on the disk.',
    );
  }
}
