import { isCountersignError, QueueError } from '../../errors.ts';
import { bare } from '../../installations/key-value/failure.ts';

/**
 * Runs something, and keeps the plain facts of what it fails with: the errors of the driver have the command that failed
 * on them, and that holds payloads, or the password of the connection.
 *
 * @throws QueueError QUEUE_UNAVAILABLE.
 */
export async function queueFailure<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (isCountersignError(error)) throw error;
    throw new QueueError('QUEUE_UNAVAILABLE', 'The queue on Redis failed.', { cause: bare(error) });
  }
}
