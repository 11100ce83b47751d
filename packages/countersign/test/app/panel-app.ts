/** An app with a panel, as small as one can be, and the callbacks and page requests that a site sends it. */
import {
  type App,
  type AppOptions,
  createApp,
  type Descriptor,
  type InstallationStore,
  memoryStore,
} from '../../src/index.ts';
import { lifecycleToken, type TokenKnobs } from '../connect/atlassian-host.ts';
import { siteToken } from '../connect/site-token.ts';
import { type CollectedLog, collectLog } from './collected-log.ts';

export const APP_URL = 'https://panel.example.com';
export const SITE_URL = 'https://example.atlassian.net';
export const START: number = Date.parse('2026-11-02T09:00:00Z');

export function panelDescriptor(change: Record<string, unknown> = {}): Descriptor {
  return {
    key: 'panel-app',
    name: 'Panel',
    baseUrl: '{{appUrl}}',
    authentication: { type: 'jwt' },
    lifecycle: {
      installed: '/installed',
      uninstalled: '/uninstalled',
      enabled: '/enabled',
      disabled: '/disabled',
    },
    apiMigrations: { 'signed-install': true },
    scopes: ['READ'],
    modules: {},
    ...change,
  };
}

export interface SignedCallback extends TokenKnobs {
  /** Below the app's URL, with its query. Default: `/<event>`. */
  path?: string;
  method?: string;
  clientKey?: string;
  sharedSecret?: string;
  /** Merged into the usual body; a text is sent as it is. */
  body?: Record<string, unknown> | string;
  /** Sent instead of a fresh one; an empty text sends none. */
  token?: string;
}

export interface PanelApp {
  readonly app: App;
  readonly store: InstallationStore;
  readonly log: CollectedLog;
  readonly clock: { time: number };
  /** installed and uninstalled are signed with RS256, enabled and disabled with HS256. */
  callback(
    event: 'installed' | 'uninstalled' | 'enabled' | 'disabled',
    options?: SignedCallback,
  ): Promise<Request>;
  send(
    event: 'installed' | 'uninstalled' | 'enabled' | 'disabled',
    options?: SignedCallback,
  ): Promise<Response>;
}

/** `hosts` are its key hosts. Everything else has a default, and a clock that stands still until a test moves it. */
export function createPanelApp(
  hosts: readonly string[],
  change: Partial<AppOptions> = {},
): PanelApp {
  const clock = { time: START };
  const now = () => clock.time;
  const log = collectLog();
  const options = {
    descriptor: panelDescriptor(),
    appUrl: APP_URL,
    store: memoryStore({ now }),
    installKeyHosts: hosts,
    logger: log,
    now,
    ...change,
  };
  const { appUrl, store } = options;
  const app = createApp(options);
  const panelApp: PanelApp = {
    app,
    store,
    log,
    clock,
    async callback(event, callback = {}) {
      const { path = `/${event}`, method = 'POST' } = callback;
      const { clientKey = 'client-1', sharedSecret = 'secret-1' } = callback;
      const url = `${appUrl}${path}`;
      const at = clock.time;
      const token =
        callback.token ??
        (event === 'installed' || event === 'uninstalled'
          ? await lifecycleToken({ url, clientKey, appUrl, at }, callback)
          : await siteToken({
              ...{ clientKey, sharedSecret, url, appUrl, at, method: 'POST' },
              claims: callback.claims ?? {},
              header: callback.header ?? {},
            }));
      const body =
        typeof callback.body === 'string'
          ? callback.body
          : JSON.stringify({
              key: 'panel-app',
              clientKey,
              ...(event === 'installed' ? { sharedSecret, baseUrl: SITE_URL } : {}),
              productType: 'jira',
              eventType: event,
              ...callback.body,
            });
      return new Request(url, {
        method,
        headers: {
          'content-type': 'application/json',
          ...(token === '' ? {} : { authorization: `JWT ${token}` }),
        },
        body: method === 'GET' ? null : body,
      });
    },
    send: async (event, callback) => app.fetch(await panelApp.callback(event, callback)),
  };
  return panelApp;
}

/** All that an outsider sees of an answer. */
export async function outwardAnswer(response: Response): Promise<unknown> {
  return {
    status: response.status,
    headers: Object.fromEntries(response.headers),
    body: await response.text(),
  };
}

export const UNAUTHORIZED = {
  status: 401,
  headers: {
    'cache-control': 'no-store',
    'content-type': 'application/json; charset=utf-8',
    'www-authenticate': 'JWT realm="panel-app"',
  },
  body: '{"error":"unauthorized"}',
};
