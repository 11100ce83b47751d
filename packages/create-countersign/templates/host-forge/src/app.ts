import { readFileSync } from 'node:fs';
import {
  type CallerTokenKind,
  createApp,
  type ForgeApp,
  type InstallationStore,
} from 'countersign';

/** The tokens that the routes accept: those that Forge sends with each call of a page. */
export const accept: CallerTokenKind[] = ['forge'];

export interface JiraAppOptions {
  appUrl: string;
  store: InstallationStore;
  encryptionKeys: string | undefined;
  /** A stand-in for a Jira site on this machine. */
  sandboxUrl: string | undefined;
}

export function createJiraApp(options: JiraAppOptions): ForgeApp {
  const { appUrl, store, encryptionKeys, sandboxUrl } = options;
  const app = createApp({
    appUrl,
    store,
    encryptionKeys,
    forge: {
      appId: appId(),
      ...(sandboxUrl && {
        keySetUrl: `${sandboxUrl}/_forge/.well-known/jwks.json`,
        gatewayUrls: [sandboxUrl],
        graphqlUrl: `${sandboxUrl}/graphql`,
      }),
    },
  });
  app.forge.on('avi:forge:installed:app', ({ installation }) =>
    console.log(`Installed on ${installation.siteUrl}.`),
  );
  app.forge.keepTokensFresh();
  return app;
}

/** `forge register` writes it into the manifest. */
function appId(): string {
  const manifest = readFileSync(new URL('../manifest.yml', import.meta.url), 'utf8');
  const id = /^ {2}id: (ari:\S+)/m.exec(manifest)?.[1];
  if (id === undefined) throw new Error('manifest.yml has no app.id. Run: forge register');
  return id;
}
