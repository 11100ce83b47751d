/** Session tokens: made by the app for its own page, and good for nothing else. */
import { inspect } from 'node:util';
import { beforeEach, describe, expect, test } from 'vitest';
import {
  type AppOptions,
  type AuthenticateOptions,
  type Caller,
  type ErrorCode,
  type InstallationRecord,
  isCountersignError,
  SESSION_HEADER,
} from '../../src/index.ts';
import { createToken, decodeToken, explainToken, signClaims } from '../../src/jwt/jwt.ts';
import { type SiteTokenOptions, siteToken } from '../connect/site-token.ts';
import { sampleRecord } from '../installations/sample-record.ts';
import {
  APP_URL,
  createPanelApp,
  outwardAnswer,
  type PanelApp,
  START,
  UNAUTHORIZED,
} from './panel-app.ts';

const PANEL = `${APP_URL}/panel?issue=XX-21&lic=active&loc=de-DE&tz=Europe%2FBerlin&theme=dark`;
const SAVE = `${APP_URL}/api/save`;
const SESSION: AuthenticateOptions = { accept: 'session' };
const CONTEXT = { jira: { issue: { id: '10021', key: 'XX-21' } } };
const MINUTE = 60_000;

let panel: PanelApp;
beforeEach(async () => {
  panel = await panelWith();
});

async function panelWith(change: Partial<AppOptions> = {}): Promise<PanelApp> {
  const made = createPanelApp([], change);
  await made.store.put(sampleRecord());
  return made;
}

const ofHeader = (jwt: string, url = SAVE, method = 'POST') =>
  new Request(url, { method, headers: { authorization: `JWT ${jwt}` } });

/** A page as Jira opens it. */
async function open(of: PanelApp = panel, change: Partial<SiteTokenOptions> = {}): Promise<Caller> {
  const jwt = await siteToken({
    ...{ clientKey: 'client-1', sharedSecret: 'secret-1', url: PANEL, appUrl: APP_URL },
    at: of.clock.time,
    claims: { sub: 'ann', context: CONTEXT },
    ...change,
  });
  return of.app.authenticate(ofHeader(jwt, PANEL, 'GET'), { accept: ['request', 'context'] });
}

const enter = (jwt: string, of: PanelApp = panel, options = SESSION) =>
  of.app.authenticate(ofHeader(jwt), options);

async function refusalOf(
  jwt: string,
  options: AuthenticateOptions = SESSION,
  of: PanelApp = panel,
): Promise<ErrorCode> {
  const error = await enter(jwt, of, options).then(
    (caller) => expect.fail(`let in: ${inspect(caller)}`),
    (caught: unknown) => caught,
  );
  if (isCountersignError(error)) return error.code;
  throw error;
}

/** A session token with other claims, signed with whatever secret. */
function forged(claims: Record<string, unknown>, sharedSecret = 'secret-1'): string {
  const iat = panel.clock.time / 1000;
  return signClaims(
    {
      ...{ iss: 'panel-app', aud: ['client-1'], iat, exp: iat + 900, sub: 'ann' },
      ...{ qsh: 'countersign-session', sessionEndsAt: iat + 43_200, ...claims },
    },
    sharedSecret,
  );
}

/** Stores a change, as another install would. */
async function change(of: PanelApp, to: Partial<InstallationRecord>): Promise<void> {
  const record = (await of.store.get('client-1')) as InstallationRecord;
  await of.store.put({ ...record, ...to, revision: record.revision + 1 });
}

