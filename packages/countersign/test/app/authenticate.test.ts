import { createHash } from 'node:crypto';
import { inspect } from 'node:util';
import { beforeEach, describe, expect, test } from 'vitest';
import {
  type AuthenticateOptions,
  type Caller,
  createApp,
  type ErrorCode,
  type InstallationStore,
  isCountersignError,
  memoryStore,
} from '../../src/index.ts';
import { createToken } from '../../src/jwt/jwt.ts';
import { type SiteTokenOptions, siteToken } from '../connect/site-token.ts';
import { sampleRecord } from '../installations/sample-record.ts';
import {
  APP_URL,
  createPanelApp,
  outwardAnswer,
  type PanelApp,
  panelDescriptor,
  START,
  UNAUTHORIZED,
} from './panel-app.ts';

const PANEL = `${APP_URL}/panel?issue=XX-21&lic=active`;

let panel: PanelApp;
beforeEach(async () => {
  panel = createPanelApp([]);
  await panel.store.put(sampleRecord());
});

function token(change: Partial<SiteTokenOptions> = {}): Promise<string> {
  return siteToken({
    clientKey: 'client-1',
    sharedSecret: 'secret-1',
    url: PANEL,
    appUrl: APP_URL,
    at: START,
    ...change,
  });
}

const contextToken = (claims: Record<string, unknown> = {}) =>
  token({ claims: { qsh: 'context-qsh', ...claims } });

/** A request with a token in its header, in its query, or in both. */
function request(
  { header, query }: { header?: string; query?: string },
  url: string = PANEL,
  method = 'GET',
): Request {
  const full = query === undefined ? url : `${url}${url.includes('?') ? '&' : '?'}jwt=${query}`;
  return new Request(full, {
    method,
    headers: header === undefined ? {} : { authorization: header },
  });
}

const ofHeader = (jwt: string, url?: string, method?: string) =>
  request({ header: `JWT ${jwt}` }, url, method);

async function refusalOf(inbound: Request, options?: AuthenticateOptions): Promise<ErrorCode> {
  const error = await panel.app.authenticate(inbound, options).then(
    (caller) => expect.fail(`let in: ${inspect(caller)}`),
    (caught: unknown) => caught,
  );
  if (isCountersignError(error)) return error.code;
  throw error;
}

