import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer, type HttpBindings } from '@hono/node-server';
import { Hono } from 'hono';
import { controlRoutes } from './control.ts';
import { allJs } from './hosts/connect/all-js.ts';
import { answerTokenRequest } from './hosts/connect/authorization-server.ts';
import { answerGraphql } from './hosts/forge/graphql.ts';
import { pageRoutes } from './pages/routes.ts';
import { withFaults } from './rest/faults.ts';
import { restRoutes } from './rest/routes.ts';
import type { Site } from './site/site.ts';

const unknownSite = { code: 404, message: 'Not Found' };

export interface SiteServer {
  port: number;
  close(): Promise<void>;
}

/** What apps call, and faults meet: no page, and nothing that steers the site. */
const restSide = /^\/(?:rest|ex|graphql|oauth2)(?:[/?]|$)/;

/** Everything that the site answers. */
function siteRoutes(site: Site): Hono<{ Bindings: HttpBindings }> {
  const app = new Hono<{ Bindings: HttpBindings }>();
  app.route('/rest', restRoutes(site));
  app.all('/ex/jira/:cloudId/*', async (c, next) =>
    c.req.param('cloudId') === site.forgeKeys.cloudId ? next() : c.json(unknownSite, 404),
  );
  app.route('/ex/jira/:cloudId/rest', restRoutes(site, 'gateway'));
  app.all('/ex/*', (c) => c.json(unknownSite, 404));
  app.get('/_forge/.well-known/jwks.json', async (c) => {
    site.forgeKeys.keySetFetches += 1;
    return c.json(await site.forgeKeys.keySet(), 200, { 'cache-control': 'public, max-age=300' });
  });
  app.post('/graphql', (c) => answerGraphql(site, c));
  app.post('/oauth2/token', (c) => answerTokenRequest(site, c));
  app.get('/install-keys/:keyId', (c) => {
    const { keyId, publicKey } = site.identity;
    if (c.req.param('keyId') !== keyId) return c.text('Not found', 404);
    return c.text(publicKey, 200, { 'content-type': 'application/x-pem-file' });
  });
  app.get('/atlassian-connect/all.js', (c) =>
    c.body(allJs, 200, { 'content-type': 'text/javascript; charset=utf-8' }),
  );
  app.route('/_sandbox/api', controlRoutes(site));
  app.route('/', pageRoutes(site));
  return app;
}

/** Listens on 127.0.0.1 and nowhere else. Rejects where the port is taken. */
export function listen(site: Site, port: number): Promise<SiteServer> {
  const routes = siteRoutes(site);
  const answerApps = withFaults(site, (request, env) => routes.fetch(request, env));
  const server = createAdaptorServer({
    fetch: (request, env) => {
      const bindings = env as HttpBindings;
      const isForApps = restSide.test(bindings.incoming.url ?? '');
      return isForApps ? answerApps(request, bindings) : routes.fetch(request, bindings);
    },
  }) as Server;
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      const address = server.address() as AddressInfo;
      resolve({ port: address.port, close: () => closeServer(server) });
    });
  });
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
