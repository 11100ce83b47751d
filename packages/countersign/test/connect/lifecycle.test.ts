import { createHmac } from 'node:crypto';
import { inspect } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  type App,
  type InstallationStore,
  type LifecycleNotice,
  memoryStore,
} from '../../src/index.ts';
import {
  APP_URL,
  createPanelApp,
  outwardAnswer,
  type PanelApp,
  panelDescriptor,
  SITE_URL,
  type SignedCallback,
  START,
  UNAUTHORIZED,
} from '../app/panel-app.ts';
import {
  type AtlassianHost,
  atlassianKeys,
  KEY_ID,
  publishKey,
  rsaKeyPair,
  startAtlassianHost,
  unreachableUrl,
} from './atlassian-host.ts';
import { siteToken } from './site-token.ts';

const foreignKeys = rsaKeyPair();
const EVENTS = ['installed', 'uninstalled', 'enabled', 'disabled'] as const;
const SITE_SIGNED = ['installed', 'uninstalled'] as const;
const APP_SIGNED = ['enabled', 'disabled'] as const;

let keyHost: AtlassianHost;
let panel: PanelApp;
beforeAll(async () => {
  keyHost = await startAtlassianHost();
});
afterAll(() => keyHost.close());
beforeEach(() => {
  keyHost.answer = publishKey;
  panel = createPanelApp([keyHost.url]);
});

const stored = (clientKey = 'client-1') => panel.store.get(clientKey);

/** Sends what must be refused: one code in the log, the same 401 as for everybody, and nothing stored. */
async function expectRefused(
  event: (typeof EVENTS)[number],
  options: SignedCallback,
  code: string,
): Promise<void> {
  const before = await panel.store.list();
  const logged = panel.log.lines.length;
  expect(await outwardAnswer(await panel.send(event, options))).toEqual(UNAUTHORIZED);
  expect(panel.log.codes().slice(-1)).toEqual([code]);
  expect(panel.log.lines).toHaveLength(logged + 1);
  expect(panel.log.lines.at(-1)?.level).toBe('warn');
  expect(await panel.store.list()).toEqual(before);
}

function collectNotices(app: App): LifecycleNotice[] {
  const notices: LifecycleNotice[] = [];
  for (const event of EVENTS) app.on(event, (notice) => void notices.push(notice));
  return notices;
}

const handlersDone = () => new Promise(setImmediate);

describe('installed', () => {
  test('is stored as it came, and answered with 204', async () => {
    const response = await panel.send('installed', {
      body: { description: 'Jira', displayUrl: 'https://jira.example.com', later: { added: [1] } },
    });
    expect(response.status).toBe(204);
    expect(await response.text()).toBe('');
    expect(await stored()).toEqual({
      clientKey: 'client-1',
      appKey: 'panel-app',
      siteUrl: SITE_URL,
      sharedSecret: 'secret-1',
      status: 'installed',
      enabled: true,
      installedAt: START,
      changedAt: START,
      enabledChangedAt: START,
      payload: {
        key: 'panel-app',
        clientKey: 'client-1',
        baseUrl: SITE_URL,
        productType: 'jira',
        eventType: 'installed',
        description: 'Jira',
        displayUrl: 'https://jira.example.com',
        later: { added: [1] },
      },
      revision: 1,
    });
    expect(panel.log.lines).toEqual([
      {
        level: 'info',
        details: {
          requestId: expect.stringMatching(/^[0-9a-f]{16}$/),
          event: 'installed',
          clientKey: 'client-1',
          siteUrl: SITE_URL,
        },
        message: 'The installation was stored.',
      },
    ]);
  });

  test('again brings the new secret and site URL, and keeps when it first came', async () => {
    await panel.send('installed');
    panel.clock.time += 60_000;
    const baseUrl = 'https://renamed.atlassian.net/';
    await panel.send('installed', { sharedSecret: 'secret-2', body: { baseUrl } });
    expect(await stored()).toMatchObject({
      sharedSecret: 'secret-2',
      siteUrl: 'https://renamed.atlassian.net',
      installedAt: START,
      changedAt: START + 60_000,
      revision: 2,
    });
    expect(await panel.store.findBySiteUrl(SITE_URL)).toEqual([]);
  });

  test('again leaves the app switched off where an administrator switched it off', async () => {
    await panel.send('installed');
    panel.clock.time += 1000;
    await panel.send('disabled');
    panel.clock.time += 1000;
    await panel.send('installed', { sharedSecret: 'rotated' });
    expect(await stored()).toMatchObject({ sharedSecret: 'rotated', enabled: false });

    panel.clock.time += 1000;
    await panel.send('uninstalled');
    panel.clock.time += 1000;
    await panel.send('installed', { sharedSecret: 'anew' });
    expect(await stored()).toMatchObject({ sharedSecret: 'anew', enabled: true });
  });

  test('from a clock that is far ahead does not make all that follow look older', async () => {
    const ahead = Math.floor((START + 365 * 86_400_000) / 1000);
    await panel.send('installed', { claims: { iat: ahead, exp: ahead + 900 } });
    expect(await stored()).toMatchObject({ changedAt: START });
    panel.clock.time += 1000;
    await panel.send('installed', { sharedSecret: 'newer' });
    expect(await stored()).toMatchObject({ sharedSecret: 'newer' });
  });

  test('that is older than the stored one never overwrites it', async () => {
    const late = await panel.callback('installed', { sharedSecret: 'old-secret' });
    panel.clock.time += 60_000;
    await panel.send('installed', { sharedSecret: 'new-secret' });
    const before = await stored();
    const notices = collectNotices(panel.app);
    expect((await panel.app.fetch(late)).status).toBe(204);
    expect(await stored()).toEqual(before);
    await handlersDone();
    expect(notices).toEqual([]);
    expect(panel.log.lines.at(-1)?.message).toBe('The event changes nothing that is stored.');
  });

  test('that is older than an uninstalled does not bring the app back', async () => {
    await panel.send('installed');
    panel.clock.time += 1000;
    const late = await panel.callback('installed');
    panel.clock.time += 1000;
    await panel.send('uninstalled');
    expect((await panel.app.fetch(late)).status).toBe(204);
    expect(await stored()).toMatchObject({ status: 'uninstalled' });
  });

  test('that is older than a disabled does not switch the app on', async () => {
    await panel.send('installed');
    panel.clock.time += 1000;
    const late = await panel.callback('installed', { sharedSecret: 'secret-2' });
    panel.clock.time += 1000;
    await panel.send('disabled');
    await panel.app.fetch(late);
    expect(await stored()).toMatchObject({
      sharedSecret: 'secret-2',
      enabled: false,
      enabledChangedAt: START + 2000,
    });
  });

  test('for a site URL that another clientKey has names that one: the site was imported', async () => {
    const notices = collectNotices(panel.app);
    await panel.send('installed');
    await panel.send('installed', {
      clientKey: 'elsewhere',
      body: { baseUrl: 'https://b.jira.com' },
    });
    await panel.send('installed', { clientKey: 'client-2' });
    await handlersDone();
    expect(notices.map(({ sameSite }) => sameSite.map(({ clientKey }) => clientKey))).toEqual([
      [],
      [],
      ['client-1'],
    ]);
    expect(inspect(notices)).not.toContain('secret-1');
  });

  test.each(['https://example.atlassian.net/', 'https://EXAMPLE.atlassian.net:443'])(
    'for the same site URL in another spelling (%s) is for the same site',
    async (baseUrl) => {
      await panel.send('installed', { body: { baseUrl } });
      expect((await stored())?.siteUrl).toBe(SITE_URL);
    },
  );
});

