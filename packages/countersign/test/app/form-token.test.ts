/** Where a token may stand in a request, and that it stands there once. */
import { inspect } from 'node:util';
import { beforeEach, describe, expect, test } from 'vitest';
import {
  type AuthenticateOptions,
  type ErrorCode,
  type InboundRequest,
  isCountersignError,
} from '../../src/index.ts';
import { siteToken } from '../connect/site-token.ts';
import { sampleRecord } from '../installations/sample-record.ts';
import { APP_URL, createPanelApp, type PanelApp, START } from './panel-app.ts';

const SAVE = `${APP_URL}/save`;
const CONTEXT: AuthenticateOptions = { accept: ['request', 'context'] };

let panel: PanelApp;
let jwt: string;
let other: string;
beforeEach(async () => {
  panel = createPanelApp([]);
  await panel.store.put(sampleRecord());
  const token = (claims: object) =>
    siteToken({
      ...{ clientKey: 'client-1', sharedSecret: 'secret-1', url: SAVE, appUrl: APP_URL },
      ...{ at: START, claims: { qsh: 'context-qsh', ...claims } },
    });
  jwt = await token({ sub: 'ann' });
  other = await token({ sub: 'ben' });
});

/** A form as a browser posts it. */
const form = (body: string, change: { url?: string; headers?: Record<string, string> } = {}) =>
  new Request(change.url ?? SAVE, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...change.headers },
    body,
  });

async function refusalOf(inbound: InboundRequest): Promise<ErrorCode> {
  const error = await panel.app.authenticate(inbound, CONTEXT).then(
    (caller) => expect.fail(`let in: ${inspect(caller)}`),
    (caught: unknown) => caught,
  );
  if (isCountersignError(error)) return error.code;
  throw error;
}

describe('a form', () => {
  test.each([
    'application/x-www-form-urlencoded',
    'Application/X-WWW-Form-Urlencoded; charset=UTF-8',
  ])('of the type %s may bring the token, and its body is left for the route', async (type) => {
    const inbound = form(`name=A+B&jwt=${jwt}`, { headers: { 'content-type': type } });
    expect((await panel.app.authenticate(inbound, CONTEXT)).accountId).toBe('ann');
    expect(await inbound.text()).toBe(`name=A+B&jwt=${jwt}`);
  });

  test.each([
    'application/json',
    'multipart/form-data; boundary=x',
    'text/plain',
    'x/application/x-www-form-urlencoded',
  ])('of the type %s brings none', async (type) => {
    const inbound = form(`jwt=${jwt}`, { headers: { 'content-type': type } });
    expect(await refusalOf(inbound)).toBe('TOKEN_MISSING');
  });

  test('with the token twice is refused, even with the same one', async () => {
    expect(await refusalOf(form(`jwt=${jwt}&jwt=${jwt}`))).toBe('TOKEN_AMBIGUOUS');
    expect(await refusalOf(form(`jwt=${jwt}&j%77t=${other}`))).toBe('TOKEN_AMBIGUOUS');
  });

  test('without a token, or with an empty one, is refused', async () => {
    expect(await refusalOf(form('name=x'))).toBe('TOKEN_MISSING');
    expect(await refusalOf(form('jwt='))).toBe('TOKEN_MALFORMED');
  });

  test('that is too large to look into brings none, and the route can still read it', async () => {
    const body = `x=${'x'.repeat(70_000)}&jwt=${jwt}`;
    for (const length of [{}, { 'content-length': String(body.length) }]) {
      const inbound = form(body, { headers: length as Record<string, string> });
      expect(await refusalOf(inbound)).toBe('TOKEN_MISSING');
      expect(await inbound.text()).toBe(body);
    }
  });

  test('that somebody has read already brings none, and nothing crashes', async () => {
    const inbound = form(`jwt=${jwt}`);
    await inbound.text();
    expect(await refusalOf(inbound)).toBe('TOKEN_MISSING');
  });

  test('is not read where the token stands elsewhere', async () => {
    const inbound = form('x=1', { headers: { authorization: `JWT ${jwt}` } });
    expect((await panel.app.authenticate(inbound, CONTEXT)).accountId).toBe('ann');
    expect(inbound.bodyUsed).toBe(false);
  });
});

