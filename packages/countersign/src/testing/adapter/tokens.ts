import assert from 'node:assert/strict';
import type { ConformanceCase } from '../store-conformance.ts';
import { type Check, expectRefused, letIn, type Served } from './served.ts';

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

/** Where a token stands in a request, and which kind of it a route takes. */
export function tokenCases(check: Check): readonly ConformanceCase[] {
  return [
    ...placeCases(check),
    ...kindCases(check),
    ...sessionCases(check),
    ...permissionCases(check),
  ];
}

function placeCases(check: Check): readonly ConformanceCase[] {
  return [
    check('a token in the Authorization header proves the caller', async (served) => {
      const { site } = served;
      const context = { jira: { issue: { id: '10021', key: 'XX-21' } } };
      const token = site.requestToken({ url: '/panel', accountId: 'account-1', context });
      assert.deepEqual(letIn(await served.sendToken('GET', '/panel', token)), {
        clientKey: site.clientKey,
        accountId: 'account-1',
        tokenKind: 'request',
        issueKey: 'XX-21',
      });
    }),
    check('a token in the query proves the caller, wherever it stands there', async (served) => {
      const { site, send } = served;
      const bare = site.requestToken({ url: '/panel' });
      letIn(await send('GET', `/panel?jwt=${bare}`));
      const token = site.requestToken({ url: '/panel?a=1&b=2' });
      for (const query of [
        `a=1&b=2&jwt=${token}`,
        `jwt=${token}&a=1&b=2`,
        `a=1&jwt=${token}&b=2`,
      ]) {
        assert.equal(letIn(await send('GET', `/panel?${query}`)).clientKey, site.clientKey);
      }
    }),
    ...(['before', 'after'] as const).map((bodyParser) =>
      check(
        `a token in a form proves the caller, where its parser stands ${bodyParser}`,
        async ({ site, send, codes }) => {
          const token = site.requestToken({ method: 'POST', url: '/either?a=1' });
          const body = `name=a+b&jwt=${token}`;
          const answer = await send('POST', '/either?a=1', { headers: FORM, body });
          assert.deepEqual(codes, []);
          assert.deepEqual(letIn(answer).body, { name: 'a b', jwt: token });
        },
        { bodyParser },
      ),
    ),
    check('a form with the token twice is refused', async ({ site, send, codes }) => {
      const token = site.requestToken({ method: 'POST', url: '/either' });
      const body = `jwt=${token}&jwt=${token}`;
      expectRefused(await send('POST', '/either', { headers: FORM, body }));
      assert.deepEqual(codes, ['TOKEN_AMBIGUOUS']);
    }),
    check('a field jwt of a body that is no form is no token', async ({ site, send, codes }) => {
      const jwt = site.requestToken({ method: 'POST', url: '/either' });
      const headers = { 'content-type': 'application/json' };
      expectRefused(await send('POST', '/either', { headers, body: JSON.stringify({ jwt }) }));
      assert.deepEqual(codes, ['TOKEN_MISSING']);
    }),
    check('the same token in header and query is one token', async ({ site, sendToken }) => {
      const token = site.requestToken({ url: '/panel' });
      letIn(await sendToken('GET', `/panel?jwt=${token}`, token));
    }),
    check('two good tokens in header and query are refused', async (served) => {
      const first = served.site.requestToken({ url: '/panel', accountId: 'account-1' });
      const second = served.site.requestToken({ url: '/panel', accountId: 'account-2' });
      expectRefused(await served.sendToken('GET', `/panel?jwt=${second}`, first));
      assert.deepEqual(served.codes, ['TOKEN_AMBIGUOUS']);
    }),
    check(
      'a token in a form overrules none in the header',
      async (served) => {
        const of = (accountId: string) =>
          served.site.requestToken({ method: 'POST', url: '/either', accountId });
        for (const _again of [1, 2]) {
          const sent = { headers: FORM, body: `jwt=${of('account-2')}` };
          const answer = await served.sendToken('POST', '/either', of('account-1'), sent);
          // Where nobody has read the body, the app does not read it for a second token.
          if (answer.status === 200) assert.equal(letIn(answer).accountId, 'account-1');
          else expectRefused(answer);
        }
      },
      { bodyParser: 'before' },
    ),
    check('the parameter jwt twice is refused', async ({ site, send, codes }) => {
      const token = site.requestToken({ url: '/panel' });
      expectRefused(await send('GET', `/panel?jwt=${token}&jwt=${token}`));
      assert.deepEqual(codes, ['TOKEN_AMBIGUOUS']);
    }),
    check('two Authorization headers are refused, good as both are', async (served) => {
      const { site, send, codes } = served;
      const of = (accountId: string) => `JWT ${site.requestToken({ url: '/panel', accountId })}`;
      for (const authorization of [
        [of('account-1'), of('account-2')],
        [of('account-1'), 'Basic dXNlcjpwYXNz'],
      ]) {
        expectRefused(await send('GET', '/panel', { headers: { authorization } }));
      }
      assert.equal(codes.length, 2);
    }),
    check('the word JWT may be spelt in any case', async ({ site, send }) => {
      const token = site.requestToken({ url: '/panel' });
      for (const scheme of ['JWT', 'jwt', 'Jwt']) {
        letIn(await send('GET', '/panel', { headers: { authorization: `${scheme} ${token}` } }));
      }
    }),
    check('a token of another scheme is refused', async ({ site, send, codes }) => {
      const token = site.requestToken({ url: '/panel' });
      for (const scheme of ['Bearer', 'Basic', 'Token', 'JWT:', 'JWTx']) {
        const headers = { authorization: `${scheme} ${token}` };
        expectRefused(await send('GET', '/panel', { headers }));
      }
      assert.deepEqual(new Set(codes), new Set(['TOKEN_SCHEME_UNEXPECTED']));
    }),
    check('a token in the query counts beside what a browser adds', async ({ site, send }) => {
      const headers = { authorization: 'Basic dXNlcjpwYXNz', cookie: 'session=1' };
      letIn(await send('GET', `/panel?jwt=${site.requestToken({ url: '/panel' })}`, { headers }));
    }),
    check('no token is refused', async ({ send, codes }) => {
      expectRefused(await send('GET', '/panel'));
      expectRefused(await send('GET', '/panel?xjwt=a.b.c&JWT=a.b.c'));
      expectRefused(await send('GET', '/panel', { headers: { authorization: '' } }));
      expectRefused(await send('GET', '/panel', { headers: { cookie: 'jwt=a.b.c' } }));
      assert.deepEqual(codes, Array(4).fill('TOKEN_MISSING'));
    }),
    check('a header that holds no token is refused', async (served) => {
      for (const authorization of [
        ...['JWT', 'JWT ', 'JWT x', 'JWT a.b', 'JWT a.b.c', 'JWT a.b.c.d', 'JWT ..'],
        ...['JWT token=a.b.c', 'JWT \x80\xff.\xfe.', `JWT ${'a'.repeat(9000)}`],
      ]) {
        expectRefused(await served.send('GET', '/panel', { headers: { authorization } }));
      }
      for (const query of ['jwt', 'jwt=', 'jwt=%', 'jwt=%00', 'jwt=a.b.c', 'jwt=%zz.%zz.%zz']) {
        expectRefused(await served.send('GET', `/panel?${query}`));
      }
      await served.expectAlive();
    }),
    check('a token that lacks its last character is refused', async (served) => {
      const token = served.site.requestToken({ url: '/panel' });
      expectRefused(await served.sendToken('GET', '/panel', token.slice(0, -1)));
    }),
  ];
}

