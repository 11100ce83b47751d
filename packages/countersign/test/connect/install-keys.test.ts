import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import type { RequestListener } from 'node:http';
import { exportSPKI } from 'jose';
import { afterEach, describe, expect, test } from 'vitest';
import { createInstallKeys, INSTALL_KEY_HOSTS } from '../../src/connect/install-keys.ts';
import { isConfigError, isKeySourceError, isTokenError } from '../../src/index.ts';
import { createPanelApp } from '../app/panel-app.ts';
import {
  type AtlassianHost,
  atlassianKeys,
  KEY_ID,
  publishKey,
  startAtlassianHost,
  unreachableUrl,
} from './atlassian-host.ts';

const running: AtlassianHost[] = [];
afterEach(async () => {
  for (const host of running.splice(0)) await host.close();
});

async function start(answer?: RequestListener): Promise<AtlassianHost> {
  const host = await startAtlassianHost(answer);
  running.push(host);
  return host;
}

const answerWith =
  (status: number, body: string | Buffer = '', headers = {}): RequestListener =>
  (_request, response) =>
    response.writeHead(status, headers).end(body);
const notFound = answerWith(404, 'NoSuchKey');
const now = () => 0;

function keysOf(...hosts: (AtlassianHost | string)[]) {
  return createInstallKeys({
    hosts: hosts.map((host) => (typeof host === 'string' ? host : host.url)),
    now,
  });
}

async function pemOf(key: ReturnType<ReturnType<typeof keysOf>>): Promise<string> {
  return createPublicKey(await exportSPKI(await key))
    .export({ type: 'spki', format: 'pem' })
    .toString();
}

async function errorOf(key: Promise<unknown>) {
  const error = await key.then(
    () => expect.fail('a key was found'),
    (caught: unknown) => caught,
  );
  if (isTokenError(error) || isKeySourceError(error)) return error;
  throw error;
}

describe('a key', () => {
  test('is the one that its host publishes under its id', async () => {
    const host = await start();
    expect(await pemOf(keysOf(host)(KEY_ID))).toBe(atlassianKeys.publicPem);
    expect(host.requests).toEqual([`/${KEY_ID}`]);
  });

  test('is fetched once for many callers at once, and for all that come later', async () => {
    const host = await start();
    const keys = keysOf(host);
    const found = await Promise.all(Array.from({ length: 20 }, () => keys(KEY_ID)));
    found.push(await keys(KEY_ID));
    expect(new Set(found).size).toBe(1);
    expect(host.requests).toHaveLength(1);
  });

  test('is fetched again after a day, for Atlassian may withdraw it', async () => {
    const host = await start();
    let time = 0;
    const keys = createInstallKeys({ hosts: [host.url], now: () => time });
    await keys(KEY_ID);
    time = 24 * 60 * 60 * 1000 - 1;
    await keys(KEY_ID);
    expect(host.requests).toHaveLength(1);
    time += 1;
    host.answer = notFound;
    expect(await errorOf(keys(KEY_ID))).toMatchObject({ code: 'TOKEN_KEY_UNKNOWN' });
  });

  test('is not pushed out by ids that nobody knows', async () => {
    const host = await start();
    const keys = keysOf(host);
    await keys(KEY_ID);
    for (let index = 0; index < 150; index++) await errorOf(keys(`unknown-${index}`));
    await keys(KEY_ID);
    expect(host.requests.filter((path) => path === `/${KEY_ID}`)).toHaveLength(1);
  });

  test('that is too short to be safe is the fault of its host', async () => {
    const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
    const host = await start(answerWith(200, publicKey.export({ type: 'spki', format: 'pem' })));
    const panel = createPanelApp([host.url]);
    expect((await panel.send('installed')).status).toBe(503);
    expect(panel.log.codes()).toEqual(['KEY_SOURCE_INVALID']);
  });

  test('is forgotten when a hundred newer ones came', async () => {
    const host = await start(answerWith(200, atlassianKeys.publicPem));
    const keys = keysOf(host);
    for (let index = 0; index < 100; index++) await keys(`key-${index}`);
    await keys('key-0');
    expect(host.requests).toHaveLength(100);
    await keys('key-100');
    await keys('key-0');
    expect(host.requests.slice(100)).toEqual(['/key-100', '/key-0']);
  });

  test('with CRLF, blank lines around it, or a trailing slash on its host is found', async () => {
    const pem = `\r\n${atlassianKeys.publicPem.replaceAll('\n', '\r\n')}\r\n`;
    const host = await start(answerWith(200, pem));
    expect(await pemOf(keysOf(`${host.url}/`)(KEY_ID))).toBe(atlassianKeys.publicPem);
    expect(host.requests).toEqual([`/${KEY_ID}`]);
  });

  test('below a path of its host is found there', async () => {
    const host = await start(answerWith(200, atlassianKeys.publicPem));
    await keysOf(`${host.url}/keys`)(KEY_ID);
    expect(host.requests).toEqual([`/keys/${KEY_ID}`]);
  });
});

