import { ConfigError, QueueError } from '../../errors.ts';
import type { QueueSetup, WebhookQueue } from '../queue.ts';
import { type Connections, openConnections } from './connections.ts';
import { durabilityGaps } from './durability.ts';
import { queueFailure } from './failure.ts';
import { type HandOver, handOverOf } from './hand-over.ts';
import { type Lanes, lanesOf } from './lanes.ts';
import { type Outage, watchOutage } from './outage.ts';
import type { Source } from './source.ts';
import type { Timings } from './timings.ts';
import { type DeliveryWorker, startWorker } from './worker.ts';

interface Opened {
  readonly connections: Connections;
  readonly handOver: HandOver;
  readonly lanes: Lanes;
  readonly outage: Outage;
  readonly setup: QueueSetup;
}

/** The queue of one process. */
export function redisQueue(
  source: Source,
  { prefix, name }: { prefix: string; name: string },
  timings: Timings,
): WebhookQueue {
  // The braces put all keys into one slot of a cluster, as scripts with many keys need.
  const place = { prefix: `{${prefix}}`, name };
  const root = `{${prefix}}:${name}.`;
  let given: QueueSetup | undefined;
  let opening: Promise<Opened> | undefined;
  let isDurabilityTold = false;
  let worker: Promise<DeliveryWorker | undefined> | undefined;
  let closing: Promise<void> | undefined;

  const openNow = async (): Promise<Opened> => {
    const setup = given;
    if (setup === undefined) {
      throw new ConfigError('CONFIG_OPTION_MISSING', 'The queue was used before its setup.', {
        hint: 'Give it to createApp, as webhooks.queue.',
      });
    }
    const connections = await openConnections(source, timings.commandMs);
    const outage = watchOutage(setup.warn);
    const handOver = handOverOf(connections.commands, place, outage.tell);
    const lanes = lanesOf(connections.commands.run, {
      root,
      limits: setup.limits,
      handOverMs: timings.handOverMs,
      onAdmitted: handOver.push,
    });
    return { connections, handOver, lanes, outage, setup };
  };
  const opened = async (): Promise<Opened> => {
    if (closing !== undefined) throw new QueueError('QUEUE_UNAVAILABLE', 'The queue is closed.');
    opening ??= openNow();
    try {
      return await opening;
    } catch (error) {
      opening = undefined;
      throw error;
    }
  };
  const inLanes = <T>(call: (lanes: Lanes) => Promise<T>): Promise<T> =>
    queueFailure(async () => call((await opened()).lanes));

  const check = (): Promise<void> =>
    queueFailure(async () => {
      await (await opened()).connections.commands.run((client) => client.ping());
    });

  /** The counts begin with the first delivery, and stay. */
  const demandQueue = (): Promise<void> =>
    queueFailure(async () => {
      const { commands } = (await opened()).connections;
      if ((await commands.run((client) => client.exists(`${root}counts`))) > 0) return;
      throw new QueueError(
        'QUEUE_UNAVAILABLE',
        `There is no queue '${name}' with the prefix '${prefix}' in this Redis.`,
        {
          hint: 'The app makes it when it takes in its first webhook. Is this its server, its database, its prefix and its name?',
        },
      );
    });

  const tellDurability = async (): Promise<void> => {
    if (isDurabilityTold) return;
    isDurabilityTold = true;
    const { connections, setup } = await opened();
    const gaps = await durabilityGaps(connections.commands);
    if (gaps.length === 0) return;
    setup.warn({ gaps }, 'This Redis may lose deliveries that were acknowledged.');
  };

  const stop = async (graceMs: number): Promise<void> => {
    const stopping = worker;
    worker = undefined;
    await (await stopping)?.stop(graceMs);
  };

  return {
    name: 'Redis',
    setup(setup) {
      given = setup;
    },
    async open() {
      await check();
      if (given?.mustExist === true) return demandQueue();
      await tellDurability();
    },
    add: (delivery) => inLanes((lanes) => lanes.add(delivery)),
    start() {
      worker ??= opened()
        .then((parts) => startWorker({ ...parts, place, timings }))
        .catch((error: unknown) => {
          given?.warn({ error }, 'The queue hands nothing over.');
          return undefined;
        });
    },
    stop,
    close() {
      closing ??= (async () => {
        await stop(0);
        const parts = await opening?.catch(() => undefined);
        await parts?.handOver.settled();
        await parts?.handOver.close();
        parts?.connections.close();
      })();
      return closing;
    },
    check,
    counts: () => inLanes((lanes) => lanes.counts()),
    deadLetters: (query = {}) => inLanes((lanes) => lanes.deadLetters(query)),
    retryDeadLetter: (id) => inLanes((lanes) => lanes.retryDeadLetter(id)),
    dropDeadLetter: (id) => inLanes((lanes) => lanes.dropDeadLetter(id)),
  };
}
