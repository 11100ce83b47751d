import type { Job } from 'pg-boss';
import type { QueueLimits } from '../queue.ts';
import type { Connection } from './connection.ts';
import type { Trouble } from './failure.ts';
import type { HeldJobs } from './held.ts';
import { type DeliveryData, groupOf, type Lane } from './job.ts';

/** Takes deliveries out of Postgres as places are free. */
export interface FetchLoop {
  start(): void;
  /** Resolves when nothing more is taken. */
  stop(): Promise<void>;
  /** Something may be there to be taken. */
  wake(...lanes: Lane[]): void;
  /** A place is free: with the installation named where that had as many as it may have. */
  freed(group?: string): void;
}

export interface FetchLoopSetup {
  readonly limits: QueueLimits;
  readonly held: HeldJobs;
  /** How many were handled, and Postgres does not know it yet: nothing more is taken while these are many. */
  untold(): number;
  readonly trouble: Trouble;
  connected(): Promise<Connection>;
  /** Takes a job into the hand. Called at once for each one that was fetched, before anything is waited for. */
  begin(lane: Lane, job: Job<DeliveryData>): void;
  /** Gives back what is too much, before it was begun. */
  giveBack(lane: Lane, jobs: Job<DeliveryData>[]): Promise<void>;
}

/** What other processes added, and what is due again, is looked for this often where there is nothing to do. */
const POLL_MS = 250;
/** The pause after a failure, in milliseconds; it doubles up to the second one. */
const PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 4000;
/** A list of more installations than this costs Postgres more than the round is worth. */
const LONGEST_ROUND = 500;
/** How many times as long as it took to look past a flood for others it is then left alone, and the longest time. */
const REST = 4;
const LONGEST_REST_MS = 1000;
/** Fetches that ask for less, after several that brought too many. */
const MOST_CAUTION = 64;

/** As many as one statement tells. */
const LEAST_UNTOLD = 200;

/** What is known of a lane. */
interface LaneState {
  readonly lane: Lane;
  /** Something may be there: the last fetch was full, or something was added or became free since. */
  isDirty: boolean;
  lastFetch: number;
  /**
   * Postgres reads all of a flood to find what is not of it. Until then it is not asked to, however often the lane is
   * woken: others wait that long at most.
   */
  lookPastAt: number;
  /** Installations that the last fetch left out. */
  leftOut: ReadonlySet<string>;
  /** How many fetches are still to ask for no more than any one installation may get: the last one brought too many. */
  cautious: number;
  /** How many they will be the next time. */
  caution: number;
  /**
   * Installations that got something in this round. They are left out until a fetch brings less than it asked for, then
   * the next round begins: one with thousands of deliveries gets its turn, and not that of the others.
   */
  readonly served: Set<string>;
}

export function fetchLoop(setup: FetchLoopSetup): FetchLoop {
  const { limits, held, trouble } = setup;
  const lanes: LaneState[] = (['standard', 'ordered'] as const).map((lane) => ({
    lane,
    isDirty: true,
    lastFetch: 0,
    lookPastAt: 0,
    leftOut: new Set(),
    cautious: 0,
    caution: 1,
    served: new Set(),
  }));
  let isRunning = false;
  let ended: Promise<void> = Promise.resolve();
  let wakeUp: () => void = () => undefined;

  const sleep = (ms: number) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      wakeUp = () => {
        clearTimeout(timer);
        resolve();
      };
    });

  /** Installations that have as many places as they may. */
  const full = (): string[] =>
    [...held.groups()]
      .filter(([, count]) => count >= limits.concurrencyPerInstallation)
      .map(([group]) => group);

  /** Their claims are kept alive no longer, so they must be told before long. */
  const isBehind = (): boolean => setup.untold() > Math.max(limits.concurrency, LEAST_UNTOLD);

  const isDue = (state: LaneState, now: number): boolean =>
    (state.isDirty || now - state.lastFetch >= POLL_MS) &&
    (now >= state.lookPastAt || full().length === 0);

  /** How many may be asked for without any installation getting more places than it may have. */
  const room = (ignored: ReadonlySet<string>, free: number): number => {
    const most = limits.concurrencyPerInstallation;
    let least = Math.min(free, most);
    for (const [group, count] of held.groups()) {
      if (!ignored.has(group)) least = Math.min(least, most - count);
    }
    return least;
  };

  const fetch = async (state: LaneState) => {
    const { lane, served } = state;
    const { boss, database, queues } = await setup.connected();
    const began = Date.now();
    if (began < state.lookPastAt) served.clear();
    const ignored = new Set([...served, ...full()]);
    const free = limits.concurrency - held.size;
    const isCautious = state.cautious > 0;
    if (isCautious) state.cautious--;
    const asked = isCautious ? room(ignored, free) : free;
    state.isDirty = false;
    state.lastFetch = began;
    state.leftOut = ignored;
    const jobs = await boss.fetch<DeliveryData>(queues[lane], {
      batchSize: asked,
      ignoreGroups: [...ignored],
      db: database.bounded,
    });
    trouble.rose();
    const excess: Job<DeliveryData>[] = [];
    for (const job of jobs) {
      const group = groupOf(job);
      if (isRunning && held.count(group) < limits.concurrencyPerInstallation) {
        setup.begin(lane, job);
      } else excess.push(job);
    }
    if (jobs.length === asked) {
      state.isDirty = true;
      for (const job of jobs) served.add(groupOf(job));
      if (served.size > LONGEST_ROUND) served.clear();
    } else if (ignored.size > 0) {
      // The next round. One that has all its places is waited for.
      const stillFull = new Set(full());
      if ([...ignored].some((group) => !stillFull.has(group))) state.isDirty = true;
      served.clear();
      const now = Date.now();
      state.lookPastAt = now + Math.min((now - began) * REST, LONGEST_REST_MS);
    }
    if (excess.length > 0) {
      state.isDirty = true;
      state.cautious = state.caution;
      state.caution = Math.min(state.caution * 2, MOST_CAUTION);
      await setup.giveBack(lane, excess);
    } else if (!isCautious) state.caution = 1;
  };

  const run = async () => {
    let pauseMs = PAUSE_MS;
    let turn = 0;
    while (isRunning) {
      const now = Date.now();
      const due = lanes.filter((state) => isDue(state, now));
      // The lanes take turns: neither waits for the other to be empty.
      const state = due[turn++ % Math.max(1, due.length)];
      if (state === undefined || held.size >= limits.concurrency || isBehind()) {
        const rests = lanes.map(({ lookPastAt }) => lookPastAt - now).filter((ms) => ms > 0);
        await sleep(Math.min(POLL_MS, ...rests));
        continue;
      }
      try {
        await fetch(state);
        pauseMs = PAUSE_MS;
      } catch (error) {
        state.isDirty = true;
        trouble.fell('to fetch deliveries', error);
        if (isRunning) await sleep(pauseMs);
        pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
      }
    }
  };

  return {
    start() {
      if (isRunning) return;
      isRunning = true;
      ended = ended.then(run);
    },
    async stop() {
      isRunning = false;
      wakeUp();
      await ended;
    },
    freed(group) {
      for (const state of lanes) {
        if (group !== undefined && state.leftOut.has(group)) state.isDirty = true;
      }
      wakeUp();
    },
    wake(...names) {
      for (const state of lanes) if (names.includes(state.lane)) state.isDirty = true;
      wakeUp();
    },
  };
}
