/** The times that a queue lives by, in milliseconds. */
export interface Timings {
  /** How long the server may take to answer. */
  readonly commandMs: number;
  /** For how long a process may be silent about a delivery that it holds before another one gets it. */
  readonly lockMs: number;
  /** How often it is looked for those. */
  readonly stalledMs: number;
  /** How often each process looks for what is due, and for what others left behind. */
  readonly sweepMs: number;
  /** For how long what was admitted may wait before a sweep hands it to BullMQ again. */
  readonly handOverMs: number;
  /** For how long a process counts that does not sweep. */
  readonly aliveMs: number;
  /** After how long it is looked whether BullMQ still has a delivery that was begun. */
  readonly leaseMs: number;
  /** How long what was aborted may take to end. */
  readonly abortMs: number;
}

export const TIMINGS: Timings = {
  commandMs: 5000,
  lockMs: 15_000,
  stalledMs: 5000,
  sweepMs: 1000,
  handOverMs: 5000,
  aliveMs: 15_000,
  leaseMs: 60_000,
  abortMs: 250,
};