describe.each(SITE_SIGNED)('the token of %s', (event) => {
  beforeEach(async () => {
    await panel.send('installed');
    panel.clock.time += 60_000;
  });

  const appUrlWithSlash = `${APP_URL}/`;
  test.each<[string, SignedCallback]>([
    ['aud as a text', { claims: { aud: APP_URL } }],
    ['aud with a trailing slash', { claims: { aud: appUrlWithSlash } }],
    ['aud as a list', { claims: { aud: [APP_URL] } }],
    ['aud as a list of several', { claims: { aud: ['https://other.example.com', APP_URL] } }],
    ['an exp within the tolerance', { claims: { exp: START / 1000 + 60 - 29 } }],
    ['an nbf within the tolerance', { claims: { nbf: START / 1000 + 60 + 29 } }],
    ['a query string on the URL', { path: `/${event}?user_key=admin&x=a%20b` }],
    ['a subject', { claims: { sub: 'account-1', context: { user: {} } } }],
    ['no typ', { header: { typ: undefined } }],
  ])('is good with %s', async (_name, options) => {
    expect((await panel.send(event, options)).status).toBe(204);
    expect(await stored()).toMatchObject({ revision: 2 });
  });

  const at = START / 1000 + 60;
  test.each<[string, SignedCallback, string]>([
    ['is missing', { token: '' }, 'TOKEN_MISSING'],
    ['is no token', { token: 'x' }, 'TOKEN_MALFORMED'],
    ['has broken JSON', { token: 'e30.e30x.' }, 'TOKEN_MALFORMED'],
    ['names no key', { header: { kid: undefined } }, 'TOKEN_KEY_ID_INVALID'],
    ['names a path as its key', { header: { kid: `../${KEY_ID}` } }, 'TOKEN_KEY_ID_INVALID'],
    ['names a key that nobody has', { header: { kid: 'unknown' } }, 'TOKEN_KEY_UNKNOWN'],
    [
      'is signed with another key',
      { privateKey: foreignKeys.privateKey },
      'TOKEN_SIGNATURE_INVALID',
    ],
    [
      'brings its own key',
      {
        privateKey: foreignKeys.privateKey,
        header: { jwk: { kty: 'RSA' }, jku: 'https://evil.com' },
      },
      'TOKEN_SIGNATURE_INVALID',
    ],
    ['is of another RSA algorithm', { header: { alg: 'RS512' } }, 'TOKEN_ALGORITHM_UNEXPECTED'],
    ['is of RSA with another padding', { header: { alg: 'PS256' } }, 'TOKEN_ALGORITHM_UNEXPECTED'],
    ['has no iss', { claims: { iss: undefined } }, 'TOKEN_ISS_MISSING'],
    ['has no iat', { claims: { iat: undefined } }, 'TOKEN_IAT_MISSING'],
    ['has no exp', { claims: { exp: undefined } }, 'TOKEN_EXP_MISSING'],
    ['has no qsh', { claims: { qsh: undefined } }, 'TOKEN_QSH_MISSING'],
    ['has an iss that is no text', { claims: { iss: ['client-1'] } }, 'TOKEN_CLAIM_INVALID'],
    ['has an iat that is a text', { claims: { iat: `${at}` } }, 'TOKEN_CLAIM_INVALID'],
    ['has an exp that is a text', { claims: { exp: '9999999999' } }, 'TOKEN_CLAIM_INVALID'],
    ['expired beyond the tolerance', { claims: { exp: at - 30 } }, 'TOKEN_EXPIRED'],
    ['is not good yet', { claims: { nbf: at + 31 } }, 'TOKEN_NOT_YET_VALID'],
    ['is a context token', { claims: { qsh: 'context-qsh' } }, 'TOKEN_CONTEXT_REFUSED'],
    ['is for another request', { claims: { qsh: 'a'.repeat(64) } }, 'TOKEN_QSH_MISMATCH'],
    ['has no aud', { claims: { aud: undefined } }, 'TOKEN_AUDIENCE_MISMATCH'],
    ['has an empty aud', { claims: { aud: [] } }, 'TOKEN_AUDIENCE_MISMATCH'],
    ['has the start of aud', { claims: { aud: APP_URL.slice(0, -1) } }, 'TOKEN_AUDIENCE_MISMATCH'],
    ['has more than aud', { claims: { aud: `${APP_URL}.evil.com` } }, 'TOKEN_AUDIENCE_MISMATCH'],
    ['has two slashes on aud', { claims: { aud: `${APP_URL}//` } }, 'TOKEN_AUDIENCE_MISMATCH'],
    ['has a path on aud', { claims: { aud: `${APP_URL}/app` } }, 'TOKEN_AUDIENCE_MISMATCH'],
    ['has http in aud', { claims: { aud: APP_URL.replace('s:', ':') } }, 'TOKEN_AUDIENCE_MISMATCH'],
    [
      'is for another app',
      { claims: { aud: ['https://other.example.com'] } },
      'TOKEN_AUDIENCE_MISMATCH',
    ],
    ['has an aud within an aud', { claims: { aud: [[APP_URL]] } }, 'TOKEN_AUDIENCE_MISMATCH'],
    ['is of another site than the body', { claims: { iss: 'client-2' } }, 'TOKEN_ISSUER_MISMATCH'],
    ['is of another case than the body', { claims: { iss: 'CLIENT-1' } }, 'TOKEN_ISSUER_MISMATCH'],
  ])('is refused where it %s', (_name, options, code) => expectRefused(event, options, code));

  test('is refused where it is signed with HS256, also with the secret of the installation', async () => {
    const url = `${APP_URL}/${event}`;
    const token = await siteToken({
      ...{ clientKey: 'client-1', sharedSecret: 'secret-1', method: 'POST' },
      ...{ url, appUrl: APP_URL, at: panel.clock.time, claims: { aud: APP_URL } },
    });
    await expectRefused(event, { token }, 'TOKEN_ALGORITHM_UNEXPECTED');
  });

  test('is refused where it is signed with HS256 and the public key as its secret', async () => {
    const request = await panel.callback(event);
    const claims = request.headers.get('authorization')?.split('.')[1];
    const header = base64url({ typ: 'JWT', alg: 'HS256', kid: KEY_ID });
    const signature = createHmac('sha256', atlassianKeys.publicPem)
      .update(`${header}.${claims}`)
      .digest('base64url');
    const token = `${header}.${claims}.${signature}`;
    await expectRefused(event, { token }, 'TOKEN_ALGORITHM_UNEXPECTED');
  });

  test.each([
    ['none', '', 'TOKEN_UNSIGNED'],
    ['none', 'c2lnbmF0dXJl', 'TOKEN_UNSIGNED'],
    ['nOnE', '', 'TOKEN_ALGORITHM_UNEXPECTED'],
    [undefined, '', 'TOKEN_ALGORITHM_UNEXPECTED'],
    [['RS256'], '', 'TOKEN_ALGORITHM_UNEXPECTED'],
  ])('is refused where alg is %j and the signature %j', async (alg, signature, code) => {
    const request = await panel.callback(event);
    const claims = request.headers.get('authorization')?.split('.')[1];
    const token = `${base64url({ typ: 'JWT', alg, kid: KEY_ID })}.${claims}.${signature}`;
    await expectRefused(event, { token }, code);
  });

  test('is refused where its claims were changed after signing', async () => {
    const request = await panel.callback(event);
    const [header, claims, signature] = (request.headers.get('authorization') ?? '')
      .slice(4)
      .split('.');
    const changed = JSON.parse(Buffer.from(claims ?? '', 'base64url').toString());
    const token = `${header}.${base64url({ ...changed, iss: 'client-2' })}.${signature}`;
    await expectRefused(event, { token, clientKey: 'client-2' }, 'TOKEN_SIGNATURE_INVALID');
  });

  test('is refused on another URL, with another query, or of another event', async () => {
    const tokenOf = async (path: string) =>
      (await panel.callback(event, { path })).headers.get('authorization')?.slice(4) ?? '';
    const other = event === 'installed' ? 'uninstalled' : 'installed';
    for (const path of [`/${other}`, `/${event}?user_key=admin`, `/${event}/`.replace(/.$/, 'x')]) {
      await expectRefused(event, { token: await tokenOf(path) }, 'TOKEN_QSH_MISMATCH');
    }
    const token = await tokenOf(`/${event}?user_key=admin`);
    await expectRefused(event, { token, path: `/${event}?user_key=root` }, 'TOKEN_QSH_MISMATCH');
  });

  test('is good once, also with another body', async () => {
    const token = (await panel.callback(event)).headers.get('authorization')?.slice(4) ?? '';
    expect((await panel.send(event, { token })).status).toBe(204);
    await expectRefused(event, { token }, 'TOKEN_REPLAYED');
    await expectRefused(event, { token, sharedSecret: 'of-the-attacker' }, 'TOKEN_REPLAYED');
    panel.clock.time += 900_000;
    await expectRefused(event, { token }, 'TOKEN_REPLAYED');
    panel.clock.time += 30_000;
    await expectRefused(event, { token }, 'TOKEN_EXPIRED');
  });

  test('is good once in another spelling of its signature too', async () => {
    const token = (await panel.callback(event)).headers.get('authorization')?.slice(4) ?? '';
    expect((await panel.send(event, { token })).status).toBe(204);
    for (const respelt of [`${token}=`, `${token}==`, `${token} `, respellLastCharacter(token)]) {
      const response = await panel.send(event, { token: respelt });
      expect(response.status).toBe(401);
    }
    expect(await stored()).toMatchObject({ revision: 2 });
  });

  test('sent many times at once is taken exactly once', async () => {
    const token = (await panel.callback(event)).headers.get('authorization')?.slice(4) ?? '';
    const responses = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        panel.send(event, { token, sharedSecret: `secret-${index}` }),
      ),
    );
    expect(responses.map(({ status }) => status).sort()).toEqual([204, ...Array(9).fill(401)]);
    expect(panel.log.codes()).toEqual(Array(9).fill('TOKEN_REPLAYED'));
    expect(await stored()).toMatchObject({ revision: 2 });
  });

  test('is refused where the body is about another app', async () => {
    const before = await stored();
    const response = await panel.send(event, { body: { key: 'other-app' } });
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({ error: 'bad_request' });
    expect(panel.log.codes()).toEqual(['INSTALLATION_PAYLOAD_INVALID']);
    expect(panel.log.lines.at(-1)?.message).toContain("'other-app'");
    expect(await stored()).toEqual(before);
  });
});

