import { isCountersignError, isInstallationError, isJiraApiError } from '../errors.ts';
import {
  type AppInstallation,
  type InstallationRecord,
  withoutSecret,
  withSettings,
} from '../installations/installation.ts';
import type { InstallationSettings } from '../installations/settings.ts';
import type { JiraClient } from '../jira/client.ts';
import { type Logger, loggable, loggerWith } from '../logger.ts';
import { redactText } from '../redact.ts';
import type { WebhookDelivery } from './delivery.ts';
import { fields, issueOf, timestampOf } from './events.ts';
import type {
  RegisteredHandler,
  WebhookEvent,
  WebhookHandlers,
  WebhookNotice,
} from './handlers.ts';
import type { WebhooksSettings } from './options.ts';
import type { DeliveryClaim, DeliveryOutcome, RunDelivery } from './queue.ts';
import type { HandlingResult, WebhookTelemetry } from './telemetry.ts';

/** What {@link createRunner} needs of the app. */
export interface RunnerParts {
  readonly appKey: string;
  readonly handlers: WebhookHandlers;
  readonly settings: WebhooksSettings;
  /** Of a record where the app can be called; `fresh`: past any cache. @throws InstallationError, StoreError. */
  readonly findRecord: (clientKey: string, fresh?: boolean) => Promise<InstallationRecord>;
  readonly jira: (clientKey: string) => JiraClient;
  readonly settingsOf: (clientKey: string) => InstallationSettings;
  readonly telemetry: WebhookTelemetry | undefined;
  readonly logger: Logger;
  readonly now: () => number;
}

/** Hands deliveries to the handlers, and decides what becomes of what they throw. */
export function createRunner(parts: RunnerParts): RunDelivery {
  const { appKey, handlers, settings, telemetry, logger, now } = parts;

  const run = async (
    delivery: WebhookDelivery,
    claim: DeliveryClaim,
    log: Logger,
  ): Promise<DeliveryOutcome | 'dropped'> => {
    if (delivery.appKey !== appKey) {
      return {
        kind: 'dead',
        reason: `It is of the app '${delivery.appKey}': give each app's queue a name of its own.`,
      };
    }
    if (claim.attempt > settings.maxTries) {
      return {
        kind: 'dead',
        reason: `Its process ended before it was done, ${settings.maxTries} times.`,
      };
    }
    const found = handlers.of(delivery.event);
    if (found.length === 0) {
      return { kind: 'dead', reason: `No handler hears of '${delivery.event}'.` };
    }
    try {
      const installation = await installationOf(delivery, parts);
      const event = eventOf(delivery, claim.attempt);
      for (const handler of found) {
        await runHandler(handler, claim, (signal, heartbeat) => ({
          ...{ event, installation, signal, heartbeat, log },
          // Made when it is asked for: many handlers call nobody.
          get jira() {
            return parts.jira(delivery.clientKey);
          },
        }));
      }
      return { kind: 'done' };
    } catch (error) {
      if (isGone(error)) {
        log.info({}, 'A webhook was dropped: the app is not installed there any more.');
        return 'dropped';
      }
      const outcome = afterFailure(error, claim.attempt, settings);
      const details = { attempt: claim.attempt, error: loggable(error) };
      if (settings.queue === undefined) {
        log.warn(details, 'A webhook failed; Jira sends it again, up to five times.');
      } else if (outcome.kind === 'dead') {
        log.error(details, 'A webhook failed for the last time; it is a dead letter now.');
      } else {
        log.warn(
          { ...details, retryInMs: outcome.delayMs },
          'A webhook failed, and is tried again.',
        );
      }
      return outcome;
    }
  };

  return async (delivery, claim) => {
    const { event, clientKey, requestId, id } = delivery;
    const log = loggerWith(logger, { event, clientKey, requestId, deliveryId: id });
    const startedAt = now();
    const outcome = await run(delivery, claim, log);
    const result: HandlingResult = outcome === 'dropped' ? outcome : outcome.kind;
    const endedAt = now();
    telemetry?.handled?.(event, result, endedAt - startedAt, startedAt - delivery.receivedAt);
    log.debug?.(
      { result, attempt: claim.attempt, durationMs: endedAt - startedAt },
      'A webhook was handled.',
    );
    return outcome === 'dropped' ? { kind: 'done' } : outcome;
  };
}

