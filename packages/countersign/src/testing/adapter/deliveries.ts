import assert from 'node:assert/strict';
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { Agent } from 'node:http';
import { connect } from 'node:net';
import type { ConformanceCase } from '../store-conformance.ts';
import { type Check, expectRefused, letIn, type Served } from './served.ts';
import { leavesAlone } from './urls.ts';

/** Made when it is first needed: it takes long. */
let strangerKey: KeyObject | undefined;

const JSON_BODY = { 'content-type': 'application/json' };

/** What the app serves itself, bodies of any size and spelling, and connections that do not behave. */
export function deliveryCases(check: Check): readonly ConformanceCase[] {
  return [...servedCases(check), ...bodyCases(check), ...connectionCases(check)];
}

function servedCases(check: Check): readonly ConformanceCase[] {
  return [
    check('the descriptor is served', async ({ app, send }) => {
      const { status, headers, body } = await send('GET', '/atlassian-connect.json?x=1');
      assert.equal(status, 200);
      assert.match(headers['content-type'] ?? '', /^application\/json/);
      assert.deepEqual(JSON.parse(body), app.descriptor);
    }),
    check('HEAD of the descriptor has no body', async ({ send }) => {
      const { status, headers, body } = await send('HEAD', '/atlassian-connect.json');
      assert.deepEqual([status, body], [200, '']);
      assert.match(headers['content-type'] ?? '', /^application\/json/);
    }),
    check('what is not the app is left alone', leavesAlone),
    check('what is not the app is left alone behind a body parser', leavesAlone, {
      bodyParser: 'before',
    }),
    ...(['before', 'after'] as const).map((bodyParser) =>
      check(
        `callbacks of all kinds are taken, with a body parser ${bodyParser}`,
        async ({ site, store, clock, deliver }) => {
          for (const event of ['installed', 'enabled', 'disabled', 'uninstalled'] as const) {
            clock.time += 1000;
            const callback = site.callback(event, { path: `/${event}?user_key=ü+1` });
            const { status, body } = await deliver(callback);
            assert.deepEqual([status, body], [204, ''], event);
          }
          const record = await store.get(site.clientKey);
          assert.equal(record?.status, 'uninstalled');
          assert.equal(record.revision, 5);
        },
        { bodyParser },
      ),
    ),
    ...(['before', 'after'] as const).map((bodyParser) =>
      check(
        `webhooks are taken, with a body parser ${bodyParser}`,
        async ({ site, otherSite, webhooks, codes, deliver }) => {
          const body = { issue: { id: '10021', key: 'XX-21', fields: { summary: 'Größe ✓' } } };
          const sent = { body, identifier: 'abc-1', retry: 2 };
          for (let time = 0; time < 2; time++) {
            const answer = await deliver(site.webhook('jira:issue_updated', sent));
            assert.deepEqual([answer.status, answer.body], [204, '']);
          }
          assert.equal(webhooks.length, 1);
          assert.deepEqual(
            [webhooks[0]?.payload.issue, webhooks[0]?.identifier, webhooks[0]?.retry],
            [body.issue, 'abc-1', 2],
          );
          const { sharedSecret } = otherSite;
          expectRefused(await deliver(site.webhook('jira:issue_updated', { sharedSecret })));
          assert.deepEqual([webhooks.length, codes], [1, ['TOKEN_SIGNATURE_INVALID']]);
        },
        { bodyParser },
      ),
    ),
    check('probes of health are answered', async ({ send }) => {
      assert.equal((await send('GET', '/health/live')).status, 200);
      assert.equal((await send('GET', '/health/ready')).status, 200);
    }),
    check('a first install is stored, in whatever letters', async (served) => {
      const { site, store, clock, deliver } = served;
      await store.delete(site.clientKey);
      clock.time += 1000;
      const body = { description: 'Größe ✓ 日本語', nested: { list: [1, null, 'zwei'] } };
      assert.equal((await deliver(site.callback('installed', { body }))).status, 204);
      const record = await store.get(site.clientKey);
      assert.equal(record?.sharedSecret, site.sharedSecret);
      assert.equal(record.payload.description, body.description);
      assert.deepEqual(record.payload.nested, body.nested);
      letIn(await served.sendToken('GET', '/panel', site.requestToken({ url: '/panel' })));
    }),
    check('a callback that comes twice is refused the second time', async (served) => {
      const { site, clock, deliver } = served;
      clock.time += 1000;
      const callback = site.callback('installed');
      assert.equal((await deliver(callback.clone())).status, 204);
      expectRefused(await deliver(callback));
      assert.deepEqual(served.codes, ['TOKEN_REPLAYED']);
    }),
    check('a callback that somebody else signed is refused', async (served) => {
      const { site, store, deliver } = served;
      strangerKey ??= generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
      const before = await store.get(site.clientKey);
      expectRefused(await deliver(site.callback('installed', { privateKey: strangerKey })));
      assert.deepEqual(await store.get(site.clientKey), before);
      assert.deepEqual(served.codes, ['TOKEN_SIGNATURE_INVALID']);
    }),
    check('a callback without a token is refused', async ({ send, codes }) => {
      for (const event of ['installed', 'uninstalled', 'enabled', 'disabled']) {
        expectRefused(await send('POST', `/${event}`, { headers: JSON_BODY, body: '{}' }));
      }
      assert.deepEqual(codes, Array(4).fill('TOKEN_MISSING'));
    }),
  ];
}

