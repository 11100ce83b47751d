import {
  type CallerTokenKind,
  type ConnectApp,
  createApp,
  type InstallationStore,
} from 'countersign';
import descriptor from '../atlassian-connect.json' with { type: 'json' };
import { panel } from './panel.ts';

/** The tokens that the routes accept: those that a page of the app has. */
export const accept: CallerTokenKind[] = ['session', 'context'];

export interface JiraAppOptions {
  appUrl: string;
  store: InstallationStore;
  encryptionKeys: string | undefined;
  /** A stand-in for a Jira site on this machine. */
  sandboxUrl: string | undefined;
}

export function createJiraApp(options: JiraAppOptions): ConnectApp {
  const { appUrl, store, encryptionKeys, sandboxUrl } = options;
  const app = createApp({
    descriptor,
    appUrl,
    store,
    encryptionKeys,
    ...(sandboxUrl && {
      allowedSites: [sandboxUrl],
      installKeyHosts: [`${sandboxUrl}/install-keys`],
    }),
  });
  app.on('installed', ({ installation }) => console.log(`Installed on ${installation.siteUrl}.`));
  app.page('/panel', panel);
  return app;
}
