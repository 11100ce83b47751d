import type { ForgeAppRecord } from '../../site/forge-apps.ts';
import type { ForgeSchedule, Site } from '../../site/site.ts';
import { runScheduledTrigger } from './events.ts';
import { triggersOf } from './manifest.ts';

const minutes: Record<string, number> = { fiveMinute: 5, hour: 60, day: 1440, week: 10080 };
/** A first run comes about five minutes after the app is there. */
const firstRunMinutes = 5;

/** The clocks of scheduled triggers. They run while the site does; what would have come in between is not made up for. */
export function createSchedule(site: Site): ForgeSchedule {
  const timers = new Map<string, NodeJS.Timeout[]>();
  site.closing.signal.addEventListener('abort', () => {
    for (const timer of [...timers.values()].flat()) clearTimeout(timer);
  });

  const arm = (app: ForgeAppRecord, triggerKey: string, interval: number, wait: number): void => {
    const timer = setTimeout(() => {
      // It may be gone, upgraded or installed anew, and then has other clocks or none.
      const current = site.forgeApps.record(app.id);
      const same =
        current?.state === 'installed' &&
        current.installationId === app.installationId &&
        current.version === app.version;
      if (!same) return;
      arm(app, triggerKey, interval, interval);
      runScheduledTrigger(site, current, triggerKey).catch(() => undefined);
    }, wait * site.forgeMinuteMs);
    timer.unref();
    timers.set(app.id, [...(timers.get(app.id) ?? []), timer]);
  };

  return {
    start(app) {
      for (const timer of timers.get(app.id) ?? []) clearTimeout(timer);
      timers.delete(app.id);
      for (const { key, endpoint, interval } of triggersOf(app.manifest, 'scheduledTrigger')) {
        if (endpoint === undefined) continue;
        arm(app, key, minutes[interval ?? ''] ?? 60, firstRunMinutes);
      }
    },
  };
}
