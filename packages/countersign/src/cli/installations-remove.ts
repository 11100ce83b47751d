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
import { badUsage } from './failures.ts';
import { demandStoreName, withStore } from './open-store.ts';
import { createPage, printJson } from './page.ts';
import { pickInstallation } from './pick-installation.ts';
import type { Terminal } from './terminal.ts';

export const installationsRemove: CommandDetails = {
  usage: '(--client-key KEY | --site URL) [options]',
  about: [
    'The app stays installed in Jira, but calls of it and calls to it fail until an administrator installs it again: Jira hands over a secret once. It asks first.',
    'What the app keeps for the installation, its settings, stays. To forget that too, use countersign installations purge.',
  ],
  options: {
    store: STORE_OPTION,
    'client-key': CLIENT_KEY_OPTION,
    site: SITE_OPTION,
    yes: YES_OPTION,
    json: JSON_OPTION,
  },
  examples: [
    {
      text: 'A site that is gone:',
      line: 'countersign installations remove --store sqlite:./app.db --site https://example.atlassian.net',
    },
  ],
  run: remove,
};

async function remove(given: Arguments, terminal: Terminal): Promise<ExitCode> {
  if (!given.has('client-key') && !given.has('site')) {
    throw badUsage('Name the installation: --client-key KEY or --site URL.');
  }
  await withStore(demandStoreName(given, terminal), async (open) => {
    const { clientKey, appKey, siteUrl } = await pickInstallation(open, given);
    await confirm(
      terminal,
      `Forget ${appKey} on ${siteUrl} and its secret? It cannot be undone.`,
      given.has('yes'),
    );
    await open.store.delete(clientKey);
    if (given.has('json')) printJson(terminal, { removed: { clientKey, appKey, siteUrl } });
    else createPage(terminal).text(`Forgotten: ${appKey} on ${siteUrl} (${clientKey}).`);
  });
  return 0;
}
