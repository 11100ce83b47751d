import { refuseUnknownOptions } from '../errors.ts';
import type { JiraHost } from './credentials.ts';
import type { RateLimitQuota, RateLimitScope } from './rate-limit.ts';
import type { RetryReason } from './retry.ts';

/** The call that an event is of. It tells no query, no body and no credentials. */
export interface CallEvent {
  /** The installation; undefined for a client of a plain script. */
  readonly clientKey: string | undefined;
  readonly host: JiraHost;
  readonly method: string;
  readonly path: string;
  /** The how manieth try it is, counted from 1. */
  readonly tries: number;
}

/** What a client reports of its calls. */
export interface JiraEvents {
  /** A try is about to be sent. */
  request: CallEvent;
  /** An answer came, whatever its status. */
  response: CallEvent & {
    readonly status: number;
    /** From sending this try to the headers of its answer, in milliseconds. */
    readonly durationMs: number;
    /** What the site's headers say of its limits. */
    readonly quota: RateLimitQuota | undefined;
  };
  /** The call waits, and is then sent once more. */
  retry: CallEvent & {
    readonly reason: RetryReason;
    readonly delayMs: number;
    /** Undefined where no answer came. */
    readonly status: number | undefined;
  };
  /** The site asked to slow down: by 429, or by 503 with Retry-After. */
  'rate-limited': CallEvent & {
    readonly status: number;
    /** `RateLimit-Reason`, such as `jira-burst-based`. */
    readonly reason: string | undefined;
    /** Who waits: everybody who calls the site, or whoever writes to this issue. */
    readonly scope: RateLimitScope;
    /** How long the site asks to wait, in milliseconds; undefined where it does not say. */
    readonly waitMs: number | undefined;
  };
}

export type JiraEventName = keyof JiraEvents;
export type JiraEventHandler<N extends JiraEventName> = (event: JiraEvents[N]) => void;

/** Hears of the calls. @returns a function that takes the handler away again. */
export type JiraOn = <N extends JiraEventName>(name: N, handler: JiraEventHandler<N>) => () => void;

/** The handlers of a client, or of all clients of an app. */
export interface CallEvents {
  readonly on: JiraOn;
  /** The event is made where somebody listens. */
  emit<N extends JiraEventName>(name: N, event: () => JiraEvents[N]): void;
}

const NAMES: readonly JiraEventName[] = ['request', 'response', 'retry', 'rate-limited'];

export function createCallEvents(parent?: CallEvents): CallEvents {
  const handlers = new Map<string, Set<(event: never) => void>>();
  return {
    on(name, handler) {
      checkEventName(name);
      const known = handlers.get(name) ?? new Set();
      handlers.set(name, known.add(handler));
      return () => {
        known.delete(handler);
      };
    },
    emit(name, event) {
      const own = handlers.get(name);
      if (own !== undefined && own.size > 0) {
        const made = event();
        for (const handler of own) {
          try {
            handler(made as never);
          } catch (error) {
            // Whoever watches a call must not end it.
            process.emitWarning(error instanceof Error ? error : String(error));
          }
        }
      }
      parent?.emit(name, event);
    },
  };
}

function checkEventName(name: string): void {
  if (NAMES.includes(name as JiraEventName)) return;
  refuseUnknownOptions('jira.on', { [name]: true }, new Set(NAMES));
}
