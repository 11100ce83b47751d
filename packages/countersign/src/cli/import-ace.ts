import { importAce } from '../import/ace/import-ace.ts';
import { openAceSource } from '../import/ace/open-source.ts';
import {
  type AceReport,
  type AceSkip,
  type AceSkipReason,
  skipReasons,
} from '../import/ace/report.ts';
import type { AceSource } from '../import/ace/source.ts';
import { encryptedStore } from '../installations/encryption/encrypted-store.ts';
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
import { variableNamedBy } from './environment.ts';
import { badUsage } from './failures.ts';
import { interruptible } from './interrupt.ts';
import { demandStoreName, withStore } from './open-store.ts';
import { createPage, note, type Page, printJson } from './page.ts';
import { createProgress } from './progress.ts';
import type { Terminal } from './terminal.ts';

export const importAceCommand: CommandDetails = {
  usage: '(--from URL | --from-env NAME) [options]',
  about: [
    'Reads the store of an app on atlassian-connect-express, and writes its installations and settings into a store of Countersign, which is made if it is missing: no site has to install the app again. The old store is only read.',
    'It may be run again, also when the new app is running: what Jira or the app has written into the new store is left alone.',
    'atlassian-connect-express does not keep uninstalls: sites that have removed the app come along as installed. Tokens that it had cached for some minutes stay behind.',
    'A URL on the command line is seen by other users of the machine; one with a password goes into an environment variable.',
  ],
  options: {
    from: {
      value: 'URL',
      text: 'The old store: postgres://, mysql://, mariadb://, redis://, rediss://, mongodb://, mongodb+srv://, sqlite:FILE, or a FILE that ends in .db or .sqlite.',
    },
    'from-env': { value: 'NAME', text: 'Read its URL from this environment variable.' },
    table: {
      value: 'NAME',
      text: 'The table or collection of the old store. Default: AddonSettings.',
    },
    'app-key': {
      value: 'KEY',
      text: 'The app whose installations come along, where the old store holds those of several.',
    },
    store: STORE_OPTION,
    ...KEYS_OPTIONS,
    'dry-run': DRY_RUN_OPTION,
    json: JSON_OPTION,
  },
  examples: [
    {
      text: 'See what would come along:',
      line: 'countersign import ace --from-env DB_URL --store sqlite:./app.db --dry-run',
    },
    {
      text: 'From one SQLite file into another:',
      line: 'countersign import ace --from sqlite:./store.db --store sqlite:./app.db',
    },
  ],
  run: runImport,
};

async function runImport(given: Arguments, terminal: Terminal): Promise<ExitCode> {
  const url = readSourceUrl(given, terminal);
  const name = demandStoreName(given, terminal);
  const keys = readEncryptionKeys(given, terminal);
  const table = given.text('table');
  const source = await openAceSource(url, table === undefined ? {} : { table });
  let report: AceReport;
  try {
    report = await bring(source, name, keys, given, terminal);
  } finally {
    await source.close();
  }
  const { isDryRun, isComplete: _, skipped, ...rest } = report;
  const total = foundIn(report);
  if (given.has('json')) {
    printJson(terminal, {
      dryRun: isDryRun,
      ...rest,
      skipped: skipped.map((skip) => ({ ...skip, ...skipReasons[skip.reason] })),
    });
  } else if (total === 0) {
    createPage(terminal).text(
      skipped.length === 0
        ? 'The old store holds no installation. Is it the right database?'
        : 'No installation could be brought along.',
      { style: 'yellow' },
    );
    printSkipped(report, createPage(terminal));
  } else {
    printReport(report, terminal);
    if (keys === undefined && !isDryRun) {
      note(
        terminal,
        'The secrets are stored in clear: no encryption key was given. To encrypt them, run countersign installations reencrypt.',
      );
    }
  }
  return total > 0 && skipped.every(({ reason }) => !skipReasons[reason].matters) ? 0 : 1;
}

