import { type FaultRule, type FaultScope, readFaultRule } from './fault-rule.ts';
import { seededRandom } from './random.ts';

/** How long each answer takes besides its work. */
export interface Latency {
  /** Milliseconds. 0 is none. */
  ms: number;
  /** Up to so many milliseconds more or less. Default 0. */
  jitterMs?: number;
}

/** A fault that is on. */
export type Fault = FaultRule & {
  id: number;
  /** How many calls it has met. */
  met: number;
};

interface Entry {
  fault: Fault;
  random: () => number;
}

/** What goes wrong on purpose. Nothing does until a fault is added; nothing of this is kept in a database. */
export class Faults {
  #entries: Entry[] = [];
  #latency: Required<Latency> = { ms: 0, jitterMs: 0 };
  #seed = 1;
  #lastId = 0;
  #jitter: () => number = seededRandom(1);

  /** @throws TypeError that says what is wrong with the rule. */
  add(rule: FaultRule): Fault {
    const fault: Fault = { ...readFaultRule(rule), id: ++this.#lastId, met: 0 };
    this.#entries.push({ fault, random: this.#randomOf(this.#entries.length) });
    return { ...fault };
  }

  /** Whether there was one. */
  remove(id: number): boolean {
    const before = this.#entries.length;
    this.#entries = this.#entries.filter(({ fault }) => fault.id !== id);
    return this.#entries.length < before;
  }

  /** Ends all faults, and the latency. */
  clear(): void {
    this.#entries = [];
    this.#latency = { ms: 0, jitterMs: 0 };
  }

  get list(): Fault[] {
    return this.#entries.map(({ fault }) => ({ ...fault }));
  }

  get latency(): Required<Latency> {
    return { ...this.#latency };
  }

  setLatency({ ms, jitterMs = 0 }: Latency): void {
    for (const [name, value] of Object.entries({ ms, jitterMs })) {
      if (!Number.isFinite(value) || value < 0 || value > 600_000) {
        throw new TypeError(`latency: ${name} must be a number from 0 to 600000.`);
      }
    }
    this.#latency = { ms, jitterMs };
  }

  /** Decides which calls are met, in the order in which they come. Default 1. */
  get seed(): number {
    return this.#seed;
  }

  /** Starts every fault anew. */
  setSeed(seed: number): void {
    if (!Number.isSafeInteger(seed)) throw new TypeError('seed must be a whole number.');
    this.#seed = seed;
    this.#jitter = seededRandom(seed);
    for (const [place, entry] of this.#entries.entries()) entry.random = this.#randomOf(place);
  }

  /** @internal What the next call has to wait, in milliseconds. */
  nextLatency(): number {
    const { ms, jitterMs } = this.#latency;
    if (ms === 0 && jitterMs === 0) return 0;
    return Math.max(0, ms + (2 * this.#jitter() - 1) * jitterMs);
  }

  /** @internal The fault that meets this call: the first that does. */
  pick(method: string, path: string): Fault | undefined {
    let met: Fault | undefined;
    for (const { fault, random } of this.#entries) {
      if (!fits(fault, method, path)) continue;
      // Drawn for each call that fits, so that one fault does not shift the others.
      const hit = random() * 100 < (fault.percent ?? 100);
      if (hit && met === undefined && fault.met < (fault.times ?? Number.POSITIVE_INFINITY)) {
        met = fault;
      }
    }
    if (met) met.met += 1;
    return met;
  }

  /** By its place, and not by its id: the same faults and the same seed meet the same calls. */
  #randomOf(place: number): () => number {
    return seededRandom(this.#seed * 7919 + place);
  }
}

function fits({ method, path }: FaultScope, calledMethod: string, calledPath: string): boolean {
  if (method !== undefined && method.toUpperCase() !== calledMethod) return false;
  return path === undefined || fitsPattern(path, calledPath);
}

function fitsPattern(pattern: string, path: string): boolean {
  const parts = pattern.split('*');
  const [first = '', ...others] = parts;
  if (others.length === 0) return path === pattern;
  if (!path.startsWith(first)) return false;
  let at = first.length;
  const last = others.pop() as string;
  for (const part of others) {
    const found = path.indexOf(part, at);
    if (found === -1) return false;
    at = found + part.length;
  }
  return path.length - last.length >= at && path.endsWith(last);
}