describe('a token', () => {
  test('in the header proves the caller', async () => {
    const caller = await panel.app.authenticate(ofHeader(await token()));
    expect(caller).toMatchObject({ tokenKind: 'request', installation: { clientKey: 'client-1' } });
  });

  test('in the query, as Jira sends it to pages, proves the caller', async () => {
    const caller = await panel.app.authenticate(request({ query: await token() }));
    expect(caller.installation.clientKey).toBe('client-1');
  });

  test('in the query alone, or first, or between others', async () => {
    const bare = `${APP_URL}/panel`;
    const jwt = await token({ url: bare });
    await panel.app.authenticate(request({ query: jwt }, bare));
    const between = `${APP_URL}/panel?issue=XX-21&jwt=${await token()}&lic=active`;
    await expect(panel.app.authenticate(new Request(between))).resolves.toBeDefined();
  });

  test('that is in both places is one token', async () => {
    const jwt = await token();
    const caller = await panel.app.authenticate(request({ header: `JWT ${jwt}`, query: jwt }));
    expect(caller.installation.clientKey).toBe('client-1');
  });

  test('besides a different one is refused, good as both are', async () => {
    const inbound = request({
      header: `JWT ${await token()}`,
      query: await token({ at: START - 1000 }),
    });
    expect(await refusalOf(inbound)).toBe('TOKEN_AMBIGUOUS');
  });

  test.each(['jwt', 'Jwt', 'JWT'])('may come with the scheme spelt %s', async (scheme) => {
    const inbound = request({ header: `${scheme} ${await token()}` });
    await expect(panel.app.authenticate(inbound)).resolves.toBeDefined();
  });

  test('in the query counts beside credentials of another scheme, which a browser may add', async () => {
    const inbound = request({ header: 'Basic dXNlcjpwYXNz', query: await token() });
    await expect(panel.app.authenticate(inbound)).resolves.toBeDefined();
  });

  test('missing is refused', async () => {
    expect(await refusalOf(request({}))).toBe('TOKEN_MISSING');
    expect(await refusalOf(new Request(`${APP_URL}/panel?xjwt=a&jwtx=b`))).toBe('TOKEN_MISSING');
  });

  test.each(['Bearer', 'Basic', 'Token', 'JWT:', 'X-JWT', 'JWTx'])(
    'with the scheme %s is refused',
    async (scheme) => {
      const inbound = request({ header: `${scheme} ${await token()}` });
      expect(await refusalOf(inbound)).toBe('TOKEN_SCHEME_UNEXPECTED');
    },
  );

  test('without a scheme is refused, and not shown', async () => {
    const jwt = await token();
    expect(await refusalOf(request({ header: jwt }))).toBe('TOKEN_SCHEME_UNEXPECTED');
    const error = await panel.app.authenticate(request({ header: jwt })).catch((caught) => caught);
    expect(inspect(error)).not.toContain(jwt.slice(0, 20));
  });

  test.each(['JWT', 'JWT ', 'JWT a.b', 'JWT a.b.c.d', 'JWT token=a.b.c', 'JWT ..'])(
    'that is no token is refused: %j',
    async (header) => {
      expect(await refusalOf(request({ header }))).toBe('TOKEN_MALFORMED');
    },
  );

  test.each<[string, Partial<SiteTokenOptions>, ErrorCode]>([
    ['of another method', { method: 'POST' }, 'TOKEN_QSH_MISMATCH'],
    ['of another path', { url: `${APP_URL}/other?issue=XX-21&lic=active` }, 'TOKEN_QSH_MISMATCH'],
    ['of another query', { url: `${APP_URL}/panel?issue=XX-22&lic=active` }, 'TOKEN_QSH_MISMATCH'],
    ['of less of the query', { url: `${APP_URL}/panel?issue=XX-21` }, 'TOKEN_QSH_MISMATCH'],
    ['with another secret', { sharedSecret: 'secret-2' }, 'TOKEN_SIGNATURE_INVALID'],
    ['of an unknown site', { clientKey: 'nobody' }, 'INSTALLATION_UNKNOWN'],
    ['of the same site in another case', { clientKey: 'CLIENT-1' }, 'INSTALLATION_UNKNOWN'],
    ['without iss', { claims: { iss: undefined } }, 'TOKEN_ISS_MISSING'],
    ['with an empty iss', { claims: { iss: '' } }, 'TOKEN_CLAIM_INVALID'],
    ['with an iss of no text', { claims: { iss: { $ne: null } } }, 'TOKEN_CLAIM_INVALID'],
    ['with an endless iss', { clientKey: 'x'.repeat(3000) }, 'TOKEN_CLAIM_INVALID'],
    ['without exp', { claims: { exp: undefined } }, 'TOKEN_EXP_MISSING'],
    ['without iat', { claims: { iat: undefined } }, 'TOKEN_IAT_MISSING'],
    ['without qsh', { claims: { qsh: undefined } }, 'TOKEN_QSH_MISSING'],
    ['that expired', { at: START - 930_000 }, 'TOKEN_EXPIRED'],
    ['that is not good yet', { claims: { nbf: START / 1000 + 31 } }, 'TOKEN_NOT_YET_VALID'],
    ['with a sub of no text', { claims: { sub: 7 } }, 'TOKEN_CLAIM_INVALID'],
    ['of another algorithm', { header: { alg: 'HS512' } }, 'TOKEN_ALGORITHM_UNEXPECTED'],
  ])('%s is refused', async (_name, change, code) => {
    expect(await refusalOf(ofHeader(await token(change)))).toBe(code);
  });

  test('within the tolerance of the clocks is good', async () => {
    await panel.app.authenticate(ofHeader(await token({ at: START - 929_000 })));
    await panel.app.authenticate(ofHeader(await token({ claims: { nbf: START / 1000 + 30 } })));
    const strict = createPanelApp([], { store: panel.store, clockToleranceSeconds: 0 });
    const late = ofHeader(await token({ at: START - 900_000 }));
    await expect(strict.app.authenticate(late)).rejects.toMatchObject({ code: 'TOKEN_EXPIRED' });
  });

  test('that the app made for Jira, reflected, is refused, and the log says what it is', async () => {
    const reflected = createToken({
      ...{ issuer: 'panel-app', sharedSecret: 'secret-1', method: 'GET', url: PANEL },
      now: () => START,
    });
    const error = await panel.app.authenticate(ofHeader(reflected)).catch((caught) => caught);
    expect(error).toMatchObject({ code: 'INSTALLATION_UNKNOWN', clientKey: undefined });
    expect(error.message).toContain('the app itself');
  });
});

