import { createServer } from 'node:http';
import { expect, test } from 'vitest';
import { authenticate, handle } from '../../src/http/node.ts';
import type { App, Caller } from '../../src/index.ts';
import { createPanelApp } from '../app/panel-app.ts';
import { close, listen } from '../connect/atlassian-host.ts';
import { describeServedApp, type ServeOptions } from './served-app.ts';

function serve(app: App, { mountedAt = '' }: ServeOptions) {
  return createServer(async (request, response) => {
    if (await handle(app, request, response)) return;
    const path = request.url?.replace(/^[a-z]+:\/\/[^/?]*/, '').replace(/\?.*$/, '');
    const answer = (caller: Caller | undefined) =>
      response.end(
        JSON.stringify({
          clientKey: caller?.installation.clientKey,
          accountId: caller?.accountId,
          tokenKind: caller?.tokenKind,
        }),
      );
    if (path === `${mountedAt}/open`) return answer(undefined);
    if (path !== `${mountedAt}/panel` && path !== `${mountedAt}/save`) {
      return response.writeHead(404).end('elsewhere');
    }
    const accept = path.endsWith('save') ? 'context' : 'request';
    const caller = await authenticate(app, request, response, { accept });
    if (caller !== undefined) answer(caller);
  });
}

describeServedApp('node:http', serve, [{}, { mountedAt: '/apps/panel' }]);

test('handle says whether it answered, authenticate whether the caller was proved', async () => {
  const panel = createPanelApp([]);
  const said: unknown[] = [];
  const server = createServer(async (request, response) => {
    said.push(await handle(panel.app, request, response));
    if (said.at(-1) === false) said.push(await authenticate(panel.app, request, response));
  });
  const url = await listen(server);
  await (await fetch(`${url}/atlassian-connect.json`)).text();
  await (await fetch(`${url}/panel`)).text();
  expect(said).toEqual([true, false, undefined]);
  await close(server);
});
