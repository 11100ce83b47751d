import type { Arguments } from './arguments.ts';
import { confirm } from './ask.ts';
import {
  CLIENT_KEY_OPTION,
  type CommandDetails,
  type ExitCode,
  JSON_OPTION,
  SITE_OPTION,
  STORE_OPTION,
} from './command.ts';
import { demandStoreName, pickInstallation, withStore } from './open-store.ts';
import { createPage, printJson } from './page.ts';
import { shownInstallation, stateOf } from './show-installation.ts';
import type { Terminal } from './terminal.ts';
import { utc } from './times.ts';

export const installationsShow: CommandDetails = {
  usage: '[options]',
  about: [
    'Without --client-key or --site it is the only one that is stored.',
    'The secret is not shown. --reveal asks first, and then prints it.',
  ],
  options: {
    store: STORE_OPTION,
    'client-key': CLIENT_KEY_OPTION,
    site: SITE_OPTION,
    reveal: { text: 'Print the shared secret too, after asking.' },
    yes: { text: 'Do not ask.' },
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
  const record = await withStore(demandStoreName(given, terminal), (open) =>
    pickInstallation(open, given),
  );
  const reveal = given.has('reveal');
  if (reveal) {
    await confirm(
      terminal,
      `Print the shared secret of ${record.siteUrl}? Whoever reads it can act as the app.`,
      given.has('yes'),
    );
  }
  const { sharedSecret, payload } = record;
  if (given.has('json')) {
    printJson(terminal, { ...shownInstallation(record), ...(reveal ? { sharedSecret } : {}) });
    return 0;
  }
  const page = createPage(terminal);
  page.heading(record.siteUrl);
  const field = (label: string, text: string): void => page.field(label, text, { width: 14 });
  field('clientKey', record.clientKey);
  field('app', record.appKey);
  field('state', stateOf(record));
  field('installed', utc(record.installedAt));
  field('changed', utc(record.changedAt));
  for (const name of ['productType', 'displayUrl', 'description', 'installationId']) {
    const value = payload[name];
    if (typeof value === 'string' && value !== '') field(name, value);
  }
  field('secret', reveal ? sharedSecret : `${sharedSecret.length} characters, not shown`);
  return 0;
}
