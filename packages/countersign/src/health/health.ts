import { type Logger, loggable } from '../logger.ts';

/** What an app depends on. */
export interface HealthCheck {
  /** Such as `store`. */
  readonly name: string;
  /** Rejects where it cannot be used. */
  run(): Promise<void>;
}

/** Whether the app lives, and whether it is ready. */
export interface Health {
  /** 200 as long as the process answers. */
  live(): Response;
  /** 200 where all checks pass, 503 where one fails or the app drains. */
  ready(): Promise<Response>;
}

/** What {@link createHealth} needs. */
export interface HealthParts {
  readonly checks: readonly HealthCheck[];
  readonly isDraining: () => boolean;
  readonly logger: Logger;
}

/** Probes give up after some seconds themselves. */
const CHECK_TIMEOUT_MS = 2000;
/** However often it is asked, the store and the queue are asked once in this time. */
const REMEMBER_MS = 500;

export function createHealth({ checks, isDraining, logger }: HealthParts): Health {
  let known: { readonly result: Promise<Results>; readonly until: number } | undefined;
  let wasReady = true;

  const runAll = async (): Promise<Results> => {
    const failures: Record<string, unknown> = {};
    const results = await Promise.all(
      checks.map(async ({ name, run }) => {
        try {
          await within(CHECK_TIMEOUT_MS, run);
          return [name, 'ok'] as const;
        } catch (error) {
          failures[name] = loggable(error);
          return [name, 'failed'] as const;
        }
      }),
    );
    const isReady = Object.keys(failures).length === 0;
    // Once for each change: probes come every few seconds.
    if (!isReady && wasReady) logger.error({ failures }, 'The app is not ready.');
    if (isReady && !wasReady) logger.info({}, 'The app is ready again.');
    wasReady = isReady;
    return { isReady, checks: Object.fromEntries(results) };
  };

  return {
    live: () => reply(200, { status: 'ok' }),
    async ready() {
      if (isDraining()) return reply(503, { status: 'draining' });
      const time = performance.now();
      if (known === undefined || known.until <= time) {
        known = { result: runAll(), until: time + REMEMBER_MS };
      }
      const { isReady, checks: results } = await known.result;
      return isReady
        ? reply(200, { status: 'ok', checks: results })
        : reply(503, { status: 'unavailable', checks: results });
    },
  };
}

interface Results {
  readonly isReady: boolean;
  readonly checks: Readonly<Record<string, 'ok' | 'failed'>>;
}

async function within(ms: number, run: () => Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`No answer within ${ms} ms.`)), ms);
  });
  try {
    await Promise.race([run(), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Why something fails is for the log. */
function reply(status: number, body: object): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' },
  });
}
