import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import type { ConformanceCase } from '../store-conformance.ts';
import { type Check, expectRefused, HOST, letIn, type Served } from './served.ts';

const qshOf = (canonical: string) => createHash('sha256').update(canonical).digest('hex');

/** What of a URL and its method a token is bound to, and where the server stands below the app's URL. */
export function urlCases(check: Check): readonly ConformanceCase[] {
  return [...queryCases(check), ...pathCases(check), ...methodCases(check), ...mountCases(check)];
}

function queryCases(check: Check): readonly ConformanceCase[] {
  const sameQuery = (name: string, query: string) =>
    check(name, async (served) => {
      const token = served.site.requestToken({ url: `/panel?${query}` });
      letIn(await served.send('GET', `/panel?${query}&jwt=${token}`));
      letIn(await served.sendToken('GET', `/panel?${query}`, token));
      expectRefused(await served.sendToken('GET', `/panel?${query}&more=1`, token));
    });
  return [
    sameQuery('repeated parameters count', 'id=2&id=10&id=1&id='),
    sameQuery('blanks in a query count, as + or as %20', 'name=a+b%20c&plus=1%2B1'),
    sameQuery('letters of any script in a query count', 'director=%E5%AE%AE%E5%B4%8E&x=%C3%BC'),
    sameQuery(
      'signs that a query holds encoded count',
      'json=%7B%22a%22%3A%5B1%2C2%5D%7D&amp=%26%3D',
    ),
    sameQuery('brackets, stars and quotes in a query count', "list%5B0%5D=1&a[b]=2&star=*&q='x'"),
    sameQuery('parameters without a value count', 'empty=&bare&x=1'),
    sameQuery('a query as Jira makes it for a page counts', jiraQuery),
    check('parameters in another order are the same request', async (served) => {
      const token = served.site.requestToken({ url: '/panel?a=1&b=2&c=3' });
      letIn(await served.sendToken('GET', '/panel?c=3&a=1&b=2', token));
    }),
    check('escapes of a query in lower case are the same request', async (served) => {
      const token = served.site.requestToken({ url: '/panel?x=%C3%BC%2F' });
      letIn(await served.sendToken('GET', '/panel?x=%c3%bc%2f', token));
    }),
    check('a parameter that was changed, added or taken away is refused', async (served) => {
      const token = served.site.requestToken({ url: '/panel?issue=XX-21&a=1' });
      for (const query of ['issue=XX-22&a=1', 'issue=XX-21&a=1&b=2', 'issue=XX-21', 'a=1', '']) {
        expectRefused(await served.sendToken('GET', `/panel?${query}`, token));
      }
      assert.deepEqual(served.codes, Array(5).fill('TOKEN_QSH_MISMATCH'));
    }),
    check('a repeated parameter is more than its first and its last value', async (served) => {
      const token = served.site.requestToken({ url: '/panel?id=1' });
      for (const query of ['id=1&id=2', 'id=2&id=1', 'id=1&id=1', 'id[]=1']) {
        expectRefused(await served.sendToken('GET', `/panel?${query}`, token));
      }
    }),
    check('a query that cannot be decoded is refused or hashed as it is', async (served) => {
      for (const query of ['%zz=%', 'a=%E5', '%', '=%zz', '&&&', '=x']) {
        const { status } = await served.send('GET', `/panel?${query}`);
        assert.ok(status === 401 || status === 400, `${query}: ${status}`);
      }
      await served.expectAlive();
    }),
  ];
}

