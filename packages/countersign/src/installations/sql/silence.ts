/**
 * Remembers which connections of a pool have answered since a call last was not. When a server goes away without
 * a word, every idle connection is as dead as the first one, and each would cost a call of its own to find out.
 */
export interface Silence {
  answered(connection: object): void;
  /** A call was not answered in time. */
  fell(): void;
  isSuspect(connection: object): boolean;
}

export function watchSilence(): Silence {
  let silences = 0;
  const seen = new WeakMap<object, number>();
  return {
    answered: (connection) => void seen.set(connection, silences),
    fell: () => void silences++,
    isSuspect: (connection) => seen.get(connection) !== silences,
  };
}
