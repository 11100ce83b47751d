import { allRecords, allSettings } from '../installations/list-all.ts';
import { purge } from '../installations/purge.ts';
import type { InstallationStore } from '../installations/store.ts';
import { amount, counted } from './amounts.ts';
import type { Arguments } from './arguments.ts';
import { confirm } from './ask.ts';
import {
  CLIENT_KEY_OPTION,
  type CommandDetails,
  DRY_RUN_OPTION,
  type ExitCode,
  JSON_OPTION,
  SITE_OPTION,
  STORE_OPTION,
  YES_OPTION,
} from './command.ts';
import { badUsage } from './failures.ts';
import { demandStoreName, type OpenStore, withStore } from './open-store.ts';
import { createPage, printJson } from './page.ts';
import { pickInstallation } from './pick-installation.ts';
import { createProgress } from './progress.ts';
import type { Terminal } from './terminal.ts';

export const installationsPurge: CommandDetails = {
  usage: '(--client-key KEY | --site URL | --uninstalled-for DAYS) [options]',
  about: [
    'Forgets installations wholly: the record with its secrets, and all settings that the app keeps for it. It asks first. An installation that is purged while the app is installed comes back only when an administrator installs it again.',
    'With --uninstalled-for it takes all that were uninstalled at least so many days ago, and have not come back since.',
  ],
  options: {
    store: STORE_OPTION,
    'client-key': CLIENT_KEY_OPTION,
    site: SITE_OPTION,
    'uninstalled-for': {
      value: 'DAYS',
      text: 'All that were uninstalled at least so many days ago.',
    },
    'dry-run': DRY_RUN_OPTION,
    yes: YES_OPTION,
    json: JSON_OPTION,
  },
  examples: [
    {
      text: 'Everything of a site that asks to be forgotten:',
      line: 'countersign installations purge --store sqlite:./app.db --site https://example.atlassian.net',
    },
    {
      text: 'Each night, what is gone for a month:',
      line: 'countersign installations purge --uninstalled-for 30 --yes',
    },
  ],
  run: runPurge,
};

/** What is to be forgotten; appKey and siteUrl are those of the record, where there is one. */
interface Target {
  readonly clientKey: string;
  readonly appKey?: string;
  readonly siteUrl?: string;
  readonly settings: number;
}

const DAY_MS = 86_400_000;
const LISTED = 20;

async function runPurge(given: Arguments, terminal: Terminal): Promise<ExitCode> {
  const ways = ['client-key', 'site', 'uninstalled-for'].filter((name) => given.has(name));
  if (ways.length !== 1) {
    throw badUsage(
      `Say ${ways.length === 0 ? 'what to purge' : 'it in one way'}: --client-key KEY, --site URL or --uninstalled-for DAYS.`,
    );
  }
  const days = readDays(given);
  await withStore(demandStoreName(given, terminal), (open) =>
    days === undefined ? purgeOne(open, given, terminal) : purgeOld(open, days, given, terminal),
  );
  return 0;
}

function readDays(given: Arguments): number | undefined {
  const text = given.text('uninstalled-for');
  if (text === undefined) return undefined;
  const days = Number(text);
  if (days >= 0 && Number.isFinite(days)) return days;
  throw badUsage('--uninstalled-for must be a number of days.');
}

async function purgeOne(open: OpenStore, given: Arguments, terminal: Terminal): Promise<void> {
  const target = await findOne(open, given);
  const settings = counted(target.settings, 'setting');
  const what =
    target.siteUrl === undefined
      ? `${settings} of the clientKey ${target.clientKey}, which has no record`
      : `${target.appKey} on ${target.siteUrl}, its secrets and ${settings}`;
  if (!given.has('dry-run')) {
    await confirm(terminal, `Purge ${what}? It cannot be undone.`, given.has('yes'));
    await purge(open.store, target.clientKey);
  }
  report([target], given, terminal);
}

async function findOne(open: OpenStore, given: Arguments): Promise<Target> {
  const key = given.text('client-key');
  const settings = key === undefined ? 0 : await countSettings(open.store, key);
  if (key !== undefined && settings > 0 && (await open.store.get(key)) === undefined) {
    return { clientKey: key, settings };
  }
  const { clientKey, appKey, siteUrl } = await pickInstallation(open, given);
  return { clientKey, appKey, siteUrl, settings: await countSettings(open.store, clientKey) };
}

async function purgeOld(
  { store }: OpenStore,
  days: number,
  given: Arguments,
  terminal: Terminal,
): Promise<void> {
  const before = Date.now() - days * DAY_MS;
  const targets: Target[] = [];
  for await (const record of allRecords(store)) {
    const { clientKey, appKey, siteUrl } = record;
    if (!isGone(record, before)) continue;
    targets.push({ clientKey, appKey, siteUrl, settings: await countSettings(store, clientKey) });
  }
  if (given.has('dry-run') || targets.length === 0) return report(targets, given, terminal);
  await confirm(
    terminal,
    `Purge ${counted(targets.length, 'installation')} that ${targets.length === 1 ? 'was' : 'were'} uninstalled at least ${days === 1 ? 'a day' : `${amount(days)} days`} ago, with all settings? It cannot be undone.`,
    given.has('yes'),
  );
  const progress = createProgress(terminal, { label: 'Purging', total: targets.length });
  const purged: Target[] = [];
  try {
    for (const [index, target] of targets.entries()) {
      // It may have been installed again since it was looked at.
      const record = await store.get(target.clientKey);
      if (record !== undefined && isGone(record, before)) {
        await purge(store, target.clientKey);
        purged.push(target);
      }
      progress.update(index + 1);
    }
  } finally {
    progress.end();
  }
  report(purged, given, terminal);
}

function isGone(record: { status: string; changedAt: number }, before: number): boolean {
  return record.status === 'uninstalled' && record.changedAt <= before;
}

async function countSettings({ settings }: InstallationStore, clientKey: string): Promise<number> {
  let count = 0;
  if (settings === undefined) return count;
  for await (const _setting of allSettings(settings, clientKey)) count++;
  return count;
}

function report(targets: readonly Target[], given: Arguments, terminal: Terminal): void {
  const dryRun = given.has('dry-run');
  if (given.has('json')) {
    printJson(terminal, { dryRun, purged: targets });
    return;
  }
  const page = createPage(terminal);
  for (const { clientKey, appKey, siteUrl, settings } of targets.slice(0, LISTED)) {
    const record = siteUrl === undefined ? 'no record' : `${appKey} on ${siteUrl}`;
    page.text(`${clientKey}: ${record}, ${counted(settings, 'setting')}`, { indent: 2 });
  }
  if (targets.length > LISTED) {
    page.text(`… and ${amount(targets.length - LISTED)} more: --json`, { indent: 2 });
  }
  if (targets.length === 0) {
    page.text('There is nothing to purge.');
    return;
  }
  const records = targets.filter(({ siteUrl }) => siteUrl !== undefined).length;
  const settings = targets.reduce((sum, target) => sum + target.settings, 0);
  const what = `${counted(records, 'installation')} and ${counted(settings, 'setting')}`;
  page.text(dryRun ? `Would be purged: ${what}.` : `Purged: ${what}.`);
}