/** Installations that are in the new store now, or newer ones. */
function foundIn({ installations, skipped }: AceReport): number {
  const { imported, replaced, unchanged } = installations;
  return (
    imported +
    replaced +
    unchanged +
    skipped.filter(({ reason }) => reason === 'changed-here').length
  );
}

function readSourceUrl(given: Arguments, terminal: Terminal): string {
  const url = given.text('from');
  const name = given.text('from-env');
  if (url !== undefined && name !== undefined) throw badUsage('Choose --from or --from-env.');
  if (url !== undefined) return url;
  if (name === undefined) {
    throw badUsage(
      'Name the store of atlassian-connect-express: --from URL, or --from-env NAME.',
      'It is the option store in its config.json; often its URL is in the environment variable DB_URL.',
    );
  }
  return variableNamedBy('from-env', name, 'a URL', terminal);
}

async function bring(
  source: AceSource,
  name: string,
  keys: ReturnType<typeof readEncryptionKeys>,
  given: Arguments,
  terminal: Terminal,
): Promise<AceReport> {
  const isDryRun = given.has('dry-run');
  const progress = createProgress(terminal, {
    label: isDryRun ? 'Reading' : 'Importing',
    total: await source.count(),
  });
  try {
    return await withStore(
      name,
      ({ store }) =>
        interruptible(
          () => 'What was imported stays. Run it again to go on.',
          async (signal) => {
            const report = await importAce(source, encryptedStore(store, keys), {
              appKey: given.text('app-key'),
              isDryRun,
              signal,
              onProgress: ({ done }) => progress.update(done),
            });
            if (!report.isComplete) signal.throwIfAborted();
            return report;
          },
        ),
      { create: true, dryRun: isDryRun },
    );
  } finally {
    progress.end();
  }
}

function printReport(report: AceReport, terminal: Terminal): void {
  const page = createPage(terminal);
  const { installations, settings, cachedTokens, appKey, isDryRun } = report;
  if (isDryRun) page.heading('Nothing was written; this is what would be done.');
  if (appKey !== undefined) page.field('app', appKey);
  page.field(
    'imported',
    `${counted(installations.imported, 'installation')}, ${counted(settings.imported, 'setting')}`,
  );
  if (installations.replaced > 0) {
    page.field(
      'replaced',
      `${counted(installations.replaced, 'installation')}, changed in the old store since the last import`,
    );
  }
  page.field(
    'unchanged',
    `${counted(installations.unchanged, 'installation')}, ${counted(settings.unchanged, 'setting')}`,
  );
  if (cachedTokens > 0) page.field('left behind', counted(cachedTokens, 'cached token'));
  printSkipped(report, page);
}

const LISTED = 20;

/** By reason, those that somebody should look at first. */
function printSkipped({ skipped }: AceReport, page: Page): void {
  if (skipped.length === 0) return;
  const byReason = new Map<AceSkipReason, AceSkip[]>();
  for (const skip of skipped) {
    const others = byReason.get(skip.reason);
    if (others === undefined) byReason.set(skip.reason, [skip]);
    else others.push(skip);
  }
  page.field('skipped', amount(skipped.length), { style: 'yellow' });
  const matters = (reason: AceSkipReason) => Number(skipReasons[reason].matters);
  let room = LISTED;
  for (const [reason, skips] of [...byReason].sort((a, b) => matters(b[0]) - matters(a[0]))) {
    page.blank();
    page.text(`${amount(skips.length)}: ${skipReasons[reason].text}`);
    for (const { clientKey, setting } of skips.slice(0, room)) {
      const owner = clientKey ?? '(no clientKey)';
      page.text(setting === undefined ? owner : `the setting ${setting} of ${owner}`, {
        indent: 2,
      });
    }
    if (skips.length > room) {
      page.text(`… and ${amount(skips.length - room)} more: --json`, { indent: 2 });
    }
    room = Math.max(0, room - skips.length);
  }
}