function bodyCases(check: Check): readonly ConformanceCase[] {
  const large = JSON.stringify({ filler: 'x'.repeat(1_000_000) });
  return [
    check('a callback with a body of another shape is a 400', async (served) => {
      for (const body of ['{"key":"panel-app"}', '{}', '[]', '{"key":']) {
        served.clock.time += 1000;
        const callback = served.site.callback('installed', { body });
        assert.equal((await served.deliver(callback)).status, 400, body);
      }
      assert.deepEqual(new Set(served.codes), new Set(['INSTALLATION_PAYLOAD_INVALID']));
    }),
    check('a callback in pieces without a length is taken', async (served) => {
      served.clock.time += 1000;
      const callback = served.site.callback('installed');
      const { 'content-length': _none, ...headers } = Object.fromEntries(callback.headers);
      assert.equal((await served.deliver(callback, { headers, chunked: true })).status, 204);
    }),
    check('a body that is too large is a 413, and the next request is answered', async (served) => {
      const { site, deliver, send } = served;
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      try {
        const callback = site.callback('installed', { body: large });
        assert.equal((await deliver(callback, { agent })).status, 413);
        assert.equal((await send('GET', '/atlassian-connect.json', { agent })).status, 200);
      } finally {
        agent.destroy();
      }
      assert.deepEqual(served.codes, ['INSTALLATION_PAYLOAD_TOO_LARGE']);
    }),
    check('a body that is too large and tells no length ends, too', async (served) => {
      const callback = served.site.callback('installed', { body: large });
      const status = await served
        .deliver(callback, { chunked: true })
        .then((answer) => answer.status)
        // Cut off while it was still sending.
        .catch(() => 413);
      assert.equal(status, 413);
      await served.expectAlive();
      assert.deepEqual(served.codes, ['INSTALLATION_PAYLOAD_TOO_LARGE']);
    }),
    ...(['before', 'after'] as const).map((bodyParser) =>
      check(
        `a route has its body, with the parser ${bodyParser}`,
        async ({ site, sendToken }) => {
          const body = { text: 'ü ✓', list: [1, 2], filler: 'x'.repeat(50_000) };
          const answer = await sendToken('POST', '/save', site.contextToken(), {
            headers: JSON_BODY,
            body: JSON.stringify(body),
          });
          assert.deepEqual(letIn(answer).body, body);
        },
        { bodyParser },
      ),
    ),
    check('a form that is too large to hold a token is refused', async ({ send }) => {
      const { status } = await send('POST', '/either', {
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: `filler=${'x'.repeat(70_000)}&jwt=a.b.c`,
      });
      assert.equal(status, 401);
    }),
    check('a body that is sent for a caller gains nothing', async ({ send, site }) => {
      const body = JSON.stringify({ caller: { installation: { clientKey: site.clientKey } } });
      const headers = { ...JSON_BODY, caller: site.clientKey };
      expectRefused(
        await send('POST', `/save?caller[installation][clientKey]=x`, { headers, body }),
      );
    }),
  ];
}