describe('a form that a parser has read', () => {
  const parsed = (fields: Record<string, string | null>, header?: string, url = '/save') => ({
    ...{ method: 'POST', url },
    headers: { get: (name: string) => (name === 'authorization' ? (header ?? null) : null) },
    form: { get: (name: string) => fields[name] ?? null },
  });

  test('brings the token, recalled the second time without waiting', async () => {
    const inbound = parsed({ jwt });
    expect((await panel.app.authenticate(inbound, CONTEXT)).accountId).toBe('ann');
    expect(panel.app.authenticateNow(inbound, CONTEXT)?.accountId).toBe('ann');
  });

  test('with several values is refused', async () => {
    expect(await refusalOf(parsed({ jwt: `${jwt},${jwt}` }))).toBe('TOKEN_AMBIGUOUS');
  });

  test('beside a different token is refused, good as both are; the same one is one token', async () => {
    expect(await refusalOf(parsed({ jwt }, `JWT ${other}`))).toBe('TOKEN_AMBIGUOUS');
    expect(await refusalOf(parsed({ jwt }, undefined, `/save?jwt=${other}`))).toBe(
      'TOKEN_AMBIGUOUS',
    );
    for (const inbound of [
      parsed({ jwt }, `JWT ${jwt}`),
      parsed({ jwt }, undefined, `/save?jwt=${jwt}`),
    ]) {
      expect((await panel.app.authenticate(inbound, CONTEXT)).accountId).toBe('ann');
    }
  });
});

describe('the query', () => {
  test.each<[string, (one: string, two: string) => string]>([
    ['twice, differing', (one, two) => `?jwt=${one}&jwt=${two}`],
    ['twice, equal', (one) => `?jwt=${one}&jwt=${one}`],
    ['twice, with others between', (one) => `?a=1&jwt=${one}&b=2&jwt=${one}&c`],
    ['and once more without a value', (one) => `?jwt=${one}&jwt`],
    ['and once more, empty', (one) => `?jwt=&jwt=${one}`],
    ['and once more with escapes', (one, two) => `?jwt=${one}&j%77t=${two}`],
    ['and once more with other escapes', (one, two) => `?%6A%57%74=x&%6awt=${two}&jwt=${one}`],
  ])('may not have the token %s', async (_name, query) => {
    const inbound = new Request(`${SAVE}${query(jwt, other)}`);
    expect(await refusalOf(inbound)).toBe('TOKEN_AMBIGUOUS');
    expect(panel.app.authenticateNow(inbound, CONTEXT)).toBeUndefined();
  });

  test.each(['?JWT=', '?j%77t=', '?xjwt=', '?jwt%20=', '#?jwt=', '?a#&jwt='])(
    'is not searched for a token in any other spelling: %s',
    async (start) => {
      const inbound = { method: 'GET', url: `/save${start}${jwt}`, headers: new Headers() };
      expect(await refusalOf(inbound)).toBe('TOKEN_MISSING');
    },
  );

  test('and the header may not disagree, whichever is the good one', async () => {
    for (const [one, two] of [
      [jwt, other],
      [jwt, 'x'],
      ['x', jwt],
      [jwt, ''],
    ]) {
      const headers = { authorization: `JWT ${one}` };
      const inbound = new Request(`${SAVE}?jwt=${two}`, { headers });
      expect(await refusalOf(inbound)).toBe('TOKEN_AMBIGUOUS');
    }
  });

  test('two headers are no token', async () => {
    const headers = new Headers([
      ['authorization', `JWT ${jwt}`],
      ['authorization', `JWT ${other}`],
    ]);
    expect(await refusalOf(new Request(SAVE, { headers }))).toBe('TOKEN_MALFORMED');
  });
});