function pathCases(check: Check): readonly ConformanceCase[] {
  const encoded = (name: string, segment: string) =>
    check(name, async (served) => {
      const token = served.site.requestToken({ url: `/files/${segment}` });
      letIn(await served.sendToken('GET', `/files/${segment}`, token));
      letIn(await served.send('GET', `/files/${segment}?jwt=${token}`));
      expectRefused(await served.sendToken('GET', `/files/${segment}x`, token));
    });
  return [
    encoded('a blank in a path counts', 'a%20b.txt'),
    encoded('letters of any script in a path count', 'caf%C3%A9-%E5%AE%AE.txt'),
    encoded('signs that a path may hold count', "a-._~!$'()*+,;=:@b"),
    check('a path that Jira hashed decoded is the same request', async (served) => {
      const qsh = qshOf('GET&/files/café b&');
      const token = served.site.requestToken({ url: '/files/x', claims: { qsh } });
      letIn(await served.sendToken('GET', '/files/caf%C3%A9%20b', token));
    }),
    check('a path is not decoded twice', async (served) => {
      const qsh = qshOf('GET&/files/a b&');
      const token = served.site.requestToken({ url: '/files/x', claims: { qsh } });
      expectRefused(await served.sendToken('GET', '/files/a%2520b', token));
    }),
    check('the path of another route is refused', async (served) => {
      const token = served.site.requestToken({ url: '/files/a' });
      expectRefused(await served.sendToken('GET', '/files/b', token));
      expectRefused(await served.sendToken('GET', '/panel', token));
    }),
  ];
}

function methodCases(check: Check): readonly ConformanceCase[] {
  return [
    check('HEAD of a page has its status and no body', async (served) => {
      const token = served.site.requestToken({ method: 'HEAD', url: '/panel' });
      const answer = await served.sendToken('HEAD', '/panel', token);
      assert.deepEqual([answer.status, answer.body], [200, '']);
    }),
    check('HEAD without a token, or with one for GET, is refused', async (served) => {
      const token = served.site.requestToken({ url: '/panel' });
      for (const answer of [
        await served.send('HEAD', '/panel'),
        await served.sendToken('HEAD', '/panel', token),
      ]) {
        assert.deepEqual([answer.status, answer.body], [401, '']);
      }
    }),
    check('OPTIONS without a token reaches no route', async (served) => {
      for (const path of ['/panel', '/save', '/either']) {
        const { status, body } = await served.send('OPTIONS', path);
        assert.ok(status >= 200 && status < 500, `${path}: ${status}`);
        assert.ok(!body.includes('clientKey') && body !== '{}', `${path} answered: ${body}`);
      }
      await served.expectAlive();
    }),
    check('OPTIONS with a context token reaches its route', async (served) => {
      const answer = await served.sendToken('OPTIONS', '/save', served.site.contextToken());
      assert.equal(letIn(answer).tokenKind, 'context');
    }),
    check('a token for another method is refused', async (served) => {
      const token = served.site.requestToken({ method: 'POST', url: '/either' });
      letIn(await served.sendToken('POST', '/either', token));
      expectRefused(await served.sendToken('GET', '/either', token));
      assert.deepEqual(served.codes, ['TOKEN_QSH_MISMATCH']);
    }),
    check('a header that names another method changes nothing', async (served) => {
      const token = served.site.requestToken({ method: 'POST', url: '/either' });
      const headers = { 'x-http-method-override': 'POST', 'x-method-override': 'POST' };
      expectRefused(await served.sendToken('GET', '/either?_method=POST', token, { headers }));
    }),
  ];
}

