/**
 * Rejects when something takes too long. What it does may still happen.
 *
 * @param late Aborted then.
 */
export async function within<T>(
  timeoutMs: number,
  running: Promise<T>,
  late?: AbortController,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      late?.abort();
      reject(new Error(`The storage did not answer within ${timeoutMs} ms.`));
    }, timeoutMs);
  });
  try {
    return await Promise.race([running, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
