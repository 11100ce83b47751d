import type { EventEmitter } from 'node:events';
import { explain } from './explain/explain.ts';
import {
  disableApp,
  enableApp,
  type InstallOutcome,
  installApp,
  installAppIfChanged,
  rotateAppSecret,
  uninstallApp,
} from './hosts/connect/lifecycle.ts';
import { contextToken, type PageOptions, pageUrl } from './hosts/connect/page-url.ts';
import { createWebhookHost, type WebhookHost } from './hosts/connect/webhook-host.ts';
import { createForgeHost, type ForgeHost } from './hosts/forge/host.ts';
import { startMediaHost } from './hosts/media/media-host.ts';
import { setActive } from './rest/activity.ts';
import type { IssueBody } from './rest/issue-body.ts';
import { issueBody } from './rest/issue-body.ts';
import { listen } from './server.ts';
import { describeApp, type InstalledApp } from './site/apps.ts';
import type { Faults } from './site/faults.ts';
import type { Field } from './site/fields.ts';
import type { RateLimits } from './site/rate-limits.ts';
import type { RequestRecord } from './site/request-log.ts';
import { resetSite } from './site/reset.ts';
import { installKeysUrl, openSite, type SiteEvents } from './site/site.ts';
import type { Traffic } from './site/traffic.ts';
import type { Person } from './site/users.ts';

export interface SandboxOptions {
  /** Default 0: a free port. */
  port?: number;
  /** A file that keeps the state of the site. Default ':memory:'. */
  database?: string;
  /** The site's clock, in milliseconds. Default Date.now. */
  now?: () => number;
  /** Names of hosts, besides this machine, that apps may be installed from. */
  allowedAppHosts?: readonly string[];
  /** How long a minute of Forge's clocks lasts, in milliseconds: of retries (1) and schedules (5 to 10,080). Default 60,000. */
  forgeMinuteMs?: number;
  /** How long a minute of the pauses between the tries of a webhook lasts, in milliseconds. Default 60,000. */
  webhookMinuteMs?: number;
  /** How long an app may take to answer a webhook, in milliseconds. Default 20,000. */
  webhookTimeoutMs?: number;
}

/** A running site. */
export interface Sandbox {
  /** The site's baseUrl, as in http://127.0.0.1:49152. */
  readonly url: string;
  /** `<installKeysUrl>/<kid>` answers the PEM that verifies installed and uninstalled callbacks. */
  readonly installKeysUrl: string;
  /** The host that keeps the files of attachments: downloads are redirected there. */
  readonly mediaUrl: string;
  /** The base URL of the server that gives Connect apps tokens of users. */
  readonly authorizationServerUrl: string;
  readonly clientKey: string;
  /** The API token of the admin, for Basic authentication with admin@example.com. */
  readonly apiToken: string;
  /** The people of the site, the admin first. */
  readonly people: Person[];
  /** Rejects with an Error that says what failed. Installing an installed app upgrades it. */
  install(descriptorUrl: string): Promise<InstalledApp>;
  /** Like install, unless the app is installed from this URL and neither its descriptor nor the site's URL has changed. */
  installIfChanged(descriptorUrl: string): Promise<InstallOutcome>;
  uninstall(appKey: string): Promise<void>;
  enable(appKey: string): Promise<InstalledApp>;
  disable(appKey: string): Promise<InstalledApp>;
  /** Sends a new secret. The old one stays where the app does not accept it. */
  rotateSecret(appKey: string): Promise<InstalledApp>;
  /** A person who is deactivated can neither log in nor be acted as. */
  deactivate(accountId: string): void;
  activate(accountId: string): void;
  /** Withdraws all tokens of users that apps were given. */
  withdrawUserTokens(): void;
  readonly apps: InstalledApp[];
  /** The current secret of an installed app. For tests. */
  sharedSecret(appKey: string): string;
  /** REST calls and callbacks, oldest first. The newest 1,000 are kept. */
  readonly requests: RequestRecord[];
  /** Returns a function that ends the subscription. */
  on<E extends keyof SiteEvents>(event: E, listener: (...args: SiteEvents[E]) => void): () => void;
  /** The signed URL that an iframe of this module loads. */
  pageUrl(appKey: string, moduleUrl: string, options?: PageOptions): string;
  /** What AP.context.getToken gives to the app's page. */
  contextToken(appKey: string, options?: PageOptions): string;
  /** An issue as the REST API v3 shows it, or undefined. */
  issue(key: string): IssueBody | undefined;
  field(id: string): Field | undefined;
  /** The Forge side of the site. */
  readonly forge: ForgeHost;
  /** The webhooks of Connect apps: what became of them, and sending any. */
  readonly webhooks: WebhookHost;
  /** What goes wrong on purpose with calls to the site: lost, slow and broken answers, a wrong clock. */
  readonly faults: Faults;
  /** Jira's rate limits. They are off until they are set. */
  readonly rateLimits: RateLimits;
  /** Counts of calls, and of how many were under way at once. */
  readonly traffic: Traffic;
  /** Back to the seed: issues as they were, apps, requests and webhooks forgotten, faults and rate limits off. */
  reset(): void;
  close(): Promise<void>;
}

