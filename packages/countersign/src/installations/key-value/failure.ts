import { isCountersignError, StoreError } from '../../errors.ts';

/**
 * Runs something, and keeps the plain facts of what it fails with. The errors of drivers have the command that failed
 * on them, and that holds secrets, or the password of the connection.
 *
 * @throws StoreError STORE_UNAVAILABLE.
 */
export async function bareFailure<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (isCountersignError(error)) throw error;
    throw new StoreError('STORE_UNAVAILABLE', 'The key-value storage failed.', {
      cause: bare(error),
    });
  }
}

/** The plain facts of an error of a driver. */
export function bare(error: unknown): Error {
  if (!(error instanceof Error)) return new Error('It threw something that is no Error.');
  // Redis repeats the arguments of a command that it does not know.
  const plain = new Error(error.message.replace(/,? with args beginning with.*/s, ''));
  plain.name = error.name;
  const { code } = error as { code?: unknown };
  return typeof code === 'string' ? Object.assign(plain, { code }) : plain;
}
