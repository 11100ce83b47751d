import { EventEmitter } from 'node:events';
import type { DatabaseSync } from 'node:sqlite';
import { Apps } from './apps.ts';
import { Attachments } from './attachments.ts';
import { openDatabase } from './database.ts';
import type { Explain } from './explanation.ts';
import { Faults } from './faults.ts';
import { FieldOptions } from './field-options.ts';
import { Fields } from './fields.ts';
import { type ForgeAppRecord, ForgeApps } from './forge-apps.ts';
import { ForgeKeys } from './forge-keys.ts';
import { type Identity, loadIdentity } from './identity.ts';
import { Issues } from './issues.ts';
import { Permissions } from './permissions.ts';
import { Projects } from './projects.ts';
import { Properties } from './properties.ts';
import { RateLimits } from './rate-limits.ts';
import { RequestLog, type RequestRecord } from './request-log.ts';
import { seed } from './seed.ts';
import type { SiteChange } from './site-change.ts';
import { Traffic } from './traffic.ts';
import { UserTokens } from './user-tokens.ts';
import { Users } from './users.ts';
import { WebhookDeliveries, type WebhookDelivery } from './webhook-deliveries.ts';

/** What a listener of `issue-updated` gets. */
export interface IssueUpdate {
  key: string;
  accountId: string;
  /** The ids of the fields that were set. */
  fields: string[];
}

/** What the listeners of the other events of an issue get. */
export interface IssueEvent {
  id: string;
  key: string;
  projectId: string;
  accountId: string;
}

/** The events of a site. A type, as EventEmitter takes it. */
export type SiteEvents = {
  request: [RequestRecord];
  callback: [RequestRecord];
  'issue-updated': [IssueUpdate];
  'issue-created': [IssueEvent];
  'issue-deleted': [IssueEvent];
  'issue-commented': [IssueEvent & { commentId: string }];
  change: [SiteChange];
  /** After each try of a webhook that a change has caused. */
  webhook: [WebhookDelivery];
};

/** Starts the clocks of a Forge app's scheduled triggers. */
export interface ForgeSchedule {
  start(app: ForgeAppRecord): void;
}

/** The state of one site, and all that its parts share. */
export interface Site {
  /** The site's baseUrl. Empty until the server listens. */
  url: string;
  /** The base URL of the host that keeps the files. Empty until it listens. */
  mediaUrl: string;
  readonly database: DatabaseSync;
  readonly identity: Identity;
  readonly projects: Projects;
  readonly fields: Fields;
  readonly fieldOptions: FieldOptions;
  readonly users: Users;
  /** What Connect apps act as users with. */
  readonly userTokens: UserTokens;
  readonly permissions: Permissions;
  readonly issues: Issues;
  readonly attachments: Attachments;
  readonly properties: Properties;
  readonly apps: Apps;
  readonly forgeApps: ForgeApps;
  readonly forgeKeys: ForgeKeys;
  /** Set once the site listens. */
  forgeSchedule?: ForgeSchedule;
  /** How long a minute of Forge's clocks lasts: of retries and schedules. In milliseconds. */
  readonly forgeMinuteMs: number;
  /** What became of the webhooks of Connect apps. */
  readonly webhooks: WebhookDeliveries;
  /** How long a minute of the pauses between their tries lasts, in milliseconds. */
  readonly webhookMinuteMs: number;
  /** How long an app may take to answer one, in milliseconds. */
  readonly webhookTimeoutMs: number;
  readonly requestLog: RequestLog;
  /** What goes wrong on purpose. */
  readonly faults: Faults;
  readonly rateLimits: RateLimits;
  /** Counts the calls of the REST side. */
  readonly traffic: Traffic;
  readonly events: EventEmitter<SiteEvents>;
  /** Every secret that the site knows: none of them may be shown or written down. */
  readonly secrets: () => string[];
  readonly allowedAppHosts: readonly string[];
  /** Says to people why a token is refused. It judges nothing. */
  readonly explain: Explain;
  readonly now: () => number;
  /** Aborted when the site closes: outgoing requests end with it. */
  readonly closing: AbortController;
}

export interface SiteOptions {
  database: string;
  allowedAppHosts: readonly string[];
  explain: Explain;
  now: () => number;
  forgeMinuteMs: number;
  webhookMinuteMs: number;
  webhookTimeoutMs: number;
}

export async function openSite(options: SiteOptions): Promise<Site> {
  const database = openDatabase(options.database);
  try {
    seed(database, options.now());
    const identity = await loadIdentity(database);
    const apps = new Apps(database);
    const users = new Users(database);
    const secrets = (): string[] => [
      ...apps.records().flatMap((app) => [app.sharedSecret, ...app.retiredSecrets]),
      ...users.people().map((person) => person.apiToken),
    ];
    const events = new EventEmitter<SiteEvents>();
    // Every page of the log that is open listens.
    events.setMaxListeners(0);
    return {
      url: '',
      mediaUrl: '',
      database,
      identity,
      projects: new Projects(database),
      fields: new Fields(database),
      fieldOptions: new FieldOptions(database),
      users,
      userTokens: new UserTokens(),
      permissions: new Permissions(database),
      issues: new Issues(database),
      attachments: new Attachments(database),
      properties: new Properties(database),
      apps,
      forgeApps: new ForgeApps(database),
      forgeKeys: new ForgeKeys(database),
      forgeMinuteMs: options.forgeMinuteMs,
      webhooks: new WebhookDeliveries(),
      webhookMinuteMs: options.webhookMinuteMs,
      webhookTimeoutMs: options.webhookTimeoutMs,
      requestLog: new RequestLog(database, secrets),
      faults: new Faults(),
      rateLimits: new RateLimits(options.now),
      traffic: new Traffic(),
      secrets,
      events,
      allowedAppHosts: options.allowedAppHosts,
      explain: options.explain,
      now: options.now,
      closing: new AbortController(),
    };
  } catch (error) {
    database.close();
    throw error;
  }
}

export function installKeysUrl(site: Site): string {
  return `${site.url}/install-keys`;
}