function kindCases(check: Check): readonly ConformanceCase[] {
  return [
    check('a context token opens a route for context tokens, by any method', async (served) => {
      const token = served.site.contextToken({ accountId: 'account-1' });
      for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']) {
        const answer = letIn(await served.sendToken(method, `/save?by=${method}`, token));
        assert.equal(answer.tokenKind, 'context');
        assert.equal(answer.accountId, 'account-1');
      }
      letIn(await served.send('GET', `/save?jwt=${token}`));
    }),
    check('a context token opens no route for request tokens', async (served) => {
      const token = served.site.contextToken();
      expectRefused(await served.sendToken('GET', '/panel', token));
      expectRefused(await served.send('GET', `/panel?jwt=${token}`));
      assert.deepEqual(served.codes, Array(2).fill('TOKEN_CONTEXT_REFUSED'));
    }),
    check('a request token opens no route for context tokens', async (served) => {
      const token = served.site.requestToken({ url: '/save' });
      expectRefused(await served.sendToken('GET', '/save', token));
      assert.deepEqual(served.codes, ['TOKEN_REQUEST_REFUSED']);
    }),
    check('a route for both kinds tells which one came', async (served) => {
      const { site } = served;
      const request = site.requestToken({ url: '/either' });
      assert.equal(letIn(await served.sendToken('GET', '/either', request)).tokenKind, 'request');
      const context = site.contextToken();
      assert.equal(letIn(await served.sendToken('GET', '/either', context)).tokenKind, 'context');
      expectRefused(await served.sendToken('GET', '/either?x=1', request));
    }),
    check('a token that has ended is refused, also where it was good before', async (served) => {
      const { site, clock } = served;
      const token = site.requestToken({ url: '/panel', expiresInSeconds: 180 });
      letIn(await served.sendToken('GET', '/panel', token));
      // The clocks of both sides may differ by half a minute.
      clock.time += 200_000;
      letIn(await served.sendToken('GET', '/panel', token));
      clock.time += 11_000;
      expectRefused(await served.sendToken('GET', '/panel', token));
      assert.deepEqual(served.codes, ['TOKEN_EXPIRED']);
    }),
    check('a token that is not good yet is refused', async (served) => {
      const nbf = served.clock.time / 1000 + 60;
      const token = served.site.requestToken({ url: '/panel', claims: { nbf } });
      expectRefused(await served.sendToken('GET', '/panel', token));
    }),
    check('a token that was let in is good again, and for nothing else', async (served) => {
      const token = served.site.requestToken({ url: '/panel?a=1' });
      letIn(await served.sendToken('GET', '/panel?a=1', token));
      letIn(await served.sendToken('GET', '/panel?a=1', token));
      expectRefused(await served.sendToken('GET', '/panel?a=2', token));
      expectRefused(await served.sendToken('GET', '/save?a=1', token));
      expectRefused(await served.sendToken('HEAD', '/panel?a=1', token).then(withBody));
    }),
    check('each caller is of the site that made the token', async (served) => {
      for (const site of [served.site, served.otherSite, served.site]) {
        const token = site.requestToken({ url: '/panel' });
        const { clientKey } = letIn(await served.sendToken('GET', '/panel', token));
        assert.equal(clientKey, site.clientKey);
      }
    }),
    check('a token by the secret of another site is refused', async (served) => {
      const { sharedSecret } = served.otherSite;
      const token = served.site.requestToken({ url: '/panel', sharedSecret });
      expectRefused(await served.sendToken('GET', '/panel', token));
      assert.deepEqual(served.codes, ['TOKEN_SIGNATURE_INVALID']);
    }),
    check('a site that has uninstalled the app is refused at once', async (served) => {
      const { site, store, clock } = served;
      const token = site.requestToken({ url: '/panel' });
      letIn(await served.sendToken('GET', '/panel', token));
      clock.time += 1000;
      assert.equal((await served.deliver(site.callback('uninstalled'))).status, 204);
      assert.equal((await store.get(site.clientKey))?.status, 'uninstalled');
      expectRefused(await served.sendToken('GET', '/panel', token));
      assert.deepEqual(served.codes, ['INSTALLATION_UNINSTALLED']);
    }),
    check('every refusal reads the same, and its reason is in the log', async (served) => {
      const { site, otherSite } = served;
      const refusals = [
        site.requestToken({ url: '/panel', sharedSecret: otherSite.sharedSecret }),
        site.requestToken({ url: '/panel', claims: { iss: 'nobody' } }),
        site.requestToken({ url: '/panel', expiresInSeconds: -100 }),
        site.requestToken({ url: '/other' }),
        site.contextToken(),
      ];
      for (const token of refusals) expectRefused(await served.sendToken('GET', '/panel', token));
      assert.deepEqual(served.codes, [
        'TOKEN_SIGNATURE_INVALID',
        'INSTALLATION_UNKNOWN',
        'TOKEN_EXPIRED',
        'TOKEN_QSH_MISMATCH',
        'TOKEN_CONTEXT_REFUSED',
      ]);
    }),
    check(
      'a store that fails is a 503, and nobody is let in',
      async (served) => {
        const token = served.site.requestToken({ url: '/panel' });
        const { status, body } = await served.sendToken('GET', '/panel', token);
        assert.deepEqual([status, body], [503, '{"error":"unavailable"}']);
        assert.deepEqual(served.codes, ['STORE_UNAVAILABLE']);
      },
      {
        store: ({ getNow: _none, ...store }) => ({
          ...store,
          get: () => Promise.reject(new Error('the connection was lost')),
        }),
      },
    ),
  ];
}