describe('a session', () => {
  test('begins with the page that Jira opened, and is the same user at the same place', async () => {
    const caller = await enter((await open()).sessionToken());
    expect(caller).toMatchObject({
      ...{ tokenKind: 'session', accountId: 'ann', context: CONTEXT },
      installation: { clientKey: 'client-1' },
    });
  });

  test('goes on knowing what the URL of the page said', async () => {
    const facts = {
      ...{ license: 'active', locale: 'de-DE', timezone: 'Europe/Berlin', theme: 'dark' },
    };
    const opened = await open();
    expect(opened).toMatchObject(facts);
    const second = await enter(opened.sessionToken());
    expect(second).toMatchObject(facts);
    expect(await enter(second.sessionToken())).toMatchObject({ ...facts, context: CONTEXT });
  });

  test.each([
    'lic=active&lic=none&loc=de&loc=fr&tz=UTC&tz=Etc/UTC&theme=dark&theme=dark',
    'lic=&loc=&tz=&theme=',
    'lic=Active&loc=%22%3E%3Cscript&tz=..%2F..%2Fetc&theme=blue',
    'x=1#&lic=active&loc=de&tz=UTC&theme=dark',
    '',
  ])('knows nothing of a URL that says nothing, or two things: ?%s', async (query) => {
    const url = `/panel?${query}`;
    const of = { clientKey: 'client-1', sharedSecret: 'secret-1', appUrl: APP_URL, at: START };
    const jwt = await siteToken({ ...of, url: APP_URL + url.replace(/#.*/, '') });
    const headers = new Headers({ authorization: `JWT ${jwt}` });
    expect(await panel.app.authenticate({ method: 'GET', url, headers })).toMatchObject({
      ...{ license: undefined, locale: undefined, timezone: undefined, theme: undefined },
    });
  });

  test('begins with a context token too, which says nothing of the URL', async () => {
    const opened = await open(panel, {
      claims: { sub: 'ann', context: CONTEXT, qsh: 'context-qsh' },
    });
    expect(opened.tokenKind).toBe('context');
    // The URL has them, but nothing proves it.
    const nothing = {
      ...{ license: undefined, locale: undefined, timezone: undefined, theme: undefined },
    };
    expect(opened).toMatchObject(nothing);
    expect(await enter(opened.sessionToken())).toMatchObject({ accountId: 'ann', ...nothing });
  });

  test('of nobody stays one of nobody', async () => {
    const opened = await open(panel, { claims: {} });
    expect((await enter(opened.sessionToken())).accountId).toBeUndefined();
  });

  test('is good for any URL and method, from the header, the query and a form', async () => {
    const jwt = (await open()).sessionToken();
    const form = new Request(SAVE, { method: 'POST', body: new URLSearchParams({ jwt }) });
    for (const inbound of [
      ofHeader(jwt, `${APP_URL}/other?x=1`, 'DELETE'),
      new Request(`${SAVE}?jwt=${jwt}`),
      form,
    ]) {
      expect((await panel.app.authenticate(inbound, SESSION)).tokenKind).toBe('session');
    }
  });

  test('is recalled without waiting the second time, and refused where the route takes other kinds', async () => {
    const jwt = (await open()).sessionToken();
    expect(panel.app.authenticateNow(ofHeader(jwt), SESSION)).toBeUndefined();
    await enter(jwt);
    expect(panel.app.authenticateNow(ofHeader(jwt), SESSION)?.accountId).toBe('ann');
    expect(panel.app.authenticateNow(ofHeader(jwt))).toBeUndefined();
    expect(await refusalOf(jwt, {})).toBe('TOKEN_SESSION_REFUSED');
  });

  test('holds no secret, and its token is in no rendering of the caller', async () => {
    const caller = await enter((await open()).sessionToken());
    const shown = inspect(caller, { depth: Number.POSITIVE_INFINITY }) + JSON.stringify(caller);
    expect(shown).not.toContain('secret-1');
    expect(shown).not.toContain('eyJ');
  });
});

describe('a session token is renewed', () => {
  const renewedAfter = async (minutes: number) => {
    const jwt = (await open()).sessionToken();
    panel.clock.time += minutes * MINUTE;
    return (await enter(jwt)).renewedSessionToken;
  };

  test('when less than half of its life is left, and not before', async () => {
    expect(SESSION_HEADER).toBe('x-countersign-session');
    expect(await renewedAfter(7)).toBeUndefined();
    panel = await panelWith();
    const renewed = await renewedAfter(8);
    const claims = decodeToken(renewed as string).claims;
    expect(claims.exp).toBe(panel.clock.time / 1000 + 900);
    expect(await enter(renewed as string)).toMatchObject({ accountId: 'ann', context: CONTEXT });
  });

  test('also where it is recalled, and each request gets the same answer twice', async () => {
    const jwt = (await open()).sessionToken();
    await enter(jwt);
    panel.clock.time += 8 * MINUTE;
    const caller = panel.app.authenticateNow(ofHeader(jwt), SESSION);
    expect(caller?.renewedSessionToken).toMatch(/^eyJ/);
    expect(caller?.renewedSessionToken).toBe(caller?.renewedSessionToken);
  });

  test('but no token of another kind brings one', async () => {
    expect((await open()).renewedSessionToken).toBeUndefined();
    const context = await open(panel, { claims: { qsh: 'context-qsh' } });
    expect(context.renewedSessionToken).toBeUndefined();
  });

  test('until the end of the session, which no renewal moves', async () => {
    const endsAt = START / 1000 + 43_200;
    let jwt = (await open()).sessionToken();
    let renewals = 0;
    for (let minutes = 0; minutes < 12 * 60; minutes += 8) {
      const { renewedSessionToken, claims } = await enter(jwt);
      expect(claims.sessionEndsAt).toBe(endsAt);
      expect(claims.exp).toBeLessThanOrEqual(endsAt);
      if (renewedSessionToken !== undefined) renewals++;
      jwt = renewedSessionToken ?? jwt;
      panel.clock.time += 8 * MINUTE;
    }
    expect(renewals).toBeGreaterThan(80);
    panel.clock.time = (endsAt + 29) * 1000;
    const last = await enter(jwt);
    expect(last.renewedSessionToken).toBeUndefined();
    expect(decodeToken(last.sessionToken()).claims.exp).toBe(endsAt);
    panel.clock.time = (endsAt + 30) * 1000;
    expect(await refusalOf(jwt)).toBe('TOKEN_SESSION_ENDED');
  });

  test('for as long as the options say', async () => {
    const session = { expiresInSeconds: 60, endsAfterSeconds: 100 };
    panel = await panelWith({ session });
    let jwt = (await open()).sessionToken();
    panel.clock.time += 40_000;
    jwt = (await enter(jwt)).renewedSessionToken as string;
    expect(decodeToken(jwt).claims.exp).toBe(START / 1000 + 100);
    panel.clock.time += 89_000;
    await enter(jwt);
    panel.clock.time += 1000;
    expect(await refusalOf(jwt)).toBe('TOKEN_SESSION_ENDED');
  });

  test('at once after the secret was replaced, for the old one ends in minutes', async () => {
    const jwt = (await open()).sessionToken();
    const endsAt = panel.clock.time + 300_000;
    const previousSecrets = [{ sharedSecret: 'secret-1', endsAt }];
    await change(panel, { sharedSecret: 'secret-2', previousSecrets });
    const renewed = (await enter(jwt)).renewedSessionToken as string;
    panel.clock.time = endsAt;
    expect(await refusalOf(jwt)).toBe('TOKEN_SIGNATURE_INVALID');
    expect((await enter(renewed)).accountId).toBe('ann');
  });
});

describe('a session token is refused', () => {
  test.each<AuthenticateOptions | undefined>([
    undefined,
    { accept: 'request' },
    { accept: 'context' },
    { accept: ['request', 'context'] },
  ])('as any other kind of token: %o', async (options) => {
    const jwt = (await open()).sessionToken();
    expect(await refusalOf(jwt, options ?? {})).toBe('TOKEN_SESSION_REFUSED');
    await enter(jwt);
    expect(await refusalOf(jwt, options ?? {})).toBe('TOKEN_SESSION_REFUSED');
  });

  test('once it expired; and the session is not over yet', async () => {
    const jwt = (await open()).sessionToken();
    await enter(jwt);
    panel.clock.time += 929_999;
    await enter(jwt);
    panel.clock.time += 1;
    expect(await refusalOf(jwt)).toBe('TOKEN_EXPIRED');
    panel.clock.time += 12 * 60 * MINUTE;
    expect(await refusalOf(jwt)).toBe('TOKEN_SESSION_ENDED');
  });

  test.each<[string, Record<string, unknown>, ErrorCode]>([
    ['of another app', { iss: 'other-app' }, 'TOKEN_ISSUER_MISMATCH'],
    ['of another app that is also meant', { aud: ['client-1', 'x'] }, 'TOKEN_AUDIENCE_MISMATCH'],
    ['that says the site made it', { iss: 'client-1' }, 'TOKEN_ISSUER_MISMATCH'],
    ['without iss', { iss: undefined }, 'TOKEN_ISSUER_MISMATCH'],
    ['of an unknown installation', { aud: ['nobody'] }, 'INSTALLATION_UNKNOWN'],
    ['of no installation', { aud: [] }, 'TOKEN_AUDIENCE_MISMATCH'],
    ['of an installation that is no text', { aud: [{ $ne: '' }] }, 'TOKEN_AUDIENCE_MISMATCH'],
    ['of an endless installation', { aud: ['x'.repeat(3000)] }, 'TOKEN_AUDIENCE_MISMATCH'],
    ['without aud', { aud: undefined }, 'TOKEN_AUDIENCE_MISMATCH'],
    ['without exp', { exp: undefined }, 'TOKEN_EXP_MISSING'],
    ['without iat', { iat: undefined }, 'TOKEN_IAT_MISSING'],
    ['without an end', { sessionEndsAt: undefined }, 'TOKEN_CLAIM_INVALID'],
    ['with an end that is no time', { sessionEndsAt: 'never' }, 'TOKEN_CLAIM_INVALID'],
    ['that outlives its session', { sessionEndsAt: START / 1000 + 60 }, 'TOKEN_CLAIM_INVALID'],
    ['with a sub of no text', { sub: 7 }, 'TOKEN_CLAIM_INVALID'],
    ['with a qsh spelt otherwise', { qsh: 'Countersign-Session' }, 'INSTALLATION_UNKNOWN'],
  ])('%s', async (_name, claims, code) => {
    expect(await refusalOf(forged(claims))).toBe(code);
  });

  test('that is signed with the secret of another installation, or names one', async () => {
    await panel.store.put(sampleRecord({ clientKey: 'client-2', sharedSecret: 'secret-2' }));
    expect(await refusalOf(forged({}, 'secret-2'))).toBe('TOKEN_SIGNATURE_INVALID');
    expect(await refusalOf(forged({ aud: ['client-2'] }))).toBe('TOKEN_SIGNATURE_INVALID');
    // The one of the other installation is good, and opens that one alone.
    const caller = await enter(forged({ aud: ['client-2'] }, 'secret-2'));
    expect(caller.installation.clientKey).toBe('client-2');
  });

  test.each(['none', 'HS512', 'RS256'])('with the algorithm %s', async (alg) => {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const [, claims, signature] = forged({}).split('.');
    const jwt = `${part({ alg, typ: 'JWT' })}.${claims}.${alg === 'none' ? '' : signature}`;
    expect(await refusalOf(jwt)).toMatch(/^TOKEN_(?:UNSIGNED|ALGORITHM_UNEXPECTED)$/);
  });

  test('once the app was uninstalled, and once the secret is another', async () => {
    const jwt = (await open()).sessionToken();
    await enter(jwt);
    await change(panel, { sharedSecret: 'secret-2' });
    expect(await refusalOf(jwt)).toBe('TOKEN_SIGNATURE_INVALID');
    await change(panel, { sharedSecret: 'secret-1', status: 'uninstalled' });
    expect(await refusalOf(jwt)).toBe('INSTALLATION_UNINSTALLED');
    await panel.store.delete('client-1');
    expect(await refusalOf(jwt)).toBe('INSTALLATION_UNKNOWN');
  });

  test('of an installation that only Forge knows', async () => {
    const clientKey = 'forge:0f4c1a52';
    await panel.store.put(sampleRecord({ clientKey }));
    expect(await refusalOf(forged({ aud: [clientKey] }))).toBe('INSTALLATION_UNKNOWN');
  });

  test('by lifecycle callbacks', async () => {
    const token = (await open()).sessionToken();
    for (const event of ['installed', 'uninstalled', 'enabled', 'disabled'] as const) {
      expect((await panel.send(event, { token })).status).toBe(401);
    }
    expect(panel.log.codes()).toEqual([
      ...['TOKEN_ALGORITHM_UNEXPECTED', 'TOKEN_ALGORITHM_UNEXPECTED'],
      ...['TOKEN_SESSION_REFUSED', 'TOKEN_SESSION_REFUSED'],
    ]);
  });

  test('and every refusal looks the same from outside', async () => {
    for (const jwt of [forged({ iss: 'x' }), forged({ aud: ['nobody'] }), forged({}, 'other')]) {
      const error = await enter(jwt).catch((caught) => caught);
      expect(await outwardAnswer(panel.app.refuse(error))).toEqual(UNAUTHORIZED);
    }
    expect(new Set(panel.log.codes()).size).toBe(3);
  });
});

describe('where a route takes sessions alone', () => {
  test('the token of the page and a context token are refused for what they are', async () => {
    const of = { clientKey: 'client-1', sharedSecret: 'secret-1', appUrl: APP_URL, at: START };
    const request = await siteToken({ ...of, url: SAVE, method: 'POST' });
    expect(await refusalOf(request)).toBe('TOKEN_REQUEST_REFUSED');
    const context = await siteToken({ ...of, url: SAVE, claims: { qsh: 'context-qsh' } });
    expect(await refusalOf(context)).toBe('TOKEN_CONTEXT_REFUSED');
    for (const kind of ['request', 'context'] as const) {
      const accept = [kind, 'session'] as const;
      const jwt = kind === 'request' ? request : context;
      expect((await enter(jwt, panel, { accept })).tokenKind).toBe(kind);
    }
  });

  test('a token that the app made for Jira is no session', async () => {
    const jwt = createToken({
      ...{ issuer: 'panel-app', sharedSecret: 'secret-1', method: 'POST', url: SAVE },
      now: () => START,
    });
    expect(await refusalOf(jwt)).toBe('INSTALLATION_UNKNOWN');
  });
});

test('two nodes take the tokens of each other', async () => {
  const other = createPanelApp([], { store: panel.store });
  expect((await enter((await open()).sessionToken(), other)).accountId).toBe('ann');
});

test('the log says of a session token what it is, and not that Jira signed it wrongly', async () => {
  const jwt = (await open()).sessionToken();
  const error = await enter(jwt, panel, {}).catch((caught) => caught);
  expect(error.diagnosis).toMatchObject({ cause: 'CS-ISS-APP-KEY' });
  panel.clock.time += 16 * MINUTE;
  const expired = await enter(jwt).catch((caught) => caught);
  expect(expired.diagnosis?.cause).not.toBe('CS-ISS-APP-KEY');
  const common = { token: jwt, appKey: 'panel-app', sharedSecret: 'secret-1', method: 'GET' };
  const toJira = explainToken({ ...common, url: '/rest/api/3/myself', direction: 'to-jira' });
  expect(toJira.verdict).toMatchObject({ ok: false, cause: 'CS-SESSION-TOKEN' });
});

test.each([
  [{ session: 5 }, 'session'],
  [{ session: { expiresIn: 5 } }, 'expiresIn'],
  [{ session: { expiresInSeconds: 900_000 } }, 'expiresInSeconds'],
  [{ session: { expiresInSeconds: 0 } }, 'expiresInSeconds'],
  [{ session: { endsAfterSeconds: 60 } }, 'endsAfterSeconds'],
  [{ session: { endsAfterSeconds: Number.POSITIVE_INFINITY } }, 'endsAfterSeconds'],
])('the option %o is refused at start', (options, named) => {
  expect(() => createPanelApp([], options as object)).toThrow(named);
});