describe('a context token', () => {
  test.each<AuthenticateOptions>([{ accept: 'context' }, { accept: ['request', 'context'] }])(
    'is accepted where the route says so: %o',
    async (options) => {
      const jwt = await contextToken();
      for (const inbound of [ofHeader(jwt), request({ query: jwt })]) {
        expect((await panel.app.authenticate(inbound, options)).tokenKind).toBe('context');
      }
    },
  );

  test('is good for any URL and method', async () => {
    const inbound = ofHeader(await contextToken(), `${APP_URL}/api/save?x=1`, 'POST');
    const caller = await panel.app.authenticate(inbound, { accept: 'context' });
    expect(caller.tokenKind).toBe('context');
  });

  test.each<AuthenticateOptions | undefined>([
    undefined,
    {},
    { accept: 'request' },
    { accept: ['request'] },
  ])('is refused elsewhere: %o', async (options) => {
    expect(await refusalOf(ofHeader(await contextToken()), options)).toBe('TOKEN_CONTEXT_REFUSED');
  });

  test('is still signed, and still expires', async () => {
    const options: AuthenticateOptions = { accept: 'context' };
    const forged = await token({ sharedSecret: 'other', claims: { qsh: 'context-qsh' } });
    expect(await refusalOf(ofHeader(forged), options)).toBe('TOKEN_SIGNATURE_INVALID');
    const expired = await contextToken({ exp: START / 1000 - 30 });
    expect(await refusalOf(ofHeader(expired), options)).toBe('TOKEN_EXPIRED');
  });

  test('alone accepted, a request token is refused', async () => {
    expect(await refusalOf(ofHeader(await token()), { accept: 'context' })).toBe(
      'TOKEN_REQUEST_REFUSED',
    );
  });

  test.each([
    { accept: 'contxt' },
    { accept: [] },
    { accept: ['context', 'any'] },
    { accept: null },
  ])('with %j is a mistake of the app, and nobody is let in', async (wrong) => {
    const options = wrong as never;
    for (const jwt of [await contextToken(), await token()]) {
      const error = await panel.app.authenticate(ofHeader(jwt), options).catch((caught) => caught);
      expect(error).toMatchObject({ code: 'CONFIG_OPTION_INVALID', httpStatus: 500 });
      expect(panel.app.refuse(error).status).toBe(500);
    }
  });

  test('with an unknown option names the nearest one', async () => {
    const options = { acept: 'context' } as never;
    await expect(panel.app.authenticate(ofHeader(await token()), options)).rejects.toThrow(
      "'acept'. Did you mean 'accept'?",
    );
  });
});