function sessionCases(check: Check): readonly ConformanceCase[] {
  return [
    check('a page gets a session token, which opens routes for sessions', async (served) => {
      const { site } = served;
      const context = { jira: { issue: { id: '10021', key: 'XX-21' } } };
      const page = site.requestToken({ url: '/either', accountId: 'account-1', context });
      const { sessionToken = '' } = letIn(await served.sendToken('GET', '/either', page));
      for (const method of ['GET', 'POST', 'PUT']) {
        const answer = await served.sendToken(method, `/session?by=${method}`, sessionToken);
        assert.equal(answer.headers['x-countersign-session'], undefined);
        const { clientKey, accountId, tokenKind, issueKey } = letIn(answer);
        assert.deepEqual(
          { clientKey, accountId, tokenKind, issueKey },
          {
            ...{ clientKey: site.clientKey, accountId: 'account-1' },
            ...{ tokenKind: 'session', issueKey: 'XX-21' },
          },
        );
      }
    }),
    check('a session token opens no other route', async (served) => {
      const page = served.site.contextToken();
      const { sessionToken = '' } = letIn(await served.sendToken('GET', '/either', page));
      for (const path of ['/panel', '/save', '/either']) {
        expectRefused(await served.sendToken('GET', path, sessionToken));
      }
      assert.deepEqual(new Set(served.codes), new Set(['TOKEN_SESSION_REFUSED']));
    }),
    check('tokens of a site open no route for sessions', async (served) => {
      const { site } = served;
      expectRefused(await served.sendToken('GET', '/session', site.contextToken()));
      const request = site.requestToken({ url: '/session' });
      expectRefused(await served.sendToken('GET', '/session', request));
    }),
    check('a session token past half of its life brings the next one along', async (served) => {
      const { site, clock } = served;
      const page = site.contextToken({ accountId: 'account-1' });
      const { sessionToken = '' } = letIn(await served.sendToken('GET', '/either', page));
      clock.time += 500_000;
      const answer = await served.sendToken('GET', '/session', sessionToken);
      letIn(answer);
      const renewed = answer.headers['x-countersign-session'];
      assert.equal(typeof renewed, 'string', 'the answer has no x-countersign-session');
      // Past the end of the first one.
      clock.time += 500_000;
      expectRefused(await served.sendToken('GET', '/session', sessionToken));
      const { accountId } = letIn(await served.sendToken('GET', '/session', String(renewed)));
      assert.equal(accountId, 'account-1');
    }),
    check('a session ends with the installation', async (served) => {
      const { site, clock } = served;
      const { sessionToken = '' } = letIn(
        await served.sendToken('GET', '/either', site.contextToken()),
      );
      letIn(await served.sendToken('GET', '/session', sessionToken));
      clock.time += 1000;
      await served.deliver(site.callback('uninstalled'));
      expectRefused(await served.sendToken('GET', '/session', sessionToken));
    }),
  ];
}

