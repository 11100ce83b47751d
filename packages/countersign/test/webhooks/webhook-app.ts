/** An app with webhooks, installed on a site, and the webhooks that the site sends it. */
import type { App, AppOptions, InstallationStore } from '../../src/index.ts';
import type { CollectedLog } from '../app/collected-log.ts';
import { APP_URL, createPanelApp, panelDescriptor } from '../app/panel-app.ts';
import type { AtlassianHost } from '../connect/atlassian-host.ts';
import { siteToken } from '../connect/site-token.ts';

interface SentWebhook {
  /** Below the app's URL. Default: `/webhooks`. */
  path?: string;
  method?: string;
  clientKey?: string;
  sharedSecret?: string;
  /** Default: that an issue was updated. A text is sent as it is. */
  body?: unknown;
  identifier?: string;
  headers?: Record<string, string>;
  claims?: Record<string, unknown>;
  /** Sent in place of a fresh one; an empty text sends none. */
  token?: string;
}

export interface WebhookApp {
  readonly app: App;
  readonly store: InstallationStore;
  readonly log: CollectedLog;
  readonly clock: { time: number };
  webhook(sent?: SentWebhook): Promise<Request>;
  send(sent?: SentWebhook): Promise<Response>;
  install(clientKey?: string, sharedSecret?: string): Promise<void>;
}

export const updated = {
  timestamp: Date.parse('2026-11-02T08:59:58Z'),
  webhookEvent: 'jira:issue_updated',
  issue_event_type_name: 'issue_generic',
  user: { accountId: '5b10a2844c20165700ede21g', displayName: 'Mia Krystof' },
  issue: { id: '10021', key: 'XX-21', fields: { summary: 'A panel' } },
  changelog: {
    id: '10100',
    items: [
      {
        field: 'summary',
        fieldId: 'summary',
        fieldtype: 'jira',
        from: null,
        fromString: 'A table',
        to: null,
        toString: 'A panel',
      },
    ],
  },
};

const WEBHOOKS = [
  { event: 'jira:issue_updated', url: '/webhooks' },
  { event: 'jira:issue_created', url: '/webhooks' },
  { event: 'comment_created', url: '/webhooks' },
  { event: 'worklog_updated', url: '/webhooks' },
  // biome-ignore lint/suspicious/noTemplateCurlyInString: Jira fills it in.
  { event: 'jira:issue_deleted', url: '/deleted/${issue.key}?id={issue.id}', excludeBody: true },
];

/** Installed on the site of `client-1`, unless its store has that already. */
export async function createWebhookApp(
  host: AtlassianHost,
  change: Partial<AppOptions> = {},
): Promise<WebhookApp> {
  const panel = createPanelApp([host.url], {
    descriptor: panelDescriptor({ modules: { webhooks: WEBHOOKS } }),
    ...change,
  });
  const webhookApp: WebhookApp = {
    ...panel,
    async webhook(sent = {}) {
      const { path = '/webhooks', method = 'POST', body = updated, identifier } = sent;
      const { clientKey = 'client-1', sharedSecret = 'secret-1' } = sent;
      const url = `${APP_URL}${path}`;
      const token =
        sent.token ??
        (await siteToken({
          ...{ clientKey, sharedSecret, url, method, appUrl: APP_URL, at: panel.clock.time },
          claims: sent.claims ?? {},
        }));
      return new Request(url, {
        method,
        headers: {
          'content-type': 'application/json',
          ...(token === '' ? {} : { authorization: `JWT ${token}` }),
          ...(identifier === undefined ? {} : { 'x-atlassian-webhook-identifier': identifier }),
          ...sent.headers,
        },
        ...(method === 'POST'
          ? { body: typeof body === 'string' ? body : JSON.stringify(body) }
          : {}),
      });
    },
    send: async (sent) => panel.app.fetch(await webhookApp.webhook(sent)),
    async install(clientKey = 'client-1', sharedSecret = 'secret-1') {
      const installed = await panel.send('installed', { clientKey, sharedSecret });
      if (installed.status !== 204) throw new Error(`installed was answered ${installed.status}`);
      // Two lifecycle tokens of one second would be one token.
      panel.clock.time += 1000;
    },
  };
  if ((await panel.store.get('client-1')) === undefined) await webhookApp.install();
  return webhookApp;
}
