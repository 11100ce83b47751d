import { createServer } from 'node:http';
import type { Client } from 'jira.js/core';
import { type Sandbox, startSandbox } from '../../../sandbox/src/index.ts';
import { handle } from '../../src/http/node.ts';
import { type App, createApp, memoryStore } from '../../src/index.ts';
import { createJiraClient } from '../../src/jira/client.ts';
import { type JiraJsOptions, jiraClient } from '../../src/jira-js/index.ts';
import { close, listen } from '../connect/atlassian-host.ts';

const FORGE_APP_ID = '8db33809-1f32-48bb-8c52-5877dab48107';
const FORGE_SCOPES = [
  ...['read:app-system-token', 'read:jira-work', 'read:jira-user', 'read:servicedesk-request'],
  ...['read:board-scope:jira-software', 'read:sprint:jira-software'],
];

/** An app that was installed on a sandbox, over real HTTP. */
export interface AppOnSite {
  readonly site: Sandbox;
  readonly app: App;
  /** Of jira.js, as the app. */
  client(options?: JiraJsOptions): Client;
  /** Of jira.js, as a person: 0 administers Jira, 1 reads. */
  clientAs(person: 0 | 1, options?: JiraJsOptions): Client;
  /** Of jira.js, as a Forge app, through Atlassian's gateway. */
  forgeClient(options?: JiraJsOptions): Promise<Client>;
  accountId(person: 0 | 1): string;
  close(): Promise<void>;
}

export async function startAppOnSite(
  scopes: string[] = ['ADMIN', 'ACT_AS_USER'],
): Promise<AppOnSite> {
  const site = await startSandbox();
  const server = createServer(async (request, response) => {
    if (!(await handle(app, request, response))) response.writeHead(404).end();
  });
  const appUrl = await listen(server);
  const app = createApp({
    ...{ appUrl, store: memoryStore() },
    allowedSites: [site.url],
    installKeyHosts: [site.installKeysUrl],
    jira: { authorizationServerUrl: site.authorizationServerUrl },
    logger: { info: () => {}, warn: () => {}, error: () => {} },
    descriptor: {
      ...{ key: 'jira-js-app', scopes, authentication: { type: 'jwt' } },
      apiMigrations: { 'signed-install': true },
      lifecycle: { installed: '/installed' },
    },
  });
  await site.install(`${appUrl}/atlassian-connect.json`);
  const accountId = (person: number): string => {
    const found = site.people[person];
    if (found === undefined) throw new Error(`The site has no person ${person}.`);
    return found.accountId;
  };
  return {
    ...{ site, app, accountId },
    client: (options = {}) => jiraClient(app, site.clientKey, options),
    clientAs: (person, options = {}) =>
      jiraClient(app.jira(site.clientKey).as(accountId(person)), options),
    async forgeClient(options = {}) {
      await site.forge.install({
        ...{ appId: FORGE_APP_ID, remoteUrl: appUrl, scopes: FORGE_SCOPES },
      });
      const bearer = await site.forge.systemToken();
      const credentials = { baseUrl: site.forge.apiBaseUrl, bearer, kind: 'forge-system' as const };
      return jiraClient(createJiraClient({ credentials }), options);
    },
    close: async () => {
      await app.close();
      await site.close();
      await close(server);
    },
  };
}
