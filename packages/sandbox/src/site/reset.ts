import { resetToSeed } from './seed.ts';
import type { Site } from './site.ts';

/** Back to the seed, with no fault and no limit on. The apps are not told. */
export function resetSite(site: Site): void {
  resetToSeed(site.database, site.now());
  site.faults.clear();
  site.rateLimits.off();
  site.traffic.reset();
  site.webhooks.clear();
}
