import type { Context, Hono } from 'hono';
import { sendOne, type WebhookToSend } from './hosts/connect/webhook-host.ts';
import { resendWebhook } from './hosts/connect/webhook-queue.ts';
import type { Site } from './site/site.ts';

/** How other processes see the webhooks of the site, and send any. */
export function addWebhookControl(site: Site, control: Hono): void {
  control.get('/webhooks', (c) => {
    const after = Number(c.req.query('after') ?? 0);
    if (!Number.isSafeInteger(after)) throw new Error('after must be the id of a webhook.');
    return c.json(site.webhooks.list().filter(({ id }) => id > after));
  });
  control.get('/webhooks/:id', (c) => {
    const delivery = site.webhooks.find(Number(c.req.param('id')));
    return delivery ? c.json(delivery) : c.json({ error: 'No such webhook.' }, 404);
  });
  control.post('/webhooks/:id/resend', async (c) => {
    const { asNew } = await readBody<{ asNew?: boolean }>(c);
    return c.json(await resendWebhook(site, Number(c.req.param('id')), { asNew: asNew === true }));
  });
  control.post('/apps/:key/webhooks', async (c) =>
    c.json(await sendOne(site, c.req.param('key'), await readBody<WebhookToSend>(c))),
  );
}

/** What is in it is checked by what takes it. No body is an empty object. */
async function readBody<T>(c: Context): Promise<T> {
  const text = await c.req.text();
  const body: unknown = text === '' ? {} : JSON.parse(text);
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new Error('The body must be a JSON object.');
  }
  return body as T;
}
