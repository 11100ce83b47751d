import { KeySourceError } from '../errors.ts';
import type { HealthCheck } from './health.ts';

const PROBE_TIMEOUT_MS = 1500;

/**
 * Whether a host of keys was seen since the process began: any answer counts. Once seen it is not asked again, for an
 * outage of it keeps no page and no webhook from being served, only installs.
 *
 * @param urls Any one of them will do.
 */
export function keyHostCheck(urls: readonly string[]): HealthCheck {
  let isSeen = false;
  return {
    name: 'keyHost',
    async run() {
      if (isSeen) return;
      try {
        await Promise.any(urls.map(probe));
        isSeen = true;
      } catch (error) {
        throw new KeySourceError('KEY_SOURCE_UNAVAILABLE', 'No key host has answered yet.', {
          cause: error instanceof AggregateError ? error.errors[0] : error,
        });
      }
    },
  };
}

async function probe(url: string): Promise<void> {
  const response = await fetch(url, {
    method: 'HEAD',
    redirect: 'manual',
    signal: AbortSignal.timeout(PROBE_TIMEOUT_MS),
  });
  await response.body?.cancel();
}
