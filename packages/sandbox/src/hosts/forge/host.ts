import type { ForgeAppRecord, ForgeInstalledApp } from '../../site/forge-apps.ts';
import { adminAccountId } from '../../site/seed.ts';
import type { Site } from '../../site/site.ts';
import { type AccessTokenOptions, makeAccessToken } from './access-tokens.ts';
import { type DeliveryOutcome, keySetUrl } from './delivery.ts';
import {
  type EventOutcome,
  lifecycleEvent,
  runScheduledTrigger,
  type SendOptions,
  sendEventTo,
} from './events.ts';
import {
  apiBaseUrlOf,
  type InvocationTokenChanges,
  invocationClaims,
  signInvocationToken,
} from './invocation-token.ts';
import { type Invocation, invoke, subjectOf } from './invoke.ts';
import { sendIssueEvents } from './issue-events.ts';
import {
  describeForgeApp,
  type ForgeInstallOptions,
  installForgeApp,
  type ManifestSource,
  type MigrateOptions,
  migrateApp,
  uninstallForgeApp,
} from './lifecycle.ts';
import { createSchedule } from './schedule.ts';
import { productScopes } from './scopes.ts';
import { type Settling, startSettling } from './settling.ts';

/** The Forge side of a site. An app is named by its id (bare or an ARI) or key; without one, the only installed one is meant. */
export interface ForgeHost {
  /** What the app takes the keys of invocation tokens from. */
  readonly keySetUrl: string;
  /** Where apiBaseUrl points: the origin of the gateway. */
  readonly gatewayUrl: string;
  readonly graphqlUrl: string;
  /** `<gatewayUrl>/ex/jira/<cloudId>`: what an app prefixes to every REST path. */
  readonly apiBaseUrl: string;
  /** A bare UUID. */
  readonly cloudId: string;
  /** How often the key set was asked for. */
  readonly keySetFetches: number;
  readonly apps: ForgeInstalledApp[];
  /** By the text of a manifest.yml, a manifest as an object, or a remote app in short. Rejects with an Error that names every problem. */
  install(source: ManifestSource, options?: ForgeInstallOptions): Promise<ForgeInstalledApp>;
  /** Calls the preUninstall endpoints first. */
  uninstall(app?: string): Promise<EventOutcome[]>;
  /** Moves an installed Connect app to Forge. */
  migrate(connectKey: string, options?: MigrateOptions): Promise<ForgeInstalledApp>;
  /** What a page does with invokeRemote. It resolves whatever the remote answers. */
  invoke(invocation?: Invocation): Promise<DeliveryOutcome>;
  /** Sends an event to the triggers that ask for it. `details` are added to its body, which has eventType and context. */
  sendEvent(
    eventType: string,
    details?: Record<string, unknown>,
    options?: SendOptions & { app?: string },
  ): Promise<EventOutcome[]>;
  runScheduled(moduleKey: string, options?: SendOptions & { app?: string }): Promise<EventOutcome>;
  /** An invocation token, right or wrong. For tests. */
  invocationToken(
    invocation?: Pick<Invocation, 'app' | 'module' | 'endpoint' | 'accountId' | 'issueKey'>,
    changes?: InvocationTokenChanges,
  ): Promise<string>;
  systemToken(options?: AccessTokenOptions & { app?: string }): Promise<string>;
  /** Of the admin, unless another user is named. */
  userToken(options?: AccessTokenOptions & { app?: string; accountId?: string }): Promise<string>;
  /** The next requests of the app to the gateway are refused, as those right after an install may be. */
  settle(rule: Settling, app?: string): void;
  /** A new key signs invocation tokens. `keepOld: false` takes the earlier ones out of the key set. Resolves with its kid. */
  rotateKey(options?: { keepOld?: boolean }): Promise<string>;
}

export function createForgeHost(site: Site): ForgeHost {
  const schedule = createSchedule(site);
  site.forgeSchedule = schedule;
  for (const app of site.forgeApps.installed()) schedule.start(app);
  sendIssueEvents(site);

  const accessToken = async (
    kind: 'system' | 'user',
    app: ForgeAppRecord,
    accountId: string,
    options: AccessTokenOptions,
  ): Promise<string> =>
    makeAccessToken(site, app, { kind, accountId, scopes: productScopes(app.manifest) }, options);

  return {
    keySetUrl: keySetUrl(site),
    gatewayUrl: site.url,
    graphqlUrl: `${site.url}/graphql`,
    apiBaseUrl: apiBaseUrlOf(site),
    cloudId: site.forgeKeys.cloudId,
    get keySetFetches() {
      return site.forgeKeys.keySetFetches;
    },
    get apps() {
      return site.forgeApps.installed().map((app) => describeForgeApp(site, app));
    },
    install: (source, options) => installForgeApp(site, source, options),
    uninstall: (app) => uninstallForgeApp(site, app),
    migrate: (connectKey, options) => migrateApp(site, connectKey, options),
    invoke: async (invocation = {}) => invoke(site, invocation),
    sendEvent: async (eventType, details = {}, { app, ...options } = {}) => {
      const apps = app === undefined ? site.forgeApps.installed() : [site.forgeApps.require(app)];
      const outcomes = await Promise.all(
        apps.map((each) =>
          sendEventTo(site, each, eventOf(site, each, eventType, details), options),
        ),
      );
      return outcomes.flat();
    },
    runScheduled: async (moduleKey, { app, ...options } = {}) =>
      runScheduledTrigger(site, site.forgeApps.require(app), moduleKey, options),
    invocationToken: async (invocation = {}, changes = {}) => {
      const app = site.forgeApps.require(invocation.app);
      const { subject } = subjectOf(site, app, invocation);
      return signInvocationToken(site, invocationClaims(site, app, subject, changes), changes);
    },
    systemToken: async ({ app: name, ...options } = {}) => {
      const app = site.forgeApps.require(name);
      return accessToken('system', app, app.accountId, options);
    },
    userToken: async ({ app, accountId = adminAccountId, ...options } = {}) =>
      accessToken('user', site.forgeApps.require(app), accountId, options),
    settle: (rule, app) => startSettling(site, site.forgeApps.require(app), rule),
    rotateKey: async ({ keepOld = true } = {}) => site.forgeKeys.rotate(keepOld),
  };
}

/** A lifecycle event has a body of its own. */
function eventOf(
  site: Site,
  app: ForgeAppRecord,
  eventType: string,
  details: Record<string, unknown>,
): Record<string, unknown> & { eventType: string } {
  const kind = /^avi:forge:(installed|upgraded):app$/.exec(eventType)?.[1];
  const { context, ...common } = lifecycleEvent(site, app, 'installed', adminAccountId);
  if (kind === 'installed') return { context, ...common, ...details, eventType };
  if (kind === 'upgraded') {
    return { ...lifecycleEvent(site, app, 'upgraded', adminAccountId), ...details, eventType };
  }
  return { context, atlassianId: adminAccountId, ...details, eventType };
}
