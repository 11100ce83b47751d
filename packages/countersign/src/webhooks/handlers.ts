import { ConfigError, refuseUnknownOptions } from '../errors.ts';
import type { AppInstallation } from '../installations/installation.ts';
import type { JiraClient } from '../jira/client.ts';
import type { Logger } from '../logger.ts';
import type { IssueOfEvent, PayloadOf, WebhookEventName } from './events.ts';

/** What a webhook tells. */
export interface WebhookEvent<Name extends string = string> {
  /** Such as `jira:issue_updated`. */
  readonly name: Name;
  /** The body, as it came; an empty object for a webhook with `excludeBody`. */
  readonly payload: PayloadOf<Name>;
  /** The issue that it is about, where the body names one. */
  readonly issue: IssueOfEvent | undefined;
  /** When it happened, by the site's clock, in milliseconds since 1970; undefined where the body does not say. */
  readonly timestamp: number | undefined;
  /** When the app took it in, in milliseconds since 1970. */
  readonly receivedAt: number;
  /** The same whenever this webhook is handled again: do what must happen once under this key. */
  readonly idempotencyKey: string;
  /** `X-Atlassian-Webhook-Identifier`: unique on the site; undefined where the site sent none. */
  readonly identifier: string | undefined;
  /** `X-Atlassian-Webhook-Retry`: how often Jira had sent it before; 0 the first time. */
  readonly retry: number;
  /** `X-Atlassian-Webhook-Flow`: `Primary` comes within 30 seconds, `Secondary` within 15 minutes. */
  readonly flow: string | undefined;
  /** `X-Atlassian-Webhook-Trace`, as the app set it on the call that caused this. */
  readonly trace: string | undefined;
  /** The path and query that Jira called, with the variables of the descriptor filled in. */
  readonly url: string;
  /** Which try of the handler this is, from 1. */
  readonly attempt: number;
}

/** What a handler of `app.webhook` is given, whatever queue it came by. */
export interface WebhookNotice<Name extends string = string> {
  readonly event: WebhookEvent<Name>;
  /** Of the site that sent it, as it is stored now. */
  readonly installation: AppInstallation;
  /** Calls the site as the app. */
  readonly jira: JiraClient;
  /** Aborted when the time is over, or when the process stops without waiting longer: give it to what you wait for. */
  readonly signal: AbortSignal;
  /** Begins the time anew: call it now and then in work that is long and goes on. */
  heartbeat(): void;
  /** The app's logger; each line names the event, the installation and the request. */
  readonly log: Logger;
}

/**
 * What it rejects with makes the delivery come again: without a queue Jira sends it again, up to five times; with one
 * the queue tries again. So it may run more than once for one event: see `event.idempotencyKey`.
 */
export type WebhookHandler<Name extends string = string> = (
  notice: WebhookNotice<Name>,
) => void | Promise<void>;

/** Options of `app.webhook`. */
export interface WebhookOptions {
  /**
   * `'issue'`: what is about one issue is handled one after another, in the order in which it was taken in; one that
   * fails is tried again before those behind it. Default: in any order, many at once.
   */
  order?: 'issue' | undefined;
  /** For how long the handler may run without `heartbeat()`, in milliseconds: up to 3,600,000. Default: 60000. */
  timeoutMs?: number | undefined;
}

/** A handler as it is kept. */
export interface RegisteredHandler {
  readonly pattern: string;
  matches(event: string): boolean;
  readonly handler: WebhookHandler;
  readonly order: 'issue' | undefined;
  readonly timeoutMs: number;
}

/** The handlers of an app. */
export interface WebhookHandlers {
  add(pattern: string, handler: WebhookHandler, options?: WebhookOptions): () => void;
  /** Those that hear of an event, in the order in which they were added. */
  of(event: string): readonly RegisteredHandler[];
  readonly isEmpty: boolean;
}

const OPTIONS: ReadonlySet<string> = new Set(['order', 'timeoutMs']);
const PATTERN = /^[a-zA-Z*][\w:.*-]{0,199}$/;

export function createHandlers(): WebhookHandlers {
  const handlers = new Set<RegisteredHandler>();
  let byEvent = new Map<string, readonly RegisteredHandler[]>();
  return {
    add(pattern, handler, options = {}) {
      const registered = { ...checked(pattern, handler, options), handler };
      handlers.add(registered);
      byEvent = new Map();
      return () => {
        handlers.delete(registered);
        byEvent = new Map();
      };
    },
    of(event) {
      let found = byEvent.get(event);
      if (found === undefined) {
        found = [...handlers].filter(({ matches }) => matches(event));
        // The name is of a body that is not signed: names that nobody hears of take no room.
        if (found.length > 0) byEvent.set(event, found);
      }
      return found;
    },
    get isEmpty() {
      return handlers.size === 0;
    },
  };
}

/** @throws ConfigError CONFIG_OPTION_INVALID, CONFIG_OPTION_UNKNOWN. */
function checked(
  pattern: string,
  handler: unknown,
  options: WebhookOptions,
): Omit<RegisteredHandler, 'handler'> {
  if (typeof pattern !== 'string' || !PATTERN.test(pattern)) {
    throw new ConfigError(
      'CONFIG_OPTION_INVALID',
      `app.webhook: '${String(pattern).slice(0, 100)}' is no event.`,
      {
        hint: "Name an event as Jira does, such as 'jira:issue_updated', or a pattern such as 'comment_*'.",
      },
    );
  }
  if (typeof handler !== 'function') {
    throw new ConfigError('CONFIG_OPTION_INVALID', `app.webhook: '${pattern}' has no handler.`);
  }
  refuseUnknownOptions('app.webhook', options, OPTIONS);
  const { order, timeoutMs = 60_000 } = options;
  if (order !== undefined && order !== 'issue') {
    throw new ConfigError('CONFIG_OPTION_INVALID', "order must be 'issue', or be left out.");
  }
  if (!(typeof timeoutMs === 'number' && timeoutMs >= 1 && timeoutMs <= 3_600_000)) {
    throw new ConfigError(
      'CONFIG_OPTION_INVALID',
      'timeoutMs must be a number between 1 and 3600000.',
    );
  }
  return { pattern, matches: matcher(pattern), order, timeoutMs };
}

function matcher(pattern: string): (event: string) => boolean {
  if (!pattern.includes('*')) return (event) => event === pattern;
  const parts = pattern.split('*').map((part) => part.replaceAll('.', '\\.'));
  const expression = new RegExp(`^${parts.join('.*')}$`, 's');
  return (event) => expression.test(event);
}

/** Names that complete, beside patterns and events that are not listed. */
export type WebhookPattern = WebhookEventName | (string & {});