describe('several hosts', () => {
  test('are asked in their order, and no further than needed', async () => {
    const [first, second] = [await start(), await start()];
    await keysOf(first, second)(KEY_ID);
    expect([first.requests.length, second.requests.length]).toEqual([1, 0]);
  });

  test.each<[string, RequestListener]>([
    ['says 404', notFound],
    ['fails', answerWith(500, 'oops')],
    ['answers with a page', answerWith(200, '<html>Welcome to the hotel wifi</html>')],
    ['hangs up', (_request, response) => response.destroy()],
  ])(
    'the second one is asked for the same key id where the first one %s',
    async (_name, answer) => {
      const [first, second] = [await start(answer), await start()];
      expect(await pemOf(keysOf(first, second)(KEY_ID))).toBe(atlassianKeys.publicPem);
      expect(first.requests).toEqual([`/${KEY_ID}`]);
      expect(second.requests).toEqual([`/${KEY_ID}`]);
    },
  );

  test('the second one is asked where nobody listens at the first one', async () => {
    const second = await start();
    expect(await pemOf(keysOf(await unreachableUrl(), second)(KEY_ID))).toBe(
      atlassianKeys.publicPem,
    );
  });

  test('that all say 404 make the key unknown: the sender is at fault', async () => {
    const error = await errorOf(keysOf(await start(notFound), await start(notFound))(KEY_ID));
    expect(error).toMatchObject({ code: 'TOKEN_KEY_UNKNOWN', httpStatus: 401 });
  });

  test.each(['down, 404', '404, down'])(
    'of which one is down (%s) make no key unknown',
    async (order) => {
      const hosts = [await unreachableUrl(), (await start(notFound)).url];
      if (order === '404, down') hosts.reverse();
      const error = await errorOf(keysOf(...hosts)(KEY_ID));
      expect(error).toMatchObject({ code: 'KEY_SOURCE_UNAVAILABLE', httpStatus: 503 });
      expect(error.message).toContain(
        new URL(hosts.find((host) => host.length > 0) as string).hostname,
      );
    },
  );

  test('that answers nothing holds nobody up: the next one is asked after five seconds', async () => {
    const [first, second] = [await start(() => undefined), await start()];
    expect(await pemOf(keysOf(first, second)(KEY_ID))).toBe(atlassianKeys.publicPem);
    expect(first.requests).toHaveLength(1);
  });
});

describe('no key is', () => {
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const ecPem = ec.publicKey.export({ type: 'spki', format: 'pem' }).toString();
  const privatePem = atlassianKeys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

  test.each<[string, string]>([
    ['a page with status 200', '<!doctype html><title>Sign in</title>'],
    ['an empty answer', ''],
    ['a private key', privatePem],
    ['a key of an elliptic curve', ecPem],
    ['the start of a key', atlassianKeys.publicPem.slice(0, 200)],
    ['a key after other text', `hello\n${atlassianKeys.publicPem}`],
    ['JSON', JSON.stringify({ keys: [] })],
  ])('%s', async (_name, body) => {
    const error = await errorOf(keysOf(await start(answerWith(200, body)))(KEY_ID));
    expect(error).toMatchObject({ code: 'KEY_SOURCE_INVALID', httpStatus: 503 });
  });

  test.each([201, 204, 206, 400, 401, 403, 429, 500, 503])(
    'what comes with status %i, be it a key',
    async (status) => {
      const host = await start(answerWith(status, status === 204 ? '' : atlassianKeys.publicPem));
      const error = await errorOf(keysOf(host)(KEY_ID));
      expect(error).toMatchObject({ code: 'KEY_SOURCE_UNAVAILABLE', httpStatus: 503 });
      expect(error.message).toContain(String(status));
    },
  );

  test.each([301, 302, 307, 308])(
    'at the end of a redirect (%i): it is not followed',
    async (status) => {
      const elsewhere = await start();
      const host = await start(answerWith(status, '', { location: `${elsewhere.url}/${KEY_ID}` }));
      const error = await errorOf(keysOf(host)(KEY_ID));
      expect(error).toMatchObject({ code: 'KEY_SOURCE_UNAVAILABLE', httpStatus: 503 });
      expect(elsewhere.requests).toEqual([]);
    },
  );

  test('a huge answer, which is not even read to its end', async () => {
    let closed: () => void;
    const closing = new Promise<void>((resolve) => {
      closed = resolve;
    });
    const host = await start((_request, response) => {
      response.on('close', () => closed());
      response.writeHead(200);
      const pour = () => {
        while (!response.destroyed && response.write('x'.repeat(65_536)));
      };
      response.on('drain', pour);
      pour();
    });
    expect(await errorOf(keysOf(host)(KEY_ID))).toMatchObject({ code: 'KEY_SOURCE_INVALID' });
    // It would be poured for ever if nobody hung up.
    await closing;
  });
});

