import type { Context, Hono } from 'hono';
import type { Site } from '../../site/site.ts';
import { show } from '../show.ts';
import { type FormValues, numberIn, readFaultForm, readLimitsForm } from './form.ts';
import { settingsPage, settingsPath } from './page.ts';

/** The settings page, and its forms. */
export function addSettingsPages(site: Site, pages: Hono): void {
  const { faults, rateLimits, traffic } = site;
  const on = (path: string, work: (values: FormValues, c: Context) => void): void => {
    pages.post(`${settingsPath}/${path}`, async (c) => {
      try {
        work(await c.req.parseBody(), c);
      } catch (error) {
        const problem = error instanceof Error ? error.message : String(error);
        return show(site, c, settingsPage(site, problem), 400);
      }
      return c.redirect(settingsPath, 303);
    });
  };

  pages.get(settingsPath, (c) => show(site, c, settingsPage(site)));
  on('faults', (values) => void faults.add(readFaultForm(values)));
  on('faults/clear', () => faults.clear());
  on('faults/:id/end', (_, c) => void faults.remove(Number(c.req.param('id'))));
  on('latency', (values) =>
    faults.setLatency({
      ms: numberIn(values, 'ms') ?? 0,
      jitterMs: numberIn(values, 'jitterMs') ?? 0,
    }),
  );
  on('rate-limits', (values) => rateLimits.set(readLimitsForm(values)));
  on('traffic/reset', () => traffic.reset());
}