function connectionCases(check: Check): readonly ConformanceCase[] {
  return [
    check('requests at once do not mix up their callers', async (served) => {
      const users = Array.from({ length: 40 }, (_, index) => `account-${index}`);
      await Promise.all(
        users.map(async (accountId, index) => {
          const site = index % 2 === 0 ? served.site : served.otherSite;
          const url = `/panel?n=${index % 5}`;
          const token = site.requestToken({ url, accountId });
          const answer = letIn(await served.sendToken('GET', url, token));
          assert.deepEqual([answer.clientKey, answer.accountId], [site.clientKey, accountId]);
        }),
      );
    }),
    check(
      'requests one behind the other on one connection have callers of their own',
      async (served) => {
        const head = (token: string, connection: string) =>
          `GET ${served.mountedAt}/panel HTTP/1.1\r\nHost: x\r\nConnection: ${connection}\r\n${token === '' ? '' : `Authorization: JWT ${token}\r\n`}\r\n`;
        const of = (accountId: string) => served.site.requestToken({ url: '/panel', accountId });
        const text = await served.write(
          head(of('account-1'), 'keep-alive') +
            head('', 'keep-alive') +
            head(of('account-2'), 'close'),
        );
        assert.deepEqual(
          [...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status),
          ['200', '401', '200'],
        );
        assert.deepEqual(
          [...text.matchAll(/account-\d/g)].map(([account]) => account),
          ['account-1', 'account-2'],
        );
      },
    ),
    check('a caller that hangs up in the middle of a callback does no harm', async (served) => {
      await hangUp(
        served,
        `POST ${served.mountedAt}/installed HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"key":`,
      );
      await served.expectAlive();
    }),
    check('a caller that hangs up in the middle of a form does no harm', async (served) => {
      await hangUp(
        served,
        `POST ${served.mountedAt}/either HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 100\r\n\r\njwt=`,
      );
      await served.expectAlive();
    }),
    check('a caller that does not wait for the answer does no harm', async (served) => {
      const token = served.site.requestToken({ url: '/panel' });
      for (let index = 0; index < 10; index++) {
        await hangUp(
          served,
          `GET ${served.mountedAt}/panel HTTP/1.1\r\nHost: x\r\nAuthorization: JWT ${token}\r\n\r\n`,
        );
      }
      letIn(await served.sendToken('GET', '/panel', token));
    }),
    check('odd request lines do no harm', async (served) => {
      for (const line of ODD_LINES) {
        const target = line.replace(
          /^(\S+ )(.*?)(\/installed|\/panel)/,
          `$1$2${served.mountedAt}$3`,
        );
        const answer = await served.write(
          `${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}`,
        );
        // A framework may fail by itself at what is no URL.
        assert.match(answer, /^HTTP\/1\.1 (200|204|400|401|404|405|500) /, line);
        assert.ok(!answer.includes('clientKey'), line);
      }
      assert.equal((await served.store.get(served.site.clientKey))?.revision, 1);
      await served.expectAlive();
    }),
    check('odd Host headers change nothing', async (served) => {
      const token = served.site.requestToken({ url: '/panel' });
      for (const host of ODD_HOSTS) {
        const answer = await served.write(
          `GET ${served.mountedAt}/panel HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\nAuthorization: JWT ${token}\r\n\r\n`,
        );
        // It is served as for any other host, or not at all.
        assert.match(answer, /^HTTP\/1\.1 (200|400|401|404) /, host);
        const refused = await served.write(
          `GET ${served.mountedAt}/panel?x=1 HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\nAuthorization: JWT ${token}\r\n\r\n`,
        );
        assert.match(refused, /^HTTP\/1\.1 (400|401|404) /, host);
      }
      await served.expectAlive();
    }),
  ];
}

/** Sends bytes and ends the connection a moment later. */
async function hangUp({ origin }: Served, bytes: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const socket = connect(Number(new URL(origin).port), '127.0.0.1', () => {
      socket.write(bytes, () =>
        setTimeout(() => {
          socket.destroy();
          resolve();
        }, 5),
      );
    });
    socket.on('error', reject);
  });
}

const ODD_HOSTS = [
  '',
  'evil.example.com',
  'panel.example.com/panel?',
  'panel.example.com#',
  'user:pass@panel.example.com',
  'x:99999999',
  '[',
  '[::1]:80',
  '%zz',
  'a b',
  'x/../..',
];

const ODD_LINES = [
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
];
