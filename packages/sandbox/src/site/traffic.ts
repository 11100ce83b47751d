import type { FaultKind } from './fault-rule.ts';

/** What the REST side of the site has seen. */
export interface TrafficCounts {
  calls: number;
  /** Calls that wait for the begin of their answer. */
  inFlight: number;
  mostInFlight: number;
  /** By the key of the app that the token names. */
  mostInFlightByApp: Record<string, number>;
  /** Calls that a rate limit answered with 429; those of a fault are not in it. */
  refusedByLimit: number;
  /** By kind. */
  faults: Partial<Record<FaultKind, number>>;
}

/** Counts calls to the REST side of the site: the resources, the gateway and what stands beside them. */
export class Traffic {
  #calls = 0;
  #refusedByLimit = 0;
  #mostInFlight = 0;
  #inFlight = 0;
  readonly #byApp = new Map<string, { now: number; most: number }>();
  readonly #faults = new Map<FaultKind, number>();

  /** The counts of this moment. */
  get counts(): TrafficCounts {
    return {
      calls: this.#calls,
      inFlight: this.#inFlight,
      mostInFlight: this.#mostInFlight,
      mostInFlightByApp: Object.fromEntries(
        [...this.#byApp].flatMap(([key, { most }]) => (most > 0 ? [[key, most]] : [])),
      ),
      refusedByLimit: this.#refusedByLimit,
      faults: Object.fromEntries(this.#faults),
    };
  }

  /** Counts anew. What is under way stays counted as such. */
  reset(): void {
    this.#calls = 0;
    this.#refusedByLimit = 0;
    this.#mostInFlight = this.#inFlight;
    for (const each of this.#byApp.values()) each.most = each.now;
    this.#faults.clear();
  }

  /** @internal A call came. Returns what is called, once or oftener, when its answer begins. */
  enter(appKey: string | undefined): () => void {
    this.#calls += 1;
    this.#inFlight += 1;
    this.#mostInFlight = Math.max(this.#mostInFlight, this.#inFlight);
    const ofApp = appKey === undefined ? undefined : this.#countOf(appKey);
    if (ofApp) {
      ofApp.now += 1;
      ofApp.most = Math.max(ofApp.most, ofApp.now);
    }
    let inside = true;
    return () => {
      if (!inside) return;
      inside = false;
      this.#inFlight -= 1;
      if (ofApp) ofApp.now -= 1;
    };
  }

  /** @internal */
  countFault(kind: FaultKind): void {
    this.#faults.set(kind, (this.#faults.get(kind) ?? 0) + 1);
  }

  /** @internal */
  countRefusal(): void {
    this.#refusedByLimit += 1;
  }

  #countOf(appKey: string): { now: number; most: number } {
    const known = this.#byApp.get(appKey) ?? { now: 0, most: 0 };
    this.#byApp.set(appKey, known);
    return known;
  }
}
