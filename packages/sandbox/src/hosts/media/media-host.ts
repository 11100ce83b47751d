import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer, type HttpBindings } from '@hono/node-server';
import { withFaults } from '../../rest/faults.ts';
import type { Attachment } from '../../site/attachments.ts';
import { noteFault, siteUnder } from '../../site/fault-notes.ts';
import type { Fault } from '../../site/faults.ts';
import type { Verdict } from '../../site/request-log.ts';
import type { Site } from '../../site/site.ts';
import { fileAnswer } from './file-answer.ts';

/** The host that keeps the files of a site: another origin, which only takes URLs that the site signed. */
export interface MediaHost {
  readonly url: string;
  close(): Promise<void>;
}

/** How long a URL is good for. */
const lifetimeMs = 600_000;
/** Whoever has it can sign; no state is kept of it. */
const key = randomBytes(32);

/** The URL that a download is redirected to. */
export function mediaUrlOf(site: Site, file: Attachment): string {
  const expires = site.now() + lifetimeMs;
  const url = new URL(`${site.mediaUrl}/file/${file.mediaId}/binary`);
  url.searchParams.set('token', `${expires}.${sign(file.mediaId, expires)}`);
  url.searchParams.set('name', file.fileName);
  return url.href;
}

function sign(mediaId: string, expires: number): string {
  return createHmac('sha256', key).update(`${mediaId} ${expires}`).digest('base64url');
}

/** Listens on a free port of 127.0.0.1. */
export function startMediaHost(site: Site): Promise<MediaHost> {
  const answerApps = withFaults(
    site,
    (request, { fault }) => answer(site, request, fault),
    (target) => shownPath(site, target),
  );
  const server = createAdaptorServer({
    fetch: (request, env) => answerApps(request, env as HttpBindings),
  }) as Server;
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      resolve({
        url: `http://127.0.0.1:${port}`,
        close: () =>
          new Promise((closed) => {
            server.close(() => closed());
            server.closeAllConnections();
          }),
      });
    });
  });
}

/** Without its query, which opens the file. */
function shownPath(site: Site, target: string): string {
  return `${site.mediaUrl}${target.split('?', 1)[0]}`;
}

function answer(site: Site, request: Request, fault: Fault | undefined): Response {
  const startedOn = performance.now();
  const url = new URL(request.url);
  const { reason, response } = judge(siteUnder(fault, site), request, url);
  // A site that closes has nowhere to write it any more.
  if (site.closing.signal.aborted) return response;
  const authenticated = response.status < 400;
  const verdict: Verdict = {
    authenticated,
    as: 'anonymous',
    reason,
    checks: [{ name: 'signed URL', passed: authenticated, detail: reason }],
  };
  const record = site.requestLog.add({
    at: new Date(site.now()).toISOString(),
    direction: 'inbound',
    method: request.method,
    path: shownPath(site, url.pathname),
    status: response.status,
    durationMs: Math.round(performance.now() - startedOn),
    verdict,
    ...(fault ? noteFault(fault, verdict, response.status) : {}),
  });
  site.events.emit('request', record);
  return response;
}

function judge(site: Site, request: Request, url: URL): { reason: string; response: Response } {
  const refuse = (status: number, reason: string) => ({
    reason,
    response: Response.json({ error: { code: status, title: reason } }, { status }),
  });
  const { headers, method } = request;
  if (headers.has('authorization')) {
    return refuse(400, 'an Authorization header was sent to the media host, beside the signed URL');
  }
  if (method !== 'GET' && method !== 'HEAD') return refuse(405, 'the media host only gives files');
  const mediaId = /^\/file\/([\w-]+)\/binary$/.exec(url.pathname)?.[1];
  const [expires = '', signature = ''] = (url.searchParams.get('token') ?? '').split('.');
  if (mediaId === undefined || !isSigned(mediaId, expires, signature)) {
    return refuse(403, 'the URL was not signed by the site');
  }
  if (Number(expires) < site.now()) return refuse(403, 'the signed URL has expired');
  const file = site.attachments.findByMediaId(mediaId);
  if (!file) return refuse(404, 'the file was deleted');
  return {
    reason: 'the site signed the URL',
    response: fileAnswer(file, site.attachments.content(file.id), {
      method,
      range: headers.get('range') ?? undefined,
      known: headers.get('if-none-match') ?? undefined,
    }),
  };
}

function isSigned(mediaId: string, expires: string, signature: string): boolean {
  if (!/^\d+$/.test(expires)) return false;
  const expected = Buffer.from(sign(mediaId, Number(expires)));
  const given = Buffer.from(signature);
  return expected.length === given.length && timingSafeEqual(expected, given);
}
