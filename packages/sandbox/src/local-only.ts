import type { Context, Next } from 'hono';
import { isLoopback } from './hosts/connect/descriptor.ts';

/**
 * Answers only the machine itself: a foreign Host would be a web page that has its name point here
 * (DNS rebinding), and a foreign Origin a page that posts a form here.
 */
export async function localOnly(c: Context, next: Next): Promise<Response | undefined> {
  const host = c.req.header('host') ?? '';
  const url = URL.canParse(`http://${host}`) ? new URL(`http://${host}`) : undefined;
  if (!url || !isLoopback(url.hostname)) {
    return c.json({ error: 'This is answered on this machine only (Host header).' }, 403);
  }
  const origin = c.req.header('origin');
  const reads = c.req.method === 'GET' || c.req.method === 'HEAD';
  if (!reads && origin !== undefined && origin !== `http://${host}`) {
    return c.json({ error: "This takes requests of the site's own pages only (Origin)." }, 403);
  }
  await next();
  return undefined;
}
