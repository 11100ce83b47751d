import { keyIdOf } from '../installations/encryption/seal.ts';
import type { InstallationRecord } from '../installations/installation.ts';
import { allSettings } from '../installations/list-all.ts';
import type { InstallationStore } from '../installations/store.ts';
import { amount } from './amounts.ts';
import type { Arguments } from './arguments.ts';
import { confirm } from './ask.ts';
import {
  CLIENT_KEY_OPTION,
  type CommandDetails,
  type ExitCode,
  JSON_OPTION,
  SITE_OPTION,
  STORE_OPTION,
  YES_OPTION,
} from './command.ts';
import { decrypted, KEYS_OPTIONS } from './encryption-keys.ts';
import { demandStoreName, withStore } from './open-store.ts';
import { createPage, printJson } from './page.ts';
import { pickInstallation } from './pick-installation.ts';
import { shownInstallation, stateOf } from './show-installation.ts';
import type { Terminal } from './terminal.ts';
import { storedTime } from './times.ts';

export const installationsShow: CommandDetails = {
  usage: '[options]',
  about: [
    'Without --client-key or --site it is the only one that is stored.',
    'The secret is not shown, and no encryption key is needed. --reveal asks first, and then prints it; where it is encrypted, that needs the key.',
  ],
  options: {
    store: STORE_OPTION,
    'client-key': CLIENT_KEY_OPTION,
    site: SITE_OPTION,
    reveal: { text: 'Print the shared secret too, after asking.' },
    ...KEYS_OPTIONS,
    yes: YES_OPTION,
    json: JSON_OPTION,
  },
  examples: [
    {
      text: 'By its site:',
      line: 'countersign installations show --store sqlite:./app.db --site https://example.atlassian.net',
    },
  ],
  run: show,
};

async function show(given: Arguments, terminal: Terminal): Promise<ExitCode> {
  const { record, settings } = await withStore(
    demandStoreName(given, terminal),
    async (open): Promise<{ record: InstallationRecord; settings: string[] }> => {
      const found = await pickInstallation(open, given);
      return { record: found, settings: await settingNames(open.store, found.clientKey) };
    },
  );
  const secret = given.has('reveal') ? await reveal(record, given, terminal) : undefined;
  if (given.has('json')) {
    printJson(terminal, {
      ...shownInstallation(record),
      settings,
      ...(secret === undefined ? {} : { sharedSecret: secret }),
    });
    return 0;
  }
  const { payload } = record;
  const page = createPage(terminal);
  page.heading(record.siteUrl);
  const field = (label: string, text: string): void => page.field(label, text, { width: 14 });
  field('clientKey', record.clientKey);
  field('app', record.appKey);
  field('state', stateOf(record));
  field('installed', storedTime(record.installedAt));
  field('changed', storedTime(record.changedAt));
  for (const name of ['productType', 'displayUrl', 'description', 'installationId']) {
    const value = payload[name];
    if (typeof value === 'string' && value !== '') field(name, value);
  }
  if (settings.length > 0) field('settings', shownNames(settings));
  field('secret', secret ?? hiddenSecret(record));
  return 0;
}

/** The secret in clear, after asking. */
async function reveal(
  record: InstallationRecord,
  given: Arguments,
  terminal: Terminal,
): Promise<string> {
  const { sharedSecret } = await decrypted(record, given, terminal);
  await confirm(
    terminal,
    `Print the shared secret of ${record.siteUrl}? Whoever reads it can act as the app.`,
    given.has('yes'),
  );
  return sharedSecret;
}

function hiddenSecret({ sharedSecret }: InstallationRecord): string {
  const key = keyIdOf(sharedSecret);
  return key === undefined
    ? `${sharedSecret.length} characters, not shown; it is stored in clear`
    : `encrypted with the key ${key}`;
}

async function settingNames({ settings }: InstallationStore, clientKey: string): Promise<string[]> {
  const names: string[] = [];
  if (settings === undefined) return names;
  for await (const { name } of allSettings(settings, clientKey)) names.push(name);
  return names;
}

const SHOWN_NAMES = 10;

function shownNames(names: readonly string[]): string {
  const more = names.length - SHOWN_NAMES;
  return [...names.slice(0, SHOWN_NAMES), ...(more > 0 ? [`and ${amount(more)} more`] : [])].join(
    ', ',
  );
}