// Tokens that were verified are remembered, which must never be seen from outside.
describe('a token that was let in before', () => {
  const letIn = async (inbound: Request, options?: AuthenticateOptions) => {
    const caller = await panel.app.authenticate(inbound, options);
    expect(await panel.app.authenticate(inbound, options)).toEqual(caller);
    return caller;
  };

  test('is refused once it expired', async () => {
    const inbound = ofHeader(await token());
    await letIn(inbound);
    panel.clock.time = START + 930_000 - 1;
    await panel.app.authenticate(inbound);
    panel.clock.time += 1;
    expect(await refusalOf(inbound)).toBe('TOKEN_EXPIRED');
  });

  test('is refused where the clock is set back to before it is good', async () => {
    const inbound = ofHeader(await token({ claims: { nbf: START / 1000 } }));
    await letIn(inbound);
    panel.clock.time = START - 31_000;
    expect(await refusalOf(inbound)).toBe('TOKEN_NOT_YET_VALID');
  });

  test('is refused once the secret changed', async () => {
    const inbound = ofHeader(await token());
    await letIn(inbound);
    await panel.store.put(sampleRecord({ sharedSecret: 'secret-2', revision: 2 }));
    expect(await refusalOf(inbound)).toBe('TOKEN_SIGNATURE_INVALID');
  });

  test('is refused once the app was uninstalled, and once the record is gone', async () => {
    const inbound = ofHeader(await token());
    await letIn(inbound);
    await panel.store.put(sampleRecord({ status: 'uninstalled', revision: 2 }));
    expect(await refusalOf(inbound)).toBe('INSTALLATION_UNINSTALLED');
    await panel.store.delete('client-1');
    expect(await refusalOf(inbound)).toBe('INSTALLATION_UNKNOWN');
  });

  test("is refused once the record is another app's", async () => {
    const inbound = ofHeader(await token());
    await letIn(inbound);
    await panel.store.put(sampleRecord({ appKey: 'other-app', revision: 2 }));
    expect(await refusalOf(inbound)).toBe('STORE_CORRUPT');
  });

  test('is refused on another URL, and with another method', async () => {
    const jwt = await token();
    await letIn(ofHeader(jwt));
    expect(await refusalOf(ofHeader(jwt, PANEL, 'POST'))).toBe('TOKEN_QSH_MISMATCH');
    await letIn(request({ query: jwt }));
    for (const inbound of [
      ofHeader(jwt, `${APP_URL}/other?issue=XX-21&lic=active`),
      ofHeader(jwt, `${PANEL}&more=1`),
      request({ query: jwt }, `${APP_URL}/panel?issue=XX-22&lic=active`),
    ]) {
      expect(await refusalOf(inbound)).toBe('TOKEN_QSH_MISMATCH');
    }
  });

  test('is refused where the route takes the other kind', async () => {
    const context = ofHeader(await contextToken());
    await letIn(context, { accept: 'context' });
    expect(await refusalOf(context)).toBe('TOKEN_CONTEXT_REFUSED');
    expect(await refusalOf(context, { accept: ['request'] })).toBe('TOKEN_CONTEXT_REFUSED');
    const bound = ofHeader(await token());
    await letIn(bound);
    expect(await refusalOf(bound, { accept: 'context' })).toBe('TOKEN_REQUEST_REFUSED');
  });

  test('is refused in any other spelling', async () => {
    const jwt = await token();
    await letIn(ofHeader(jwt));
    const [header, claims, signature] = jwt.split('.');
    for (const other of [
      `${jwt}=`,
      `${header}.${claims}.`,
      `${header}.${claims}.x${signature?.slice(1)}`,
    ]) {
      expect(await refusalOf(ofHeader(other))).toBe('TOKEN_SIGNATURE_INVALID');
    }
    expect(await refusalOf(request({ header: `JWT ${jwt}`, query: `${jwt}x` }))).toBe(
      'TOKEN_AMBIGUOUS',
    );
  });

  test.each([true, false])(
    'is a 503 while a store without a cache is down (with getNow: %s)',
    async (hasNow) => {
      let down = false;
      const whileUp = <T>(read: () => T): T => {
        if (down) throw new Error('connection lost');
        return read();
      };
      const { getNow: _, ...plain } = panel.store;
      const store: InstallationStore = {
        ...plain,
        get: async (clientKey) => whileUp(() => panel.store.get(clientKey)),
        ...(hasNow && { getNow: (clientKey) => whileUp(() => panel.store.getNow?.(clientKey)) }),
      };
      const { app } = createPanelApp([], { store, cache: false });
      const inbound = ofHeader(await token());
      await app.authenticate(inbound);
      expect(app.authenticateNow(inbound) !== undefined).toBe(hasNow);
      down = true;
      expect(app.authenticateNow(inbound)).toBeUndefined();
      await expect(app.authenticate(inbound)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    },
  );

  test('is let in without waiting; nothing else is', async () => {
    const inbound = ofHeader(await token());
    expect(panel.app.authenticateNow(inbound)).toBeUndefined();
    const caller = await panel.app.authenticate(inbound);
    expect(panel.app.authenticateNow(inbound)).toEqual(caller);
    expect(panel.app.authenticateNow(inbound, { accept: 'context' })).toBeUndefined();
    expect(panel.app.authenticateNow(ofHeader('eyJhbGciOiJIUzI1NiJ9.e30.x'))).toBeUndefined();
    expect(panel.app.authenticateNow(ofHeader(''))).toBeUndefined();
  });

  test('brings the newest record', async () => {
    const inbound = ofHeader(await token());
    await letIn(inbound);
    const siteUrl = 'https://renamed.atlassian.net';
    await panel.store.put(sampleRecord({ siteUrl, revision: 2 }));
    expect((await panel.app.authenticate(inbound)).installation.siteUrl).toBe(siteUrl);
  });

  test('brings claims that nobody changed in between', async () => {
    const context = { jira: { issue: { id: '1', key: 'XX-21' } } };
    const inbound = ofHeader(await token({ claims: { sub: 'account-1', context } }));
    const { claims } = await panel.app.authenticate(inbound);
    try {
      claims.sub = 'admin';
    } catch {
      // Frozen is as good.
    }
    try {
      (claims as unknown as { context: typeof context }).context.jira.issue.key = 'YY-1';
    } catch {
      // Frozen is as good.
    }
    expect(await panel.app.authenticate(inbound)).toMatchObject({
      accountId: 'account-1',
      context,
    });
  });

  test('is good again after a thousand others', async () => {
    const inbound = ofHeader(await token());
    await letIn(inbound);
    for (let index = 0; index < 1001; index++) {
      await panel.app.authenticate(ofHeader(await token({ claims: { jti: index } })));
    }
    await letIn(inbound);
  });
});

describe('the path', () => {
  test.each([
    ['raw', '/caf%C3%A9/a%20b'],
    ['decoded, as Jira hashes it', '/café/a b'],
  ])('is hashed %s', async (_name, hashed) => {
    const qsh = createHash('sha256').update(`GET&${hashed}&`).digest('hex');
    const jwt = await token({ claims: { qsh } });
    await expect(
      panel.app.authenticate(ofHeader(jwt, `${APP_URL}/caf%C3%A9/a%20b`)),
    ).resolves.toBeDefined();
  });

  test('decoded twice is another path', async () => {
    const qsh = createHash('sha256').update('GET&/a/b&').digest('hex');
    const jwt = await token({ claims: { qsh } });
    expect(await refusalOf(ofHeader(jwt, `${APP_URL}/a%252Fb`))).toBe('TOKEN_QSH_MISMATCH');
  });

  test.each(['https://example.com/apps/panel', 'http://10.0.0.7:3000'])(
    'of the appUrl is kept or taken away by a proxy (%s)',
    async (proxied) => {
      const appUrl = 'https://example.com/apps/panel';
      const below = createPanelApp([], { appUrl, store: panel.store });
      const jwt = await token({ url: `${appUrl}/view?x=1`, appUrl });
      const caller = await below.app.authenticate(ofHeader(jwt, `${proxied}/view?x=1`));
      expect(caller.installation.clientKey).toBe('client-1');
    },
  );
});

describe('the caller', () => {
  test('is the installation without its secret', async () => {
    const caller = await panel.app.authenticate(ofHeader(await token()));
    const { sharedSecret: _secret, revision: _revision, ...installation } = sampleRecord();
    expect(caller.installation).toEqual(installation);
    expect(inspect(caller, { depth: Number.POSITIVE_INFINITY })).not.toContain('secret-1');
    expect(JSON.stringify(caller)).not.toContain('secret-1');
  });

  const context = { jira: { issue: { id: '10021', key: 'XX-21' } } };
  test.each<[string, Record<string, unknown>, Partial<Caller>]>([
    ['from sub', { sub: 'account-1' }, { accountId: 'account-1' }],
    [
      'from the context of older sites',
      { context: { user: { accountId: 'account-2', userKey: 'admin' } } },
      { accountId: 'account-2' },
    ],
    [
      'from sub rather than from the context',
      { sub: 'account-1', context: { user: { accountId: 'account-2' } } },
      { accountId: 'account-1' },
    ],
    ['none', {}, { accountId: undefined, context: undefined }],
    ['none in an empty context', { context: {} }, { accountId: undefined, context: {} }],
    ['none of a user of null', { context: { user: null } }, { accountId: undefined }],
    [
      'none of a user without an id',
      { context: { user: { accountId: 7 } } },
      { accountId: undefined },
    ],
    ['and the page', { sub: 'account-1', context }, { accountId: 'account-1', context }],
  ])('has its user %s', async (_name, claims, expected) => {
    for (const [jwt, options] of [
      [await token({ claims }), {}],
      [await contextToken(claims), { accept: 'context' }],
    ] as const) {
      expect(await panel.app.authenticate(ofHeader(jwt), options)).toMatchObject(expected);
    }
  });

  test('has all claims of the token', async () => {
    const jwt = await token({ claims: { sub: 'account-1', more: [1] } });
    expect((await panel.app.authenticate(ofHeader(jwt))).claims).toMatchObject({
      iss: 'client-1',
      sub: 'account-1',
      iat: START / 1000,
      more: [1],
    });
  });

  test('has the client of its own site', async () => {
    await panel.store.put(sampleRecord({ clientKey: 'client-2', sharedSecret: 'secret-2' }));
    const second = await token({ clientKey: 'client-2', sharedSecret: 'secret-2' });
    const caller = await panel.app.authenticate(ofHeader(second));
    expect(caller.jira).toBe(panel.app.jira('client-2'));
    expect(caller.jira).not.toBe(panel.app.jira('client-1'));
  });
});

test('two installations may share a secret: the issuer tells them apart', async () => {
  await panel.store.put(
    sampleRecord({ clientKey: 'client-2', siteUrl: 'https://b.atlassian.net' }),
  );
  for (const clientKey of ['client-1', 'client-2']) {
    const caller = await panel.app.authenticate(ofHeader(await token({ clientKey })));
    expect(caller.installation.clientKey).toBe(clientKey);
  }
});

test('an installation that shares its secret with an uninstalled one does not let that one in', async () => {
  await panel.store.put(sampleRecord({ clientKey: 'client-2', status: 'uninstalled' }));
  const jwt = await token({ clientKey: 'client-2' });
  expect(await refusalOf(ofHeader(jwt))).toBe('INSTALLATION_UNINSTALLED');
});

test('an app that is switched off still knows its callers', async () => {
  await panel.store.put(sampleRecord({ enabled: false, revision: 2 }));
  const caller = await panel.app.authenticate(ofHeader(await token()));
  expect(caller.installation.enabled).toBe(false);
});

describe('the answer to a refusal', () => {
  test('never tells an unknown installation from a bad signature, or from any other reason', async () => {
    await panel.store.put(sampleRecord({ clientKey: 'gone', status: 'uninstalled' }));
    const inbounds = [
      ofHeader(await token({ clientKey: 'nobody' })),
      ofHeader(await token({ sharedSecret: 'other' })),
      ofHeader(await token({ clientKey: 'gone' })),
      ofHeader(await token({ at: 0 })),
      ofHeader(await token({ method: 'PUT' })),
      ofHeader(await contextToken()),
      ofHeader('x'),
      request({}),
      request({ header: 'Bearer x' }),
    ];
    for (const inbound of inbounds) {
      const error = await panel.app.authenticate(inbound).catch((caught) => caught);
      expect(await outwardAnswer(panel.app.refuse(error, inbound))).toEqual(UNAUTHORIZED);
    }
    expect(new Set(panel.log.codes()).size).toBe(inbounds.length);
    for (const { level, details, message } of panel.log.lines) {
      expect(level).toBe('warn');
      expect(details).toMatchObject({ method: 'GET', path: '/panel' });
      expect(message).toContain(details.error.message);
    }
  });

  test('has no token of the query in its log line', async () => {
    const jwt = await token({ sharedSecret: 'other' });
    const inbound = request({ query: jwt });
    panel.app.refuse(await panel.app.authenticate(inbound).catch((caught) => caught), inbound);
    expect(inspect(panel.log.lines, { depth: Number.POSITIVE_INFINITY })).not.toContain('eyJ');
    expect(panel.log.lines[0]?.details.path).toBe('/panel');
  });

  test('to something that is no error of this package is a 500, and shows nothing of it', async () => {
    for (const thrown of [new TypeError('marked-secret'), 'marked-secret', undefined]) {
      const response = panel.app.refuse(thrown, request({}));
      expect(response.status).toBe(500);
      expect(await response.text()).toBe('{"error":"internal_error"}');
    }
    expect(panel.log.lines.map(({ level }) => level)).toEqual(Array(3).fill('error'));
  });
});

describe('a store', () => {
  test('that fails is a 503, and lets nobody in', async () => {
    const store = { ...memoryStore(), get: () => Promise.reject(new Error('connection lost')) };
    const down = createPanelApp([], { store });
    const error = await down.app.authenticate(ofHeader(await token())).catch((caught) => caught);
    expect(error).toMatchObject({ code: 'STORE_UNAVAILABLE' });
    const answer = await outwardAnswer(down.app.refuse(error));
    expect(answer).toMatchObject({ status: 503, body: '{"error":"unavailable"}' });
    expect(answer).not.toHaveProperty('headers.www-authenticate');
  });

  test.each(['', undefined, null])('with a secret of %j lets nobody in', async (sharedSecret) => {
    const record = sampleRecord({ sharedSecret: sharedSecret as string });
    const broken = createPanelApp([], { store: { ...memoryStore(), get: async () => record } });
    for (const secret of ['secret-1', 'undefined', 'null']) {
      await expect(
        broken.app.authenticate(ofHeader(await token({ sharedSecret: secret }))),
      ).rejects.toMatchObject({ code: 'STORE_CORRUPT', httpStatus: 503 });
    }
  });

  test("that holds another app's record lets nobody in, for all apps of a site share its clientKey", async () => {
    const other = createApp({
      descriptor: panelDescriptor({ key: 'other-app' }),
      appUrl: APP_URL,
      store: panel.store,
      now: () => START,
      logger: panel.log,
    });
    await expect(other.authenticate(ofHeader(await token()))).rejects.toMatchObject({
      code: 'STORE_CORRUPT',
      hint: expect.stringContaining('a store of its own'),
    });
  });
});
