import type { Engine } from './engine.ts';

/** What was enumerated a moment ago serves the pages that follow. */
const SNAPSHOT_MS = 10_000;

interface Snapshot {
  readonly base: string;
  /** Where the next page begins. */
  readonly after: string | undefined;
  readonly names: readonly string[];
  readonly position: number;
  /** By `performance.now`. */
  readonly endsAt: number;
}

/**
 * Walks through the names below a base in the order of their characters, page by page. No storage can be asked for
 * names after a given one: each enumerates all of its kind, so one enumeration is kept for the pages of ten seconds.
 */
export function namesInPages(
  engine: () => Promise<Engine>,
): <T>(
  base: string,
  after: string | undefined,
  limit: number,
  load: (name: string) => Promise<T | undefined>,
) => Promise<T[]> {
  let kept: Snapshot | undefined;
  let timer: NodeJS.Timeout | undefined;

  const begin = async (base: string, after: string | undefined): Promise<Snapshot> => {
    if (kept?.base === base && kept.after === after && performance.now() < kept.endsAt) return kept;
    const all = await (await engine()).names(base);
    const names = all.filter((name) => isKept(name) && (after === undefined || name > after));
    return {
      base,
      after,
      names: names.sort(),
      position: 0,
      endsAt: performance.now() + SNAPSHOT_MS,
    };
  };

  const keep = (snapshot: Snapshot): void => {
    clearTimeout(timer);
    kept = snapshot.position < snapshot.names.length ? snapshot : undefined;
    if (kept === undefined) return;
    // A listing that was broken off must not hold the names of all for ever.
    timer = setTimeout(() => {
      kept = undefined;
    }, SNAPSHOT_MS).unref();
  };

  return async (base, after, limit, load) => {
    const snapshot = await begin(base, after);
    const { names } = snapshot;
    let { position } = snapshot;
    const page = [];
    // What was deleted since leaves a gap, which those behind it fill: an empty page is the end.
    while (page.length < limit && position < names.length) {
      const some = names.slice(position, position + Math.min(limit - page.length, 100));
      position += some.length;
      for (const item of await Promise.all(some.map(load))) if (item !== undefined) page.push(item);
    }
    keep({ ...snapshot, after: names[position - 1], position });
    return page;
  };
}

/** Names that begin so are tries of where keys end up, and never made by keyPart. */
export const PROBE = '~';

export function isKept(name: string): boolean {
  return !name.startsWith(PROBE);
}
