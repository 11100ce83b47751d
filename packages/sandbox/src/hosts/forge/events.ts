import { setTimeout as sleep } from 'node:timers/promises';
import type { ForgeAppRecord } from '../../site/forge-apps.ts';
import type { Site } from '../../site/site.ts';
import type { AccessTokenOptions } from './access-tokens.ts';
import { type DeliveryOutcome, deliver, type RetryReason, requireEndpoint } from './delivery.ts';
import { siteAri } from './ids.ts';
import type { InvocationTokenChanges } from './invocation-token.ts';
import { type TriggerModule, triggersOf } from './manifest.ts';

/** Of an event or a scheduled trigger. https://developer.atlassian.com/platform/forge/remote/essentials/ */
const eventTimeoutMs = 5_000;
/** "up to a maximum of 4 attempts", a minute apart. */
const mostAttempts = 4;
const preUninstallTimeoutMs = 55_000;

export interface SendOptions {
  /** How the token differs from the one that Forge would send. */
  token?: InvocationTokenChanges;
  /** Of the system token that comes with it. */
  accessToken?: AccessTokenOptions;
  /** Also waits for the attempts after the first. */
  untilDone?: boolean;
  /**
   * `event`, the default: the body is the event itself, as apps in production report. `payload`: it stands below
   * `payload`, as the example of Atlassian's page on retries has it.
   */
  body?: 'event' | 'payload';
}

/** What came of one trigger. */
export interface EventOutcome {
  triggerKey: string;
  /** Those that were made so far. */
  attempts: DeliveryOutcome[];
}

/** Sends an event to every trigger of the app that asks for it. Resolves after the first attempt of each. */
export async function sendEventTo(
  site: Site,
  app: ForgeAppRecord,
  event: Record<string, unknown> & { eventType: string },
  options: SendOptions = {},
): Promise<EventOutcome[]> {
  const triggers = triggersOf(app.manifest, 'trigger').filter(
    ({ events, endpoint }) => endpoint !== undefined && events?.includes(event.eventType),
  );
  return Promise.all(
    triggers.map((trigger) =>
      sendWithRetries(site, app, trigger, `event ${event.eventType}`, event, options),
    ),
  );
}

/** The first attempt; then, in the background or while the caller waits, the others. */
async function sendWithRetries(
  site: Site,
  app: ForgeAppRecord,
  trigger: TriggerModule,
  what: string,
  body: Record<string, unknown>,
  options: SendOptions,
): Promise<EventOutcome> {
  const outcome: EventOutcome = { triggerKey: trigger.key, attempts: [] };
  const attempt = async (retryReason?: RetryReason): Promise<DeliveryOutcome> => {
    const retryCount = outcome.attempts.length;
    const sent =
      retryReason === undefined
        ? body
        : { ...body, retryContext: { retryCount, retryReason, retryData: null } };
    const endpoint = requireEndpoint(app, trigger.endpoint ?? '');
    const made = await deliver(site, app, {
      what: retryCount === 0 ? what : `${what}, retry ${retryCount}`,
      endpoint,
      subject: { module: { type: 'core:endpoint', key: endpoint.key } },
      method: 'POST',
      body: options.body === 'payload' ? { payload: sent } : sent,
      timeoutMs: eventTimeoutMs,
      ...(options.token === undefined ? {} : { token: options.token }),
      ...(options.accessToken === undefined ? {} : { accessToken: options.accessToken }),
    });
    outcome.attempts.push(made);
    return made;
  };
  const first = await attempt();
  const rest = async (): Promise<void> => {
    let last = first;
    while (!last.accepted && outcome.attempts.length < mostAttempts) {
      await sleep(site.forgeMinuteMs, undefined, { signal: site.closing.signal, ref: false });
      // An app that is gone gets nothing more.
      const current = site.forgeApps.record(app.id);
      const gone = current?.state !== 'installed';
      if (gone || current.installationId !== app.installationId) return;
      last = await attempt(last.retryReason);
    }
  };
  if (options.untilDone) await rest();
  // Only the end of the site stops it.
  else rest().catch(() => undefined);
  return outcome;
}

/** https://developer.atlassian.com/platform/forge/events-reference/life-cycle/: ids are bare UUIDs here. */
export function lifecycleEvent(
  site: Site,
  app: ForgeAppRecord,
  kind: 'installed' | 'upgraded',
  accountId: string,
): Record<string, unknown> & { eventType: string } {
  return {
    id: app.installationId,
    [kind === 'installed' ? 'installerAccountId' : 'upgraderAccountId']: accountId,
    app: { id: app.id, version: app.version, name: app.name, ownerAccountId: accountId },
    environment: { id: app.environment.id },
    context: siteAri(site.forgeKeys.cloudId),
    eventType: `avi:forge:${kind}:app`,
  };
}

/** Runs one scheduled trigger. It has no user, and so no user token. */
export async function runScheduledTrigger(
  site: Site,
  app: ForgeAppRecord,
  triggerKey: string,
  options: SendOptions = {},
): Promise<EventOutcome> {
  const triggers = triggersOf(app.manifest, 'scheduledTrigger');
  const trigger = triggers.find(({ key }) => key === triggerKey);
  if (!trigger) {
    const known = triggers.map(({ key }) => key).join(', ') || 'none';
    throw new Error(
      `The app ${app.key} has no scheduledTrigger "${triggerKey}". It has: ${known}.`,
    );
  }
  if (trigger.endpoint === undefined) {
    throw new Error(
      `The scheduledTrigger ${triggerKey} has a function, which the sandbox does not run.`,
    );
  }
  const body = { context: contextOf(site, trigger), contextToken: 'opaque' };
  return sendWithRetries(site, app, trigger, `scheduled trigger ${triggerKey}`, body, options);
}

/** Tells a remote that the app is about to go. Whatever it answers, the app goes. */
export async function sendPreUninstall(site: Site, app: ForgeAppRecord): Promise<EventOutcome[]> {
  const triggers = triggersOf(app.manifest, 'preUninstall').filter(
    ({ endpoint }) => endpoint !== undefined,
  );
  return Promise.all(
    triggers.map(async (trigger) => {
      const endpoint = requireEndpoint(app, trigger.endpoint ?? '');
      const outcome = await deliver(site, app, {
        what: `preUninstall ${trigger.key}`,
        endpoint,
        subject: { module: { type: 'core:endpoint', key: endpoint.key } },
        method: 'POST',
        body: { context: contextOf(site, trigger), contextToken: 'opaque' },
        timeoutMs: preUninstallTimeoutMs,
      });
      return { triggerKey: trigger.key, attempts: [outcome] };
    }),
  );
}

function contextOf(site: Site, trigger: TriggerModule): Record<string, string> {
  return { cloudId: site.forgeKeys.cloudId, moduleKey: trigger.key };
}
