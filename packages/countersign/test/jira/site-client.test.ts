import { createServer, type Server } from 'node:http';
import { inspect } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { isConfigError, isJiraApiError } from '../../src/index.ts';
import { siteClient } from '../../src/jira/index.ts';
import { close, listen } from '../connect/atlassian-host.ts';

const LOGIN = { email: 'ann@example.com', apiToken: 'marked-api-token' };
const CLOUD_ID = '11111111-2222-4333-8444-555555555555';
const BASIC = `Basic ${Buffer.from('ann@example.com:marked-api-token').toString('base64')}`;

let server: Server;
let origin: string;
let status: number;
const calls: string[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    calls.push(`${request.url} ${request.headers.authorization}`);
    response
      .writeHead(status)
      .end(JSON.stringify({ errorMessages: [`you sent ${request.headers.authorization}`] }));
  });
  origin = await listen(server);
});
afterAll(() => close(server));
beforeEach(() => {
  status = 200;
  calls.length = 0;
});

test('a token without scopes is sent to the site', async () => {
  const jira = siteClient({ site: `${origin}/jira/your-work`, ...LOGIN });
  await jira.get('/rest/api/3/myself');
  expect(calls).toEqual([`/rest/api/3/myself ${BASIC}`]);
  expect(await jira.host()).toBe('api-token');
});

test('a token with scopes is sent to the gateway', async () => {
  await siteClient({ cloudId: CLOUD_ID, gatewayUrl: origin, ...LOGIN }).get('/rest/api/3/myself');
  expect(calls).toEqual([`/ex/jira/${CLOUD_ID}/rest/api/3/myself ${BASIC}`]);
});

describe('a login that is refused', () => {
  const refusal = async (options: { site: string } | { cloudId: string; gatewayUrl: string }) => {
    status = 401;
    const error = await siteClient({ ...options, ...LOGIN })
      .get('/rest/api/3/myself')
      .catch((caught) => caught);
    if (!isJiraApiError(error)) throw error;
    return error;
  };

  test('at the site may be made with scopes', async () => {
    expect((await refusal({ site: origin })).hint).toMatch(/without scopes is good here.*cloudId/);
  });

  test('at the gateway may be made without scopes', async () => {
    expect((await refusal({ cloudId: CLOUD_ID, gatewayUrl: origin })).hint).toMatch(
      /with scopes is good here.*leave cloudId out/,
    );
  });

  test('shows no secret, though the answer quotes it', async () => {
    const error = await refusal({ site: origin });
    expect(error.message).toContain('you sent Basic [secret]');
    for (const text of [inspect(error, { depth: 9 }), JSON.stringify(error)]) {
      expect(text).not.toMatch(/marked-|YW5uQGV4/);
    }
  });
});

test.each<[string, Record<string, unknown>]>([
  ['site', {}],
  ['site', { site: 'http://example.atlassian.net' }],
  ['site', { site: 'https://ann:marked-@example.atlassian.net' }],
  ['site', { site: 'not a host' }],
  ['email', { site: 'example.atlassian.net', email: undefined }],
  ['apiToken', { site: 'example.atlassian.net', apiToken: '' }],
  ['cloudId', { cloudId: 'https://example.atlassian.net' }],
  ["'token'", { site: 'example.atlassian.net', token: 'marked-' }],
])('a wrong option is named: %s', (name, options) => {
  let error: unknown;
  try {
    siteClient({ ...LOGIN, ...options } as never);
  } catch (caught) {
    error = caught;
  }
  if (!isConfigError(error)) throw error ?? new Error('it was taken');
  expect(error.message).toContain(name);
  expect(inspect(error)).not.toContain('marked-');
});

test.each([
  { email: 'a:b', apiToken: 'x' },
  { email: 'a b', apiToken: 'x' },
  { email: 'a', apiToken: 'marked- token' },
])('a login that no header can hold is not sent: %j', async (login) => {
  const error = await siteClient({ site: origin, ...login })
    .get('/a')
    .catch((caught) => caught);
  expect(error).toMatchObject({ code: 'TOKEN_OPTION_INVALID' });
  expect(inspect(error)).not.toContain('marked-');
  expect(calls).toEqual([]);
});
