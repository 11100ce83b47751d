import type { Engine } from './engine.ts';
import { parseHead } from './entry.ts';

const EVERY_MS = 3_600_000;

/**
 * Takes away claims that have ended, once an hour and in the background: Redis and some others forget them by
 * themselves, a folder does not.
 */
export function sweepClaims(
  engine: () => Promise<Engine>,
  base: string,
  now: () => number,
): () => void {
  let next = now() + EVERY_MS;
  const sweep = async (time: number) => {
    const { names, read, write } = await engine();
    for (const name of await names(base)) {
      const key = `${base}:${name}`;
      const text = await read(key);
      if (text === undefined || parseHead(text, key).number > time) continue;
      await write(key, { entry: undefined, when: { kind: 'reached', is: time } });
    }
  };
  return () => {
    const time = now();
    if (time < next) return;
    next = time + EVERY_MS;
    // One that fails is made up for by the next one.
    sweep(time).catch(() => undefined);
  };
}