function mountCases(check: Check): readonly ConformanceCase[] {
  const mountedAt = '/apps/panel';
  const page = async ({ site, send, sendToken }: Served) => {
    const url = '/panel?issue=XX-21&name=a+b%20%C3%BC';
    const token = site.requestToken({ url });
    assert.equal(letIn(await sendToken('GET', url, token)).clientKey, site.clientKey);
    letIn(await send('GET', `${url}&jwt=${token}`));
    expectRefused(await sendToken('GET', `${url}&more=1`, token));
  };
  const install = async ({ deliver, site, store, clock }: Served) => {
    clock.time += 1000;
    const answer = await deliver(site.callback('installed', { path: '/installed?user_key=a+b' }));
    assert.deepEqual([answer.status, answer.body], [204, '']);
    assert.equal((await store.get(site.clientKey))?.revision, 2);
  };
  const descriptor = async ({ app, send }: Served) => {
    const { status, body } = await send('GET', '/atlassian-connect.json');
    assert.equal(status, 200);
    assert.deepEqual(JSON.parse(body), app.descriptor);
  };
  const stripped = { appPath: mountedAt };
  return [
    check('pages below a path are hashed below the app URL', page, { mountedAt }),
    check('callbacks below a path are taken', install, { mountedAt }),
    check('callbacks below a path are taken behind a body parser', install, {
      ...{ mountedAt, bodyParser: 'before' },
    }),
    check('the descriptor is served below a path', descriptor, { mountedAt }),
    check('other routes below a path are left alone', leavesAlone, { mountedAt }),
    check('behind a proxy that takes the path away, pages are proved', page, stripped),
    check('behind a proxy that takes the path away, callbacks are taken', install, stripped),
    check(
      'behind a proxy that takes the path away, the descriptor is served',
      descriptor,
      stripped,
    ),
    check(
      'below a path that stands in the descriptor, the whole path counts',
      async ({ site, send, sendToken, store, clock }) => {
        const whole = site.requestToken({ url: `${mountedAt}/panel?x=1` });
        letIn(await sendToken('GET', '/panel?x=1', whole));
        expectRefused(
          await sendToken('GET', '/panel?x=1', site.requestToken({ url: '/panel?x=1' })),
        );
        clock.time += 1000;
        const callback = site.callback('installed', { path: `${mountedAt}/installed` });
        const headers = Object.fromEntries(callback.headers);
        const { status } = await send('POST', '/installed', {
          headers,
          body: await callback.text(),
        });
        assert.equal(status, 204);
        assert.equal((await store.get(site.clientKey))?.revision, 2);
      },
      { mountedAt, appPath: '', lifecycleAt: mountedAt },
    ),
    check('a token for the same path of another app is refused', async (served) => {
      const url = `${HOST}/apps/other/panel`;
      expectRefused(await served.sendToken('GET', '/panel', served.site.requestToken({ url })));
    }),
    check('forwarded headers of a stranger change nothing', async (served) => {
      const headers = {
        'x-forwarded-host': 'evil.example.com',
        'x-forwarded-proto': 'http',
        'x-forwarded-prefix': '/other',
        'x-forwarded-uri': '/other?x=1',
        'x-original-url': '/other?x=1',
        'x-rewrite-url': '/other?x=1',
        forwarded: 'host=evil.example.com',
      };
      const good = served.site.requestToken({ url: '/panel' });
      letIn(await served.sendToken('GET', '/panel', good, { headers }));
      for (const url of ['/other?x=1', '/other/panel']) {
        const token = served.site.requestToken({ url });
        expectRefused(await served.sendToken('GET', '/panel', token, { headers }));
      }
    }),
    check('a target in the form of a proxy is the same request', async (served) => {
      const callback = served.site.callback('disabled');
      const { status } = await served.send('POST', `${HOST}/disabled`, {
        headers: { ...Object.fromEntries(callback.headers), host: new URL(HOST).host },
        body: await callback.text(),
      });
      assert.equal(status, 204);
      assert.equal((await served.store.get(served.site.clientKey))?.enabled, false);
    }),
  ];
}

/** What is not the app's is for the server's own routes. */
export async function leavesAlone({ send, codes }: Served): Promise<void> {
  const open = await send('GET', '/open');
  assert.deepEqual([open.status, open.body], [200, '{}']);
  for (const [method, path] of [
    ...[['GET', '/installed'] as const, ['POST', '/atlassian-connect.json'] as const],
    ...[['POST', '/installed/more'] as const, ['GET', '/installed/more'] as const],
    ...[['GET', '/'] as const, ['DELETE', '/unknown'] as const],
  ]) {
    const { status, body } = await send(method, path);
    assert.deepEqual([status, body], [404, 'elsewhere'], `${method} ${path}`);
  }
  assert.deepEqual(codes, []);
}

const jiraQuery = [
  'issueKey=XX-21&issueId=10021&projectKey=XX&xdm_e=https%3A%2F%2Fexample.atlassian.net',
  'xdm_c=channel-panel__panel-1&cp=&xdm_deprecated_addon_key_do_not_use=panel-app&lic=active',
  'cv=1001.0.0-SNAPSHOT&loc=en-US&tz=Europe%2FBerlin&user_id=&user_key=',
].join('&');
