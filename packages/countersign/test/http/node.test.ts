import { createServer } from 'node:http';
import { expect, test } from 'vitest';
import { authenticate, handle } from '../../src/http/node.ts';
import { createPanelApp } from '../app/panel-app.ts';
import { close, listen } from '../connect/atlassian-host.ts';

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
