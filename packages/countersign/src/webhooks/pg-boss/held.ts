import type { Lane } from './job.ts';

/** A delivery that this process has in hand. */
export interface HeldJob {
  readonly lane: Lane;
  readonly id: string;
  /** Names the attempt to pg-boss: what another process has taken meanwhile is left alone. */
  readonly retryCount: number;
  /** The installation, as pg-boss knows it. */
  readonly group: string;
  readonly controller: AbortController;
}

/** What this process has in hand, of all and of each installation. */
export interface HeldJobs {
  readonly size: number;
  add(job: HeldJob): void;
  /** @returns false where it was not held any more. */
  remove(job: HeldJob): boolean;
  has(job: HeldJob): boolean;
  count(group: string): number;
  /** Installations with something in hand, and how much. */
  groups(): Iterable<readonly [string, number]>;
  all(): HeldJob[];
}

export function heldJobs(): HeldJobs {
  const jobs = new Set<HeldJob>();
  const counts = new Map<string, number>();
  return {
    get size() {
      return jobs.size;
    },
    add(job) {
      jobs.add(job);
      counts.set(job.group, (counts.get(job.group) ?? 0) + 1);
    },
    remove(job) {
      if (!jobs.delete(job)) return false;
      const left = (counts.get(job.group) ?? 0) - 1;
      if (left > 0) counts.set(job.group, left);
      else counts.delete(job.group);
      return true;
    },
    has: (job) => jobs.has(job),
    count: (group) => counts.get(group) ?? 0,
    groups: () => counts,
    all: () => [...jobs],
  };
}
