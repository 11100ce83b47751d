/** What every adapter must do for an app that is served over real HTTP: one list of cases for all of them. */
import { Agent, request as httpRequest, type IncomingHttpHeaders, type Server } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { App } from '../../src/index.ts';
import { APP_URL, createPanelApp, type PanelApp, UNAUTHORIZED } from '../app/panel-app.ts';
import {
  type AtlassianHost,
  close,
  listen,
  rsaKeyPair,
  startAtlassianHost,
} from '../connect/atlassian-host.ts';
import { type SiteTokenOptions, siteToken } from '../connect/site-token.ts';
import { sampleRecord } from '../installations/sample-record.ts';

/**
 * Makes a server with the routes of the app, and these: GET /panel for request tokens, any method of /save for context
 * tokens, GET /open for everybody, all three answering with the caller's clientKey, accountId and tokenKind as JSON,
 * `{}` where there is no caller; a 404 with the text `elsewhere` for anything else.
 */
export type Serve = (app: App, options: ServeOptions) => Server;

export interface ServeOptions {
  /** Where the framework's parser of JSON bodies stands. */
  bodyParser?: 'before' | 'after';
  /** A path that all of it is mounted at. */
  mountedAt?: string;
}

interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

export function describeServedApp(
  name: string,
  serve: Serve,
  setups: readonly ServeOptions[],
): void {
  describe.each(setups)(`${name} %o`, (setup) => {
    const mountedAt = setup.mountedAt ?? '';
    const appUrl = APP_URL + mountedAt;
    let keyHost: AtlassianHost;
    let panel: PanelApp;
    let server: Server;
    let url: string;
    beforeAll(async () => {
      keyHost = await startAtlassianHost();
    });
    afterAll(() => keyHost.close());
    beforeEach(async () => {
      panel = createPanelApp([keyHost.url], { appUrl });
      await panel.store.put(sampleRecord());
      panel.clock.time += 1000;
      server = serve(panel.app, setup);
      url = await listen(server);
      return () => close(server);
    });

    /** Sends a callback over HTTP as the site does. */
    async function deliver(callback: Request, agent?: Agent): Promise<Answer> {
      const path = callback.url.slice(APP_URL.length);
      const headers = Object.fromEntries(callback.headers);
      return send('POST', path, headers, await callback.text(), agent);
    }

    function send(
      method: string,
      path: string,
      headers: Record<string, string> = {},
      body = '',
      agent?: Agent,
    ): Promise<Answer> {
      return new Promise((resolve, reject) => {
        const options = { method, headers, agent: agent ?? false };
        const outgoing = httpRequest(url + path, options, async (response) => {
          try {
            const answer = Buffer.concat(await response.toArray()).toString();
            resolve({ status: response.statusCode ?? 0, headers: response.headers, body: answer });
          } catch (error) {
            reject(error);
          }
        });
        outgoing.on('error', reject);
        outgoing.end(body);
      });
    }

    const token = (path: string, change: Partial<SiteTokenOptions> = {}) =>
      siteToken({
        clientKey: 'client-1',
        sharedSecret: 'secret-1',
        url: appUrl + path,
        appUrl,
        at: panel.clock.time,
        ...change,
      });
    const contextToken = () => token('', { claims: { qsh: 'context-qsh', sub: 'account-1' } });

    function expectRefused({ status, headers, body }: Answer): void {
      expect({ status, body }).toEqual({ status: 401, body: UNAUTHORIZED.body });
      expect(headers).toMatchObject(UNAUTHORIZED.headers);
    }

    test('serves the descriptor', async () => {
      const answer = await send('GET', `${mountedAt}/atlassian-connect.json?x=1`);
      expect(answer.status).toBe(200);
      expect(answer.headers['content-type']).toMatch(/^application\/json/);
      expect(JSON.parse(answer.body)).toEqual(panel.app.descriptor);
    });

    test('answers HEAD of the descriptor without a body', async () => {
      const answer = await send('HEAD', `${mountedAt}/atlassian-connect.json`);
      expect(answer).toMatchObject({ status: 200, body: '' });
      expect(answer.headers['content-type']).toMatch(/^application\/json/);
    });

    test('takes callbacks of all kinds', async () => {
      for (const event of ['installed', 'enabled', 'disabled', 'uninstalled'] as const) {
        panel.clock.time += 1000;
        const answer = await deliver(
          await panel.callback(event, { path: `/${event}?user_key=ü+1` }),
        );
        expect(answer, event).toMatchObject({ status: 204, body: '' });
      }
      expect(await panel.store.get('client-1')).toMatchObject({
        status: 'uninstalled',
        revision: 5,
        payload: { productType: 'jira' },
      });
    });

    test('refuses a callback that somebody else signed', async () => {
      const { privateKey } = rsaKeyPair();
      const before = await panel.store.get('client-1');
      expectRefused(await deliver(await panel.callback('installed', { privateKey })));
      expect(await panel.store.get('client-1')).toEqual(before);
    });

    test('refuses a callback without a token', async () => {
      expectRefused(await deliver(await panel.callback('disabled', { token: '' })));
    });

    test('answers 400 to a callback with a body that it does not understand', async () => {
      const callback = await panel.callback('installed', { body: '{"key":"panel-app"}' });
      expect((await deliver(callback)).status).toBe(400);
    });

    test('answers 413 to a body that is too large, and goes on with the next request', async () => {
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      const body = JSON.stringify({ filler: 'x'.repeat(1_000_000) });
      const callback = await panel.callback('installed', { body });
      expect((await deliver(callback, agent)).status).toBe(413);
      const next = await send('GET', `${mountedAt}/atlassian-connect.json`, {}, '', agent);
      expect(next.status).toBe(200);
      agent.destroy();
    });

    test('leaves other routes and methods alone', async () => {
      expect(await send('GET', `${mountedAt}/open`)).toMatchObject({ status: 200, body: '{}' });
      for (const [method, path] of [
        ['GET', '/installed'],
        ['POST', '/atlassian-connect.json'],
        ['POST', '/installed/more'],
        ['GET', '/'],
        ['DELETE', '/unknown'],
      ] as const) {
        const answer = await send(method, mountedAt + path);
        expect(answer, `${method} ${path}`).toMatchObject({ status: 404, body: 'elsewhere' });
      }
      expect(panel.log.lines).toEqual([]);
    });

    test('lets a proved caller through, by header and by query', async () => {
      const path = '/panel?issue=XX-21&name=a+b%20%C3%BC';
      const jwt = await token(path, { claims: { sub: 'account-1' } });
      const expected = { clientKey: 'client-1', accountId: 'account-1', tokenKind: 'request' };
      const byHeader = await send('GET', mountedAt + path, { authorization: `JWT ${jwt}` });
      expect(byHeader.status).toBe(200);
      expect(JSON.parse(byHeader.body)).toEqual(expected);
      const byQuery = await send('GET', `${mountedAt}${path}&jwt=${jwt}`);
      expect(JSON.parse(byQuery.body)).toEqual(expected);
    });

    test('lets a context token through where the route accepts it, and only there', async () => {
      const authorization = `JWT ${await contextToken()}`;
      for (const method of ['GET', 'POST', 'PUT']) {
        const answer = await send(method, `${mountedAt}/save`, { authorization });
        expect(JSON.parse(answer.body)).toMatchObject({ tokenKind: 'context' });
      }
      expectRefused(await send('GET', `${mountedAt}/panel`, { authorization }));
      const request = await token('/save');
      expectRefused(await send('GET', `${mountedAt}/save`, { authorization: `JWT ${request}` }));
    });

    test('answers every refused caller alike, and logs why', async () => {
      const send401 = async (headers: Record<string, string>) =>
        expectRefused(await send('GET', `${mountedAt}/panel`, headers));
      await send401({});
      await send401({ authorization: 'Basic dXNlcjpwYXNz' });
      await send401({ authorization: 'JWT x' });
      await send401({ authorization: `JWT ${await token('/panel', { sharedSecret: 'other' })}` });
      await send401({ authorization: `JWT ${await token('/panel', { clientKey: 'nobody' })}` });
      await send401({ authorization: `JWT ${await token('/other')}` });
      expect(panel.log.codes()).toEqual([
        'TOKEN_MISSING',
        'TOKEN_SCHEME_UNEXPECTED',
        'TOKEN_MALFORMED',
        'TOKEN_SIGNATURE_INVALID',
        'INSTALLATION_UNKNOWN',
        'TOKEN_QSH_MISMATCH',
      ]);
      for (const { details } of panel.log.lines) {
        expect(details).toMatchObject({ method: 'GET', path: '/panel' });
      }
    });

    test('survives a caller that hangs up in the middle of a body', async () => {
      const socket = connect(Number(new URL(url).port), '127.0.0.1');
      const received = new Promise((resolve) => server.once('request', resolve));
      socket.write(
        `POST ${mountedAt}/installed HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"key":`,
      );
      await received;
      socket.destroy();
      expect((await send('GET', `${mountedAt}/open`)).status).toBe(200);
    });

    test.each([
      'GET //x',
      'GET //x/atlassian-connect.json',
      'GET /%zz',
      'GET /%',
      'GET /panel?%zz=%',
      'GET /panel?jwt=%zz',
      'GET ?x',
      'OPTIONS *',
      'POST *',
      'POST //installed',
      'POST /installed?%zz',
      'POST /%zz/installed',
      'GET http://',
      'GET http://[/atlassian-connect.json',
      'POST http://[/installed',
      'POST http://%zz/installed',
      'POST http://x:99999999/installed',
      'POST http://user:pass@x/installed',
      'GET http://[/panel',
      'GET http://%zz/panel?jwt=x',
      'POST file:///installed',
    ])('survives the odd request line %j', async (line) => {
      const target = line.replace(/^(\S+ )(.*?)(\/installed|\/panel)/, `$1$2${mountedAt}$3`);
      const answer = await new Promise<string>((resolve, reject) => {
        const socket = connect(Number(new URL(url).port), '127.0.0.1');
        let text = '';
        socket.on('data', (data) => {
          text += data;
        });
        socket.on('error', reject);
        socket.on('close', () => resolve(text));
        socket.write(
          `${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}`,
        );
      });
      expect(answer).toMatch(/^HTTP\/1\.1 (200|400|401|404) /);
      expect(await panel.store.get('client-1')).toMatchObject({ revision: 1 });
      expect((await send('GET', `${mountedAt}/open`)).status).toBe(200);
    });

    test('takes a callback that comes in the form of a proxy', async () => {
      const callback = await panel.callback('disabled');
      const answer = await new Promise<string>((resolve, reject) => {
        const options = {
          host: '127.0.0.1',
          port: new URL(url).port,
          method: 'POST',
          path: `http://panel.example.com${mountedAt}/disabled`,
          headers: Object.fromEntries(callback.headers),
          agent: false as const,
        };
        callback.text().then((body) =>
          httpRequest(options, (response) => {
            response.resume();
            resolve(String(response.statusCode));
          })
            .on('error', reject)
            .end(body),
        );
      });
      expect(answer).toBe('204');
      expect(await panel.store.get('client-1')).toMatchObject({ enabled: false });
    });
  });
}