const knownOptions = [
  ...['port', 'database', 'now', 'allowedAppHosts'],
  ...['forgeMinuteMs', 'webhookMinuteMs', 'webhookTimeoutMs'],
];

/** Starts a local stand-in for a Jira Cloud site. It resolves when the site answers. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  for (const name of Object.keys(options)) {
    if (!knownOptions.includes(name)) {
      throw new TypeError(`Unknown option "${name}". Known: ${knownOptions.join(', ')}.`);
    }
  }
  const {
    port = 0,
    database = ':memory:',
    now = Date.now,
    allowedAppHosts = [],
    forgeMinuteMs = 60_000,
    webhookMinuteMs = 60_000,
    webhookTimeoutMs = 20_000,
  } = options;
  const site = await openSite({
    ...{ database, now, allowedAppHosts, explain },
    ...{ forgeMinuteMs, webhookMinuteMs, webhookTimeoutMs },
  });
  const server = await listen(site, port).catch((error: unknown) => {
    site.database.close();
    throw error;
  });
  site.url = `http://127.0.0.1:${server.port}`;
  const media = await startMediaHost(site);
  site.mediaUrl = media.url;
  const forge = createForgeHost(site);
  const webhooks = createWebhookHost(site);
  const { clientKey } = site.identity;
  let closed: Promise<void> | undefined;

  return {
    url: site.url,
    installKeysUrl: installKeysUrl(site),
    mediaUrl: site.mediaUrl,
    authorizationServerUrl: site.url,
    clientKey,
    get apiToken() {
      return site.users.people()[0]?.apiToken ?? '';
    },
    get people() {
      return site.users.people();
    },
    install: (descriptorUrl) => installApp(site, descriptorUrl),
    installIfChanged: (descriptorUrl) => installAppIfChanged(site, descriptorUrl),
    uninstall: (appKey) => uninstallApp(site, appKey),
    enable: (appKey) => enableApp(site, appKey),
    disable: (appKey) => disableApp(site, appKey),
    rotateSecret: (appKey) => rotateAppSecret(site, appKey),
    deactivate: (accountId) => setActive(site, accountId, false),
    activate: (accountId) => setActive(site, accountId, true),
    withdrawUserTokens: () => site.userTokens.withdraw(),
    get apps() {
      return site.apps.installed().map((app) => describeApp(app, clientKey));
    },
    sharedSecret: (appKey) => site.apps.require(appKey).sharedSecret,
    get requests() {
      return site.requestLog.list();
    },
    on: (event, listener) => {
      // The emitter's own types do not relate a generic event to its listener.
      const emitter = site.events as EventEmitter;
      emitter.on(event, listener);
      return () => void emitter.off(event, listener);
    },
    pageUrl: (appKey, moduleUrl, pageOptions = {}) => pageUrl(site, appKey, moduleUrl, pageOptions),
    contextToken: (appKey, pageOptions = {}) => contextToken(site, appKey, pageOptions),
    issue: (key) => {
      const issue = site.issues.find(key);
      return issue && issueBody(site, issue, 3, []);
    },
    field: (id) => site.fields.find(id),
    forge,
    webhooks,
    faults: site.faults,
    rateLimits: site.rateLimits,
    traffic: site.traffic,
    reset: () => resetSite(site),
    close: () => {
      closed ??= (async () => {
        site.closing.abort();
        await Promise.all([server.close(), media.close()]);
        site.database.close();
      })();
      return closed;
    },
  };
}
