import type { Job } from 'pg-boss';
import { ConfigError, QueueError } from '../../errors.ts';
import type { QueueSetup, WebhookQueue } from '../queue.ts';
import { type Connection, type ConnectionSettings, connect } from './connection.ts';
import { countJobs } from './counts.ts';
import type { Database } from './database.ts';
import { dropDeadLetter, listDeadLetters, retryDeadLetter } from './dead-letters.ts';
import { queueFailure, watchTrouble } from './failure.ts';
import { fetchLoop } from './fetch-loop.ts';
import { type HeldJob, heldJobs } from './held.ts';
import { intake } from './intake.ts';
import { type DeliveryData, deliveryOf, groupOf, jobIdOf, type Lane } from './job.ts';
import { settler } from './settle.ts';

/** How long stop goes on telling Postgres what was handled. */
const FLUSH_MS = 5000;

/** What is known before the setup. */
type QueueSettings = Omit<ConnectionSettings, 'dedupeSeconds' | 'mustExist'>;

/** A queue on Postgres; {@link pgBossQueue} with the times that its own tests shorten. */
export function queueOnPostgres(settings: QueueSettings): WebhookQueue {
  let setup: QueueSetup | undefined;
  let started: ReturnType<typeof work> | undefined;

  const working = (): ReturnType<typeof work> => {
    if (setup === undefined) {
      throw new ConfigError('CONFIG_OPTION_MISSING', 'This queue was given to no app.', {
        hint: 'Give it to createApp, as webhooks.queue; or call its setup.',
      });
    }
    started ??= work(settings, setup);
    return started;
  };
  /** Every failure is one of the queue. */
  const failing = async <T>(action: () => Promise<T>): Promise<T> => {
    try {
      return await action();
    } catch (error) {
      throw queueFailure(error, settings.source);
    }
  };
  const ask = <T>(action: (connection: Connection) => Promise<T>): Promise<T> =>
    failing(async () => action(await working().connected()));

  return {
    name: 'Postgres',
    setup(given) {
      setup = given;
    },
    open: () => ask(async () => undefined),
    add: (delivery) => failing(() => working().intake.add(delivery)),
    start: () => working().start(),
    stop: async (graceMs) => started?.stop(graceMs),
    close: async () => started?.close(),
    check: () => ask(({ database }) => refuseReadOnly(database)),
    counts: () => ask(countJobs),
    deadLetters: (query = {}) => ask((connection) => listDeadLetters(connection, query)),
    dropDeadLetter: (id) => ask((connection) => dropDeadLetter(connection, id)),
    async retryDeadLetter(id) {
      const lane = await ask((connection) =>
        retryDeadLetter(connection, id, working().dedupeSeconds),
      );
      if (lane !== undefined) working().wake(lane);
      return lane !== undefined;
    },
  };
}

/** A standby answers, and takes nothing in. */
async function refuseReadOnly({ bounded }: Database): Promise<void> {
  const { rows } = await bounded.executeSql(
    "SELECT current_setting('transaction_read_only') AS setting",
  );
  if (rows[0]?.setting === 'on') throw new Error('it is read-only, as a standby is.');
}

/** What a queue does once it was set up. */
function work(settings: QueueSettings, { limits, run, warn, mustExist = false }: QueueSetup) {
  const trouble = watchTrouble(warn, settings.source);
  let connection: Promise<Connection> | undefined;
  let isClosed = false;

  const connected = (): Promise<Connection> => {
    if (isClosed) {
      return Promise.reject(new QueueError('QUEUE_UNAVAILABLE', 'The queue was closed.'));
    }
    if (connection === undefined) {
      const { dedupeSeconds } = limits;
      const attempt = connect({ ...settings, dedupeSeconds, mustExist }, trouble);
      connection = attempt;
      // The next call tries again.
      attempt.catch(() => {
        if (connection === attempt) connection = undefined;
      });
    }
    return connection;
  };

  const held = heldJobs();
  /** Woken when the last one ends. */
  let onEmpty: () => void = () => undefined;
  const wake = (...lanes: Lane[]) => loop.wake(...lanes);
  const settled = settler(connected, trouble, (lane) => {
    // The next one of a key is free when the one before it is told to be done.
    if (lane === 'ordered') wake(lane);
    else loop.freed();
  });

  const end = (job: HeldJob): boolean => {
    const wasFull = held.count(job.group) >= limits.concurrencyPerInstallation;
    if (!held.remove(job)) return false;
    if (held.size === 0) onEmpty();
    loop.freed(wasFull ? job.group : undefined);
    return true;
  };

  const handle = async (job: HeldJob, data: DeliveryData) => {
    const delivery = deliveryOf(data);
    const outcome = await run(delivery, {
      attempt: job.retryCount + 1,
      signal: job.controller.signal,
    });
    // False where it was lost, or given back: then another process has it.
    if (end(job)) settled.put({ job, data, outcome, letterId: jobIdOf(delivery.id) });
  };

  const hold = (lane: Lane, job: Job<DeliveryData>): HeldJob => ({
    lane,
    id: job.id,
    retryCount: job.retryCount,
    group: groupOf(job),
    controller: new AbortController(),
  });

  const loop = fetchLoop({
    limits,
    held,
    untold: () => settled.size,
    trouble,
    connected,
    begin(lane, fetched) {
      const job = hold(lane, fetched);
      held.add(job);
      handle(job, fetched.data).catch((error: unknown) => {
        // It comes again when its heartbeat is missed.
        end(job);
        trouble.fell('to hand over a delivery', error);
      });
    },
    giveBack: (lane, jobs) => settled.giveBack(jobs.map((job) => hold(lane, job))),
  });

  /** Says that what is in hand still is, often enough for two of three to go astray. */
  const beatMs = (settings.heartbeatSeconds * 1000) / 4;
  let heartbeat: NodeJS.Timeout | undefined;
  let isBeating = false;
  const beat = async () => {
    if (isBeating || held.size === 0) return;
    isBeating = true;
    try {
      const jobs = held.all();
      for (const job of await settled.touch(jobs)) {
        // One that ended meanwhile was settled, and is no longer active for that.
        if (end(job)) job.controller.abort(lostError());
      }
    } catch (error) {
      trouble.fell('to say what is in hand', error);
    } finally {
      isBeating = false;
    }
  };

  const stop = async (graceMs: number) => {
    await loop.stop();
    if (held.size > 0) {
      const { promise: empty, resolve } = Promise.withResolvers<void>();
      onEmpty = resolve;
      const timer = setTimeout(resolve, graceMs);
      await empty;
      clearTimeout(timer);
      onEmpty = () => undefined;
    }
    const left = held.all();
    for (const job of left) {
      held.remove(job);
      job.controller.abort(stoppedError());
    }
    clearInterval(heartbeat);
    heartbeat = undefined;
    if (left.length > 0) {
      await settled.giveBack(left).catch((error: unknown) => trouble.fell('to give back', error));
    }
    await settled.flush(FLUSH_MS);
  };

  return {
    connected,
    dedupeSeconds: limits.dedupeSeconds,
    intake: intake(connected, limits.dedupeSeconds, (lane) => wake(lane)),
    wake,
    start() {
      loop.start();
      heartbeat ??= setInterval(() => void beat(), beatMs);
    },
    stop,
    async close() {
      await stop(0);
      isClosed = true;
      const open = connection;
      connection = undefined;
      await open?.then(
        (opened) => opened.close(),
        () => undefined,
      );
    },
  };
}

const lostError = (): Error => new Error('The queue gave this delivery to another process.');
const stoppedError = (): Error => new Error('The queue stops.');
