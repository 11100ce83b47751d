import { setTimeout as sleep } from 'node:timers/promises';
import type { Hono } from 'hono';
import { resendWebhook } from '../../hosts/connect/webhook-queue.ts';
import type { Site } from '../../site/site.ts';
import { notFoundPage } from '../not-found.ts';
import { doAndGo, show } from '../show.ts';
import { webhookPage } from './detail.ts';
import { webhooksPage } from './list.ts';
import { webhooksPath } from './table.ts';

/** For so long a page waits for what the app answers, in milliseconds. */
const patience = 1_500;

export function addWebhookPages(site: Site, pages: Hono): void {
  pages.get('/webhooks', (c) => c.redirect(webhooksPath, 302));
  pages.get(webhooksPath, (c) => show(site, c, webhooksPage(site, c.req.query())));
  pages.get(`${webhooksPath}/:id{[0-9]+}`, (c) => {
    const delivery = site.webhooks.find(Number(c.req.param('id')));
    if (delivery) return show(site, c, webhookPage(site, delivery));
    return show(site, c, gonePage(c.req.param('id')), 404);
  });
  pages.post(`${webhooksPath}/:id{[0-9]+}/resend`, async (c) => {
    const id = Number(c.req.param('id'));
    const known = site.webhooks.find(id);
    if (!known) return show(site, c, gonePage(c.req.param('id')), 404);
    const asNew = (await c.req.parseBody()).as === 'new';
    return doAndGo(site, c, {
      work: () => Promise.race([resendWebhook(site, id, { asNew }), sleep(patience)]),
      next: asNew ? webhooksPath : `${webhooksPath}/${id}`,
      failed: (problem) => webhookPage(site, known, problem),
    });
  });
}

function gonePage(id: string): ReturnType<typeof notFoundPage> {
  return notFoundPage(
    `There is no webhook ${id}: the newest 1,000 are kept, until the site is reset.`,
  );
}