test('a failed fetch is tried again next time', async () => {
  const host = await start(answerWith(503));
  const keys = keysOf(host);
  expect(await errorOf(keys(KEY_ID))).toMatchObject({ code: 'KEY_SOURCE_UNAVAILABLE' });
  host.answer = notFound;
  expect(await errorOf(keys(KEY_ID))).toMatchObject({ code: 'TOKEN_KEY_UNKNOWN' });
  host.answer = publishKey;
  expect(await pemOf(keys(KEY_ID))).toBe(atlassianKeys.publicPem);
  expect(host.requests).toHaveLength(3);
});

describe('a key id that could lead elsewhere never causes a request', () => {
  test.each<[string, unknown]>([
    ['none', undefined],
    ['null', null],
    ['a number', 7],
    ['a list', [KEY_ID]],
    ['an object', { toString: () => KEY_ID }],
    ['empty', ''],
    ['a slash', `keys/${KEY_ID}`],
    ['a leading slash', `/${KEY_ID}`],
    ['a backslash', `..\\${KEY_ID}`],
    ['dots', '..'],
    ['a dot', 'key.pem'],
    ['encoded dots', '%2e%2e'],
    ['an encoded slash', `a%2f${KEY_ID}`],
    ['a whole URL', 'https://evil.example.com/key'],
    ['another host', '//evil.example.com/key'],
    ['user info', '@evil.example.com'],
    ['a query', `${KEY_ID}?x=1`],
    ['a fragment', `${KEY_ID}#x`],
    ['a line break', `${KEY_ID}\n`],
    ['a space', ` ${KEY_ID}`],
    ['no ASCII', `${KEY_ID}é`],
    ['200 characters', 'k'.repeat(200)],
  ])('%s', async (_name, keyId) => {
    const host = await start();
    const error = await errorOf(keysOf(host)(keyId));
    expect(error).toMatchObject({ code: 'TOKEN_KEY_ID_INVALID', httpStatus: 401 });
    expect(host.requests).toEqual([]);
  });
});

describe('a host must be', () => {
  test.each([
    'http://keys.example.com',
    'http://127.0.0.1.example.com',
    'http://localhost.example.com',
    'http://10.0.0.1',
    'ftp://keys.example.com',
    'file:///etc/keys',
    'keys.example.com',
    '',
  ])('https, or this machine: not %j', (host) => {
    try {
      keysOf(host);
    } catch (error) {
      expect(isConfigError(error) && error.code).toBe('CONFIG_OPTION_INVALID');
      expect((error as Error).message).toContain(`'${host}'`);
      return;
    }
    expect.fail('the host was taken');
  });

  test.each([
    'https://keys.example.com',
    'http://localhost:4400/keys',
    'http://127.0.0.1:4400',
    'http://[::1]:4400',
  ])('https, or this machine: %s', (host) => {
    expect(() => keysOf(host)).not.toThrow();
  });
});

test('the hosts of Atlassian are https origins, two a realm', () => {
  expect(Object.keys(INSTALL_KEY_HOSTS).sort()).toEqual([
    'fedramp',
    'fedramp-staging',
    'production',
    'staging',
  ]);
  const hosts = Object.values(INSTALL_KEY_HOSTS).flat();
  expect(hosts).toHaveLength(8);
  expect(new Set(hosts).size).toBe(8);
  for (const host of hosts) expect(new URL(host).origin).toBe(host);
});