function permissionCases(check: Check): readonly ConformanceCase[] {
  const limited = async ({ site, sendToken }: Served) => {
    const context = { jira: { issue: { id: '10021', key: 'XX-21' } } };
    const token = site.requestToken({ url: '/limited', accountId: 'account-1', context });
    return sendToken('GET', '/limited', token);
  };
  return [
    check(
      'a user with the permission that a route asks for goes on',
      async (served) => {
        assert.equal(letIn(await limited(served)).accountId, 'account-1');
        assert.deepEqual(served.codes, []);
      },
      { permissions: () => ({ status: 200, permitted: true }) },
    ),
    check(
      'a user without it is a 403',
      async (served) => {
        const { status, body } = await limited(served);
        assert.deepEqual([status, body], [403, '{"error":"forbidden"}']);
        assert.deepEqual(served.codes, ['TOKEN_PERMISSION_MISSING']);
      },
      { permissions: () => ({ status: 200, permitted: false }) },
    ),
    check(
      'where Jira does not say it, nobody goes on',
      async (served) => {
        const { status, body } = await limited(served);
        assert.deepEqual([status, body], [502, '{"error":"bad_gateway"}']);
      },
      { permissions: () => ({ status: 400, permitted: true }) },
    ),
    check(
      'a route that asks for a permission asks for a token first',
      async (served) => {
        expectRefused(await served.send('GET', '/limited'));
        expectRefused(await served.sendToken('GET', '/limited', served.site.contextToken()));
      },
      { permissions: () => ({ status: 200, permitted: true }) },
    ),
  ];
}

/** An answer to HEAD has no body to compare. */
function withBody<Answer extends { body: string }>(answer: Answer): Answer {
  assert.equal(answer.body, '');
  return { ...answer, body: '{"error":"unauthorized"}' };
}
