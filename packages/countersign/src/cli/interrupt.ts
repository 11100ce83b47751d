import { CommandFailure } from './failures.ts';

/**
 * Runs something that Ctrl-C ends between two records. A second Ctrl-C ends the process at once.
 *
 * @throws CommandFailure, which says this, when it was ended so.
 */
export async function interruptible<T>(
  whatStays: () => string,
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const interrupt = () => controller.abort();
  process.once('SIGINT', interrupt);
  try {
    return await run(controller.signal);
  } catch (error) {
    if (error !== controller.signal.reason) throw error;
    throw new CommandFailure(1, 'It was interrupted.', whatStays());
  } finally {
    process.off('SIGINT', interrupt);
  }
}
