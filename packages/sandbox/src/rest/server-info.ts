import type { Hono } from 'hono';
import type { RestEnv } from './caller.ts';

export function addServerInfoRoutes(rest: Hono<RestEnv>): void {
  rest.get('/serverInfo', (c) =>
    c.json({
      baseUrl: c.var.site.url,
      version: '1001.0.0-SNAPSHOT',
      versionNumbers: [1001, 0, 0],
      deploymentType: 'Cloud',
      buildNumber: 100000,
      serverTime: new Date(c.var.site.now()).toISOString().replace('Z', '+0000'),
      serverTitle: 'Jira (Countersign sandbox)',
    }),
  );
}