function base64url(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

/** The last character of a 256-byte signature has four bits that mean nothing. */
function respellLastCharacter(token: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  const last = alphabet.indexOf(token.at(-1) ?? '');
  return token.slice(0, -1) + alphabet[last ^ 1];
}

describe('a site', () => {
  test.each([
    'http://example.atlassian.net',
    'https://example.atlassian.net@evil.com',
    'https://user:pass@example.atlassian.net',
    'https://evil.com/.atlassian.net',
    'https://evil.com#.atlassian.net',
    'https://evil.com?.atlassian.net',
    'https://evil.com\\.atlassian.net',
    'https://a.b.atlassian.net',
    'https://atlassian.net',
    'https://example.atlassian.net.evil.com',
    'https://evilatlassian.net',
    'https://example.atlassian.net:8443',
    'https://127.0.0.1',
    'http://127.0.0.1:4400',
    '//example.atlassian.net',
    'example.atlassian.net',
  ])('that is not allowed is refused: %s', (baseUrl) =>
    expectRefused('installed', { body: { baseUrl } }, 'INSTALLATION_SITE_REFUSED'),
  );

  test('that is not allowed uses no token up, so that nothing is lost by allowing it', async () => {
    const sandbox = 'http://127.0.0.1:4400';
    const store = memoryStore({ now: () => panel.clock.time });
    const closed = createPanelApp([keyHost.url], { store });
    const callback = await closed.callback('installed', { body: { baseUrl: sandbox } });
    expect((await closed.app.fetch(callback.clone())).status).toBe(401);
    const open = createPanelApp([keyHost.url], { store, allowedSites: [sandbox] });
    expect((await open.app.fetch(callback)).status).toBe(204);
    expect(await store.get('client-1')).toMatchObject({ siteUrl: sandbox });
  });
});

describe('the body', () => {
  test.each<[string, SignedCallback['body'], string]>([
    ['is broken JSON', '{"key":', 'it is no JSON object'],
    ['is empty', '', 'it is no JSON object'],
    ['is a list', '[]', 'it is no JSON object'],
    ['is null', 'null', 'it is no JSON object'],
    ['lacks the clientKey', { clientKey: undefined }, 'clientKey: '],
    ['lacks the key', { key: undefined }, 'key: '],
    ['lacks the baseUrl', { baseUrl: undefined }, 'baseUrl: '],
    ['lacks the sharedSecret', { sharedSecret: undefined }, 'sharedSecret: '],
    ['has an empty sharedSecret', { sharedSecret: '' }, 'sharedSecret: '],
    ['has a sharedSecret that is a number', { sharedSecret: 12_345 }, 'sharedSecret: '],
    ['has a sharedSecret of null', { sharedSecret: null }, 'sharedSecret: '],
    ['has an endless sharedSecret', { sharedSecret: 's'.repeat(1025) }, 'sharedSecret: '],
    ['has a clientKey that is a list', { clientKey: ['client-1'] }, 'clientKey: '],
  ])('of installed that %s is a 400, and the log names what', async (_name, body, named) => {
    const response = await panel.send('installed', body === undefined ? {} : { body });
    expect(response.status).toBe(400);
    expect(await response.text()).toBe('{"error":"bad_request"}');
    expect(panel.log.codes()).toEqual(['INSTALLATION_PAYLOAD_INVALID']);
    expect(panel.log.lines[0]?.message).toContain(named);
    expect(await stored()).toBeUndefined();
  });

  test('that lacks several fields has all of them named', async () => {
    await panel.send('installed', { body: '{"clientKey":"client-1"}' });
    for (const field of ['key', 'baseUrl', 'sharedSecret']) {
      expect(panel.log.lines[0]?.message).toContain(`${field}: `);
    }
  });

  test('of any other event needs no secret and no baseUrl', async () => {
    await panel.send('installed');
    for (const event of ['disabled', 'enabled', 'uninstalled'] as const) {
      const body = '{"key":"panel-app","clientKey":"client-1"}';
      expect((await panel.send(event, { body })).status).toBe(204);
    }
  });

  test.each(APP_SIGNED)('of %s about another clientKey is refused', async (event) => {
    await panel.send('installed');
    await panel.send('installed', { clientKey: 'client-2', sharedSecret: 'secret-2' });
    await expectRefused(event, { body: { clientKey: 'client-2' } }, 'TOKEN_ISSUER_MISMATCH');
  });

  test.each(EVENTS)('of %s that is too large is a 413, whoever sends it', async (event) => {
    const small = createPanelApp([keyHost.url], { maxBodyBytes: 200 });
    const body = JSON.stringify({ filler: 'x'.repeat(200) });
    for (const options of [{ body }, { body, token: '' }]) {
      const response = await small.send(event, options);
      expect(response.status).toBe(413);
      expect(await response.json()).toEqual({ error: 'payload_too_large' });
    }
    expect(small.log.codes()).toEqual(Array(2).fill('INSTALLATION_PAYLOAD_TOO_LARGE'));
  });

  test('of exactly the largest size is read', async () => {
    const request = await panel.callback('installed');
    const { byteLength } = await request.clone().arrayBuffer();
    const exact = createPanelApp([keyHost.url], { maxBodyBytes: byteLength });
    expect((await exact.app.fetch(request.clone())).status).toBe(204);
    const short = createPanelApp([keyHost.url], { maxBodyBytes: byteLength - 1 });
    expect((await short.app.fetch(request)).status).toBe(413);
  });

  test('that says it is too large is not even read', async () => {
    let read = false;
    const body = new ReadableStream(
      {
        pull() {
          read = true;
        },
      },
      { highWaterMark: 0 },
    );
    const headers = { 'content-length': '65537' };
    const init = { method: 'POST', headers, body, duplex: 'half' } as const;
    const response = await panel.app.fetch(new Request(`${APP_URL}/installed`, init));
    expect(response.status).toBe(413);
    expect(read).toBe(false);
  });

  test('that is too large ends the request also where somebody holds a clone of it', async () => {
    const request = await panel.callback('installed', { body: 'x'.repeat(1_000_000) });
    const clone = request.clone();
    expect((await panel.app.fetch(request)).status).toBe(413);
    expect(await clone.text()).toHaveLength(1_000_000);
  });

  test('that breaks off ends the request, and only the request', async () => {
    const request = new Request(`${APP_URL}/installed`, {
      method: 'POST',
      body: new ReadableStream({
        start(controller) {
          controller.enqueue(Buffer.from('{"key":'));
          controller.error(new Error('the socket hung up'));
        },
      }),
      duplex: 'half',
    });
    const response = await panel.app.fetch(request);
    expect(response.status).toBe(500);
    expect(await stored()).toBeUndefined();
  });
});

describe('uninstalled', () => {
  test('keeps the record, and refuses its tokens from then on', async () => {
    await panel.send('installed');
    panel.clock.time += 1000;
    expect((await panel.send('uninstalled')).status).toBe(204);
    expect(await stored()).toMatchObject({
      status: 'uninstalled',
      sharedSecret: 'secret-1',
      installedAt: START,
      changedAt: START + 1000,
      revision: 2,
    });
    const url = `${APP_URL}/panel`;
    const token = await siteToken({
      ...{ clientKey: 'client-1', sharedSecret: 'secret-1' },
      ...{ url, appUrl: APP_URL, at: panel.clock.time },
    });
    const headers = { authorization: `JWT ${token}` };
    await expect(panel.app.authenticate(new Request(url, { headers }))).rejects.toMatchObject({
      code: 'INSTALLATION_UNINSTALLED',
      clientKey: 'client-1',
    });
    for (const event of APP_SIGNED) await expectRefused(event, {}, 'INSTALLATION_UNINSTALLED');
  });

  test('signs nothing from then on, also with a client made before', async () => {
    await panel.send('installed');
    const client = panel.app.jira('client-1');
    await panel.send('uninstalled');
    for (const jira of [client, panel.app.jira('client-1')]) {
      await expect(jira.get('/rest/api/3/myself')).rejects.toMatchObject({
        code: 'INSTALLATION_UNINSTALLED',
      });
    }
    await expect(panel.app.jira('nobody').get('/rest/api/3/myself')).rejects.toMatchObject({
      code: 'INSTALLATION_UNKNOWN',
    });
  });

  test('and installed again gives what was there before, and keeps when it first came', async () => {
    const notices = collectNotices(panel.app);
    await panel.send('installed');
    panel.clock.time += 1000;
    await panel.send('uninstalled');
    panel.clock.time += 1000;
    await panel.send('installed', { sharedSecret: 'secret-2' });
    await handlersDone();
    expect(await stored()).toMatchObject({
      status: 'installed',
      sharedSecret: 'secret-2',
      installedAt: START,
      changedAt: START + 2000,
    });
    expect(notices.map(({ event, previous }) => [event, previous?.status])).toEqual([
      ['installed', undefined],
      ['uninstalled', 'installed'],
      ['installed', 'uninstalled'],
    ]);
    expect(notices[2]?.sameSite).toEqual([]);
  });

  test('of an installation that nobody knows is answered, and changes nothing', async () => {
    const notices = collectNotices(panel.app);
    expect((await panel.send('uninstalled')).status).toBe(204);
    await handlersDone();
    expect(notices).toEqual([]);
    expect(await panel.store.list()).toEqual([]);
  });

  test('that is older than the newest installed changes nothing', async () => {
    await panel.send('installed');
    const late = await panel.callback('uninstalled');
    panel.clock.time += 1000;
    await panel.send('installed', { sharedSecret: 'secret-2' });
    expect((await panel.app.fetch(late)).status).toBe(204);
    expect(await stored()).toMatchObject({ status: 'installed', sharedSecret: 'secret-2' });
  });
});

describe.each(APP_SIGNED)('%s', (event) => {
  const enabled = event === 'enabled';
  beforeEach(async () => {
    await panel.send('installed');
    panel.clock.time += 1000;
    await panel.send(enabled ? 'disabled' : 'enabled');
    panel.clock.time += 1000;
  });

  test('is signed with HS256, and changes nothing but the switch', async () => {
    const before = await stored();
    expect((await panel.send(event)).status).toBe(204);
    expect(await stored()).toEqual({
      ...before,
      enabled,
      enabledChangedAt: START + 2000,
      revision: 3,
    });
  });

  test('that is older than the newest of its kind changes nothing', async () => {
    const late = await panel.callback(event);
    panel.clock.time += 1000;
    await panel.send(enabled ? 'disabled' : 'enabled');
    const before = await stored();
    expect((await panel.app.fetch(late)).status).toBe(204);
    expect(await stored()).toEqual(before);
  });

  test('is good once', async () => {
    const request = await panel.callback(event);
    expect((await panel.app.fetch(request.clone())).status).toBe(204);
    expect(await outwardAnswer(await panel.app.fetch(request))).toEqual(UNAUTHORIZED);
    expect(panel.log.codes()).toEqual(['TOKEN_REPLAYED']);
  });

  test.each<[string, SignedCallback, string]>([
    ['with no token', { token: '' }, 'TOKEN_MISSING'],
    ['of a site that is not known', { clientKey: 'nobody' }, 'INSTALLATION_UNKNOWN'],
    ['of the app itself', { claims: { iss: 'panel-app' } }, 'INSTALLATION_UNKNOWN'],
    ['signed with another secret', { sharedSecret: 'other' }, 'TOKEN_SIGNATURE_INVALID'],
    ['that expired', { claims: { exp: START / 1000 - 60 } }, 'TOKEN_EXPIRED'],
    ['with a context token', { claims: { qsh: 'context-qsh' } }, 'TOKEN_CONTEXT_REFUSED'],
    ['for another URL', { claims: { qsh: 'a'.repeat(64) } }, 'TOKEN_QSH_MISMATCH'],
    ['without exp', { claims: { exp: undefined } }, 'TOKEN_EXP_MISSING'],
    ['without iss', { claims: { iss: undefined } }, 'TOKEN_ISS_MISSING'],
    ['without qsh', { claims: { qsh: undefined } }, 'TOKEN_QSH_MISSING'],
    ['with an older secret', { sharedSecret: 'secret-0' }, 'TOKEN_SIGNATURE_INVALID'],
  ])('%s is refused', (_name, options, code) => expectRefused(event, options, code));

  test('is refused where it is signed with RS256, as an install is', async () => {
    const token = (await panel.callback('installed', { path: `/${event}` })).headers
      .get('authorization')
      ?.slice(4);
    await expectRefused(event, { token: token ?? '' }, 'TOKEN_ALGORITHM_UNEXPECTED');
  });
});

describe('disabled and uninstalled', () => {
  beforeEach(async () => {
    await panel.send('installed');
    panel.clock.time += 1000;
  });

  test('in this order', async () => {
    expect((await panel.send('disabled')).status).toBe(204);
    expect((await panel.send('uninstalled')).status).toBe(204);
    expect(await stored()).toMatchObject({ status: 'uninstalled', enabled: false });
  });

  test('in the other order', async () => {
    expect((await panel.send('uninstalled')).status).toBe(204);
    await expectRefused('disabled', {}, 'INSTALLATION_UNINSTALLED');
    await expectRefused('disabled', { token: '' }, 'TOKEN_MISSING');
    expect(await stored()).toMatchObject({ status: 'uninstalled' });
  });

  test('at once, however often they meet', async () => {
    for (let round = 0; round < 20; round++) {
      panel.clock.time += 1000;
      await panel.send('installed');
      panel.clock.time += 1000;
      const callbacks = [await panel.callback('disabled'), await panel.callback('uninstalled')];
      if (round % 2 === 1) callbacks.reverse();
      const responses = await Promise.all(callbacks.map((callback) => panel.app.fetch(callback)));
      for (const { status } of responses) expect([204, 401]).toContain(status);
      expect(await stored()).toMatchObject({ status: 'uninstalled' });
    }
  });

  test('at once, in a store whose writers meet every time', async () => {
    const store = memoryStore({ now: () => panel.clock.time });
    let waiting: (() => void)[] = [];
    // Both have read the record before either writes it.
    const meeting: InstallationStore = {
      ...store,
      async put(record) {
        if (record.revision === 2) {
          await new Promise<void>((resolve) => {
            waiting.push(resolve);
            if (waiting.length === 2) for (const go of waiting) go();
          });
        }
        return store.put(record);
      },
    };
    const app = createPanelApp([keyHost.url], { store: meeting });
    await app.send('installed');
    app.clock.time += 1000;
    const statuses = await Promise.all([app.send('disabled'), app.send('uninstalled')]);
    expect(statuses.map(({ status }) => status)).toEqual([204, 204]);
    expect(await store.get('client-1')).toMatchObject({
      status: 'uninstalled',
      enabled: false,
      revision: 3,
    });
    waiting = [];
  });
});

describe('handlers', () => {
  test('run after the answer is made, and after the record is durable', async () => {
    const order: string[] = [];
    let found: unknown;
    panel.app.on('installed', async ({ installation }) => {
      order.push('handler');
      found = await stored(installation.clientKey);
    });
    const response = await panel.send('installed');
    order.push(`answer ${response.status}`);
    await handlersDone();
    expect(order).toEqual(['answer 204', 'handler']);
    await handlersDone();
    expect(found).toMatchObject({ sharedSecret: 'secret-1' });
  });

  test('get the installation without its secret, and a client', async () => {
    const notices = collectNotices(panel.app);
    await panel.send('installed');
    await handlersDone();
    const [notice] = notices;
    expect(notice).toMatchObject({
      event: 'installed',
      installation: { clientKey: 'client-1', siteUrl: SITE_URL, status: 'installed' },
      previous: undefined,
      sameSite: [],
    });
    expect(notice?.jira).toBe(panel.app.jira('client-1'));
    expect(inspect(notice, { depth: Number.POSITIVE_INFINITY })).not.toContain('secret-1');
  });

  test('of their own event alone, in the order in which they were added', async () => {
    const ran: string[] = [];
    for (const name of ['a', 'b', 'c']) panel.app.on('enabled', () => void ran.push(name));
    panel.app.on('disabled', () => void ran.push('disabled'));
    await panel.send('installed');
    await panel.send('enabled');
    await handlersDone();
    expect(ran).toEqual(['a', 'b', 'c']);
  });

  test('that throw or reject change nothing for anybody, and are logged', async () => {
    const ran: string[] = [];
    panel.app.on('installed', () => {
      throw new Error('thrown at once');
    });
    panel.app.on('installed', () => Promise.reject(new Error('rejected later')));
    panel.app.on('installed', () => Promise.reject('no Error at all'));
    panel.app.on('installed', () => void ran.push('the next one'));
    expect((await panel.send('installed')).status).toBe(204);
    await handlersDone();
    await handlersDone();
    expect(ran).toEqual(['the next one']);
    expect(await stored()).toMatchObject({ status: 'installed' });
    const failures = panel.log.lines.filter(({ level }) => level === 'error');
    expect(failures.map(({ message }) => message)).toEqual(
      Array(3).fill('A lifecycle handler failed.'),
    );
    expect(failures.map(({ details }) => details.error.message)).toEqual([
      'thrown at once',
      'rejected later',
      'Something was thrown that is no Error.',
    ]);
    expect(failures[0]?.details).toMatchObject({ event: 'installed', clientKey: 'client-1' });
  });

  test('that never end hold nobody up', async () => {
    panel.app.on('installed', () => new Promise(() => undefined));
    expect((await panel.send('installed')).status).toBe(204);
    panel.clock.time += 1000;
    expect((await panel.send('installed', { sharedSecret: 'secret-2' })).status).toBe(204);
    expect(await stored()).toMatchObject({ sharedSecret: 'secret-2' });
  });

  test('that were taken away run no more', async () => {
    const ran: string[] = [];
    const off = panel.app.on('installed', () => void ran.push('first'));
    panel.app.on('installed', () => void ran.push('second'));
    off();
    off();
    await panel.send('installed');
    await handlersDone();
    expect(ran).toEqual(['second']);
  });

  test('of a refused callback do not run', async () => {
    const notices = collectNotices(panel.app);
    await panel.send('installed', { privateKey: foreignKeys.privateKey });
    await panel.send('installed', { body: { sharedSecret: '' } });
    await handlersDone();
    expect(notices).toEqual([]);
  });

  test.each([
    ['instaled', 'installed'],
    ['Installed', 'installed'],
    ['uninstall', 'uninstalled'],
    ['enable', 'enabled'],
  ])('of %s are refused, and the nearest event is named', (event, near) => {
    expect(() => panel.app.on(event as 'installed', () => undefined)).toThrow(
      `'${event}'. Did you mean '${near}'?`,
    );
  });
});

describe('what is down', () => {
  test.each(SITE_SIGNED)(
    'a key host makes %s fail with 503, and nobody is let in',
    async (event) => {
      const down = createPanelApp([await unreachableUrl()]);
      const response = await down.send(event);
      expect(response.status).toBe(503);
      expect(await response.json()).toEqual({ error: 'unavailable' });
      expect(response.headers.get('www-authenticate')).toBeNull();
      expect(down.log.codes()).toEqual(['KEY_SOURCE_UNAVAILABLE']);
      expect(down.log.lines[0]?.level).toBe('error');
      expect(await down.store.list()).toEqual([]);
    },
  );

  test('a key host that answers a page makes it fail with 503', async () => {
    keyHost.answer = (_request, response) => response.end('<html>');
    expect((await panel.send('installed')).status).toBe(503);
    expect(panel.log.codes()).toEqual(['KEY_SOURCE_INVALID']);
  });

  test('a key host that comes back is asked again', async () => {
    keyHost.answer = (_request, response) => response.writeHead(500).end();
    expect((await panel.send('installed')).status).toBe(503);
    keyHost.answer = publishKey;
    expect((await panel.send('installed')).status).toBe(204);
  });

  const methods = ['get', 'put', 'claimOnce', 'findBySiteUrl'] as const;
  test.each(methods)('a store whose %s fails makes installed fail with 503', async (method) => {
    const store = memoryStore({ now: () => panel.clock.time });
    const failing = { ...store, [method]: () => Promise.reject(new Error('connection lost')) };
    const down = createPanelApp([keyHost.url], { store: failing });
    const notices = collectNotices(down.app);
    const response = await down.send('installed');
    expect(response.status).toBe(503);
    expect(await response.json()).toEqual({ error: 'unavailable' });
    expect(down.log.codes()).toEqual(['STORE_UNAVAILABLE']);
    expect(down.log.lines[0]?.details.error.cause).toBe('Error: connection lost');
    await handlersDone();
    expect(notices).toEqual([]);
  });

  test.each(APP_SIGNED)('a store makes %s fail with 503, not 401', async (event) => {
    const store = { ...memoryStore(), get: () => Promise.reject(new Error('connection lost')) };
    const down = createPanelApp([keyHost.url], { store });
    expect((await down.send(event)).status).toBe(503);
  });

  test('a record that others change all the time is a conflict, after some tries', async () => {
    let tries = 0;
    const store = {
      ...memoryStore({ now: () => panel.clock.time }),
      put: async () => {
        tries++;
        return false;
      },
    };
    const busy = createPanelApp([keyHost.url], { store });
    expect((await busy.send('installed')).status).toBe(503);
    expect(busy.log.codes()).toEqual(['STORE_CONFLICT']);
    expect(tries).toBe(10);
  });

  test.each(EVENTS)(
    "a store that holds another app's record is not changed by %s",
    async (event) => {
      const store = memoryStore({ now: () => panel.clock.time });
      const other = createPanelApp([keyHost.url], {
        store,
        descriptor: panelDescriptor({ key: 'other-app' }),
      });
      await other.send('installed', { body: { key: 'other-app' } });
      const before = await store.get('client-1');
      const mine = createPanelApp([keyHost.url], { store });
      mine.clock.time += 1000;
      expect((await mine.send(event)).status).toBe(503);
      expect(mine.log.codes()).toEqual(['STORE_CORRUPT']);
      expect(await store.get('client-1')).toEqual(before);
    },
  );
});

describe('the address', () => {
  test.each(EVENTS)('of %s takes POST alone', async (event) => {
    for (const method of ['GET', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'HEAD']) {
      const response = await panel.app.fetch(new Request(`${APP_URL}/${event}`, { method }));
      expect(response.status, method).toBe(405);
      expect(response.headers.get('allow')).toBe('POST');
    }
  });

  test.each(['/', '/installed/x', '/installed/', '/INSTALLED', '/rest/api', '/installedx'])(
    '%s is unknown, whatever token comes',
    async (path) => {
      const response = await panel.send('installed', { path });
      expect(response.status).toBe(404);
      expect(await response.json()).toEqual({ error: 'not_found' });
    },
  );

  test('of an event that the descriptor leaves out is unknown', async () => {
    const descriptor = panelDescriptor({ lifecycle: { installed: '/hooks/installed?v=2' } });
    const small = createPanelApp([keyHost.url], { descriptor });
    expect((await small.send('installed', { path: '/hooks/installed?v=2' })).status).toBe(204);
    for (const event of ['uninstalled', 'enabled', 'disabled'] as const) {
      expect((await small.send(event)).status).toBe(404);
    }
  });

  test.each([
    ['keeps', 'https://example.com/apps/panel'],
    ['takes away', 'http://127.0.0.1:3000'],
  ])('below a path of the appUrl is found where a proxy %s it', async (_name, proxied) => {
    const appUrl = 'https://example.com/apps/panel';
    const below = createPanelApp([keyHost.url], { appUrl });
    for (const event of ['installed', 'enabled', 'disabled', 'uninstalled'] as const) {
      below.clock.time += 1000;
      const callback = await below.callback(event, { path: `/${event}?user_key=admin` });
      const moved = new Request(callback.url.replace(appUrl, proxied), {
        method: 'POST',
        headers: callback.headers,
        body: await callback.text(),
      });
      expect((await below.app.fetch(moved)).status, event).toBe(204);
    }
    expect(await below.store.get('client-1')).toMatchObject({ status: 'uninstalled', revision: 4 });
  });
});

test('one key is fetched for any number of callbacks', async () => {
  const requests = keyHost.requests.length;
  await panel.send('installed');
  await panel.send('installed', { clientKey: 'client-2' });
  await panel.send('uninstalled');
  expect(keyHost.requests.length - requests).toBe(1);
});

test('nothing secret is in any log line or answer, whatever happens', async () => {
  const MARK = 'marked9f27c1';
  const secret = `${MARK}-secret`;
  const store = memoryStore({ now: () => panel.clock.time });
  const row = { record: secret, parameters: [secret] };
  const failing = (methods: (keyof InstallationStore)[]) => ({
    ...store,
    ...Object.fromEntries(
      methods.map((name) => [
        name,
        () => Promise.reject(Object.assign(new Error('constraint violated'), row)),
      ]),
    ),
  });
  const answers: string[] = [];
  const tokens: string[] = [];
  const logs: unknown[] = [];

  const drive = async (app: PanelApp, event: (typeof EVENTS)[number], options: SignedCallback) => {
    const request = await app.callback(event, options);
    const token = request.headers.get('authorization')?.slice(4) ?? '';
    tokens.push(...token.split('.').filter((part) => part.length > 20), token);
    // Half of them bring it as a query parameter instead, as pages do.
    for (const sent of [request.clone(), withTokenInQuery(request, token)]) {
      const response = await app.app.fetch(sent);
      answers.push(JSON.stringify(await outwardAnswer(response)));
    }
  };

  const scenarios: SignedCallback[] = [
    {},
    { token: `${MARK}.${MARK}.${MARK}` },
    { token: `${MARK} ${MARK}` },
    { token: Buffer.from(`{"alg":"${MARK}"}`).toString('base64url') },
    { header: { kid: undefined } },
    { header: { kid: `../${MARK}` } },
    { header: { kid: `unknown-key` } },
    { privateKey: foreignKeys.privateKey },
    { claims: { aud: undefined } },
    { claims: { exp: 1 } },
    { claims: { iat: undefined } },
    { claims: { qsh: 'context-qsh' } },
    { claims: { qsh: 'a'.repeat(64) } },
    { claims: { iss: 'client-9' } },
    { body: `{"sharedSecret":"${secret}"` },
    { body: `{"sharedSecret":["${secret}"],"key":"panel-app","clientKey":"client-1"}` },
    { body: { sharedSecret: `${secret}${'x'.repeat(2000)}` } },
    { body: { key: 'other-app' } },
    { body: { baseUrl: 'https://evil.example.com' } },
    { body: { filler: 'x'.repeat(70_000) } },
    { path: '/unknown' },
  ];
  const apps = [
    createPanelApp([keyHost.url], { store }),
    createPanelApp([await unreachableUrl()], { store }),
    createPanelApp([keyHost.url], { store: failing(['get']) }),
    createPanelApp([keyHost.url], { store: failing(['put']) }),
    createPanelApp([keyHost.url], { store: failing(['claimOnce']) }),
    createPanelApp([keyHost.url], { store: failing(['findBySiteUrl']) }),
  ];
  for (const app of apps) {
    app.app.on('installed', () => {
      throw new Error('a handler failed');
    });
    for (const event of EVENTS) {
      for (const scenario of scenarios) {
        app.clock.time += 1000;
        await drive(app, event, { sharedSecret: secret, ...scenario });
      }
    }
    await handlersDone();
    logs.push(app.log.lines);
  }

  expect(new Set(apps.flatMap(({ log }) => log.codes())).size).toBeGreaterThanOrEqual(18);
  const seen = [
    ...answers,
    inspect(logs, {
      depth: Number.POSITIVE_INFINITY,
      maxArrayLength: null,
      maxStringLength: null,
      showHidden: true,
    }),
    JSON.stringify(logs),
  ].join('\n');
  expect(seen).not.toContain(MARK);
  for (const token of new Set(tokens)) expect(seen.includes(token), token).toBe(false);
});

function withTokenInQuery(request: Request, token: string): Request {
  const headers = new Headers(request.headers);
  headers.delete('authorization');
  const url = new URL(request.url);
  url.searchParams.set('jwt', token);
  return new Request(url, { method: 'POST', headers, body: request.body, duplex: 'half' });
}
