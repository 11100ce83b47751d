import { createServer } from 'node:http';
import { type Sandbox, startSandbox } from '../../../sandbox/src/index.ts';
import { createJiraClient, type JiraClient } from '../../src/jira/client.ts';
import type { JiraCredentials } from '../../src/jira/credentials.ts';
import { close, listen } from '../connect/atlassian-host.ts';

export const APP_KEY = 'panel-app';
const FORGE_APP_ID = '8db33809-1f32-48bb-8c52-5877dab48107';

/** A sandbox on which apps are installed, and the clients of those who call it. */
export interface SandboxSite {
  readonly site: Sandbox;
  /** The Connect app. */
  readonly app: JiraClient;
  /** The Forge app, at the gateway. */
  readonly forgeApp: () => Promise<JiraClient>;
  /** 0 administers Jira, 1 reads, 2 is a member of the project XX. */
  readonly person: (index: 0 | 1 | 2) => JiraClient;
  readonly accountId: (index: 0 | 1 | 2) => string;
  readonly close: () => Promise<void>;
}

export async function startSandboxSite(
  scopes: readonly string[] = ['ADMIN'],
): Promise<SandboxSite> {
  const site = await startSandbox();
  const server = createServer((request, response) => {
    if (request.method === 'GET') {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(descriptor));
    } else response.writeHead(204).end();
  });
  const baseUrl = await listen(server);
  const descriptor = {
    ...{ key: APP_KEY, baseUrl, scopes, authentication: { type: 'jwt' } },
    apiMigrations: { 'signed-install': true },
    lifecycle: { installed: '/installed' },
  };
  await site.install(`${baseUrl}/atlassian-connect.json`);
  const clientOf = (credentials: JiraCredentials): JiraClient =>
    createJiraClient({ credentials, descriptor });
  const found = (index: number) => {
    const person = site.people[index];
    if (person === undefined) throw new Error(`The site has no person ${index}.`);
    return person;
  };
  return {
    site,
    app: clientOf({
      ...{ siteUrl: site.url, appKey: APP_KEY, sharedSecret: site.sharedSecret(APP_KEY) },
      clientKey: site.clientKey,
    }),
    async forgeApp() {
      await site.forge.install({
        ...{ appId: FORGE_APP_ID, remoteUrl: baseUrl, connectKey: APP_KEY },
        scopes: [
          'read:app-system-token',
          'read:app-user-token',
          'read:jira-work',
          'write:jira-work',
        ],
      });
      return clientOf({
        ...{ baseUrl: site.forge.apiBaseUrl, kind: 'forge-system' },
        bearer: await site.forge.systemToken(),
      });
    },
    person: (index) => {
      const { emailAddress, apiToken } = found(index);
      return clientOf({ baseUrl: site.url, email: emailAddress, apiToken });
    },
    accountId: (index) => found(index).accountId,
    close: async () => {
      await site.close();
      await close(server);
    },
  };
}
