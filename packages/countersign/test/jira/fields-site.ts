import { createServer } from 'node:http';
import { type Sandbox, startSandbox } from '../../../sandbox/src/index.ts';
import { createJiraClient, type JiraClient } from '../../src/jira/client.ts';
import { close, listen } from '../connect/atlassian-host.ts';

const FORGE_APP_ID = '8db33809-1f32-48bb-8c52-5877dab48107';

/** A sandbox that apps with fields of their own are installed on. */
export interface FieldsSite {
  readonly site: Sandbox;
  /** Installs a Connect app. */
  readonly connectApp: (
    key: string,
    scopes: readonly string[],
    modules?: Readonly<Record<string, unknown>>,
  ) => Promise<JiraClient>;
  /** Installs a Forge app. Where the client is not told its id, it does not know which fields are its own. */
  readonly forgeApp: (
    fields: readonly object[],
    options?: { id?: string; knowsItsId?: boolean },
  ) => Promise<JiraClient>;
  /** 0 administers Jira, 1 reads, 2 is a member of the project XX. */
  readonly person: (index: 0 | 1 | 2) => JiraClient;
  /** What was called, since the last time that this was asked. */
  readonly calls: () => string[];
  readonly close: () => Promise<void>;
}

export async function startFieldsSite(): Promise<FieldsSite> {
  const site = await startSandbox();
  const descriptors = new Map<string, object>();
  const server = createServer((request, response) => {
    const descriptor = descriptors.get(request.url ?? '');
    if (descriptor === undefined) return response.writeHead(204).end();
    response.setHeader('content-type', 'application/json');
    return response.end(JSON.stringify(descriptor));
  });
  const origin = await listen(server);
  let seen = 0;
  return {
    site,
    async connectApp(key, scopes, modules = {}) {
      const baseUrl = `${origin}/${key}`;
      const descriptor = {
        ...{ key, baseUrl, scopes, modules, authentication: { type: 'jwt' } },
        apiMigrations: { 'signed-install': true },
        lifecycle: { installed: '/installed' },
      };
      descriptors.set(`/${key}/atlassian-connect.json`, descriptor);
      await site.install(`${baseUrl}/atlassian-connect.json`);
      return createJiraClient({
        credentials: () =>
          Promise.resolve({
            ...{ siteUrl: site.url, appKey: key, sharedSecret: site.sharedSecret(key) },
            clientKey: site.clientKey,
          }),
        descriptor,
      });
    },
    async forgeApp(fields, { id = FORGE_APP_ID, knowsItsId = true } = {}) {
      await site.forge.install({
        app: {
          id: `ari:cloud:ecosystem::app/${id}`,
          ...{ name: 'Trust', runtime: { name: 'nodejs22.x' } },
        },
        modules: { 'jira:customField': fields },
        permissions: {
          scopes: ['read:app-system-token', 'read:jira-work', 'write:jira-work'],
        },
      });
      return createJiraClient({
        credentials: async () => ({
          ...{ baseUrl: site.forge.apiBaseUrl, kind: 'forge-system' as const },
          bearer: await site.forge.systemToken({ app: id }),
        }),
        ...(knowsItsId ? { forgeAppId: id } : {}),
      });
    },
    person(index) {
      const found = site.people[index];
      if (found === undefined) throw new Error(`The site has no person ${index}.`);
      const { emailAddress, apiToken } = found;
      return createJiraClient({
        credentials: { baseUrl: site.url, email: emailAddress, apiToken },
      });
    },
    calls() {
      const all = site.requests.filter(({ direction }) => direction === 'inbound');
      const fresh = all.slice(seen).map(({ method, path }) => `${method} ${path}`);
      seen = all.length;
      return fresh.map((call) => call.replace(/\/ex\/jira\/[^/]+/, '').replace('/rest/api/3', ''));
    },
    close: async () => {
      await site.close();
      await close(server);
    },
  };
}