/** What is remembered here may be older than the install on another node, whose webhook this is. */
async function installationOf(
  { clientKey }: WebhookDelivery,
  { findRecord, settingsOf }: RunnerParts,
): Promise<AppInstallation> {
  const record = await findRecord(clientKey).catch((error: unknown) => {
    if (isGone(error)) return findRecord(clientKey, true);
    throw error;
  });
  return withSettings(withoutSecret(record), settingsOf);
}

function eventOf(delivery: WebhookDelivery, attempt: number): WebhookEvent {
  const { event, id, identifier, payload, url, receivedAt, retry, flow, trace } = delivery;
  return {
    name: event,
    // Handlers that read a field of an empty body find nothing there, and do not throw.
    payload: fields(payload),
    issue: issueOf(payload),
    timestamp: timestampOf(payload),
    idempotencyKey: id,
    ...{ identifier, url, receivedAt, retry, flow, trace, attempt },
  };
}

/** Runs one handler within its time. What it leaves behind after that goes on, but counts no more. */
async function runHandler(
  { handler, timeoutMs, pattern }: RegisteredHandler,
  claim: DeliveryClaim,
  notice: (signal: AbortSignal, heartbeat: () => void) => WebhookNotice,
): Promise<void> {
  const late = new AbortController();
  const signal = AbortSignal.any([claim.signal, late.signal]);
  const aborted = Promise.withResolvers<never>();
  const onAbort = () => aborted.reject(signal.reason);
  let timer: NodeJS.Timeout | undefined;
  let isOver = false;
  const heartbeat = () => {
    clearTimeout(timer);
    if (isOver) return;
    timer = setTimeout(() => {
      const error = new Error(`The handler of '${pattern}' was not done within ${timeoutMs} ms.`);
      error.name = 'TimeoutError';
      late.abort(error);
    }, timeoutMs);
  };
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  heartbeat();
  try {
    await Promise.race([aborted.promise, (async () => handler(notice(signal, heartbeat)))()]);
  } finally {
    isOver = true;
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
  }
}

/** True where the site has no use for it any more. */
function isGone(error: unknown): boolean {
  return (
    isInstallationError(error) &&
    (error.code === 'INSTALLATION_UNKNOWN' || error.code === 'INSTALLATION_UNINSTALLED')
  );
}

function afterFailure(
  error: unknown,
  attempt: number,
  { maxTries, baseDelayMs, maxDelayMs }: WebhooksSettings,
): Exclude<DeliveryOutcome, { kind: 'done' }> {
  const reason = reasonOf(error);
  if (attempt >= maxTries) return { kind: 'dead', reason };
  const doubled = Math.min(maxDelayMs, baseDelayMs * 2 ** Math.min(attempt - 1, 30));
  // Up to a quarter less, so that what failed together does not come back together.
  const spread = Math.round(doubled * (0.75 + Math.random() * 0.25));
  const asked = isJiraApiError(error) ? (error.retryAfterSeconds ?? 0) * 1000 : 0;
  return { kind: 'retry', delayMs: Math.max(spread, Math.min(asked, maxDelayMs)), reason };
}

const MAX_REASON = 1000;

/** Kept with the dead letter: as in the log, without what other packages hang on their errors. */
function reasonOf(error: unknown): string {
  const { name, code, message } = loggable(error) as Record<string, unknown>;
  const what = isCountersignError(error) ? code : name;
  const reason = [what, message].filter((part) => typeof part === 'string').join(': ');
  return redactText(reason).slice(0, MAX_REASON);
}
