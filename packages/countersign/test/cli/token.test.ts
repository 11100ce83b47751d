import { createHmac } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createToken, decodeToken, verifyToken } from '../../src/jwt/jwt.ts';
import { temporaryFolder } from '../installations/temporary-folder.ts';
import { countersign, countersignJson } from './run-cli.ts';
import { runInProcess, runInProcessJson } from './run-in-process.ts';
import { SECRET, storeOf } from './sample-store.ts';

const folder = temporaryFolder();
const SITE = 'https://example.atlassian.net';
const PATH = '/rest/api/3/issue/XX-21?notifyUsers=false';
const withSecret = { env: { COUNTERSIGN_SHARED_SECRET: SECRET } };
const target = { method: 'PUT', url: PATH, sharedSecret: SECRET };

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

function token(change: Partial<Parameters<typeof createToken>[0]> = {}): string {
  return createToken({ issuer: 'panel-app', ...target, ...change });
}

/** Neither the secret nor any token that was given. */
function expectNothingSecret(text: string, given?: string): void {
  expect(text).not.toContain(SECRET);
  if (given !== undefined) {
    expect(text).not.toContain(given);
    expect(text).not.toContain(given.split('.')[2]);
  }
}

describe('token create', () => {
  test('prints the token alone', async () => {
    const { code, stdout, stderr } = await countersign(
      ['token', 'create', '--issuer', 'panel-app', '--method', 'put', '--url', PATH],
      withSecret,
    );
    expect(code).toBe(0);
    expect(stderr).toBe('');
    expect(stdout).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/);
    const claims = verifyToken(stdout.trim(), target);
    expect(claims).toMatchObject({ iss: 'panel-app', exp: claims.iat + 180 });
  });

  test('takes the secret from a file, without the line break at its end', async () => {
    for (const [name, text] of [
      ['unix', `${SECRET}\n`],
      ['windows', `${SECRET}\r\n`],
      ['bare', SECRET],
    ] as const) {
      const { stdout } = await runInProcess([
        'token',
        'create',
        '--issuer',
        'a',
        '--method',
        'PUT',
        '--url',
        PATH,
        '--secret-file',
        file(name, text),
      ]);
      expect(verifyToken(stdout.trim(), target).iss).toBe('a');
    }
  });

  test('takes it from standard input or a named variable', async () => {
    const args = ['token', 'create', '--issuer', 'a', '--method', 'PUT', '--url', PATH];
    const piped = await countersign([...args, '--secret-file', '-'], { input: `${SECRET}\n` });
    expect(verifyToken(piped.stdout.trim(), target).iss).toBe('a');
    const named = await countersign([...args, '--secret-env', 'MY_SECRET'], {
      env: { MY_SECRET: SECRET },
    });
    expect(verifyToken(named.stdout.trim(), target).iss).toBe('a');
  });

  test('takes the secret, the issuer and the site from the store', async () => {
    const store = await storeOf({ siteUrl: `${SITE}/wiki`, appKey: 'stored-app' });
    const { stdout } = await runInProcess([
      'token',
      'create',
      '--url',
      '/wiki/x',
      '--store',
      store,
    ]);
    const claims = verifyToken(stdout.trim(), { method: 'GET', url: '/x', sharedSecret: SECRET });
    expect(claims.iss).toBe('stored-app');
  });

  test('claims, --header and --json', async () => {
    const { json } = await runInProcessJson(
      [
        'token',
        'create',
        '--issuer',
        'a',
        '--url',
        PATH,
        '--method',
        'PUT',
        '--subject',
        's',
        '--audience',
        'b',
        '--audience',
        'c',
        '--expires-in-seconds',
        '60',
      ],
      withSecret,
    );
    expect(Object.keys(json)).toEqual([
      'token',
      'authorization',
      'method',
      'url',
      'canonicalRequest',
      'qsh',
      'expiresAt',
    ]);
    expect(json.canonicalRequest).toBe('PUT&/rest/api/3/issue/XX-21&notifyUsers=false');
    const { claims } = decodeToken(json.token);
    expect(claims).toMatchObject({ sub: 's', aud: ['b', 'c'], qsh: json.qsh });
    expect(Number(claims.exp) - Number(claims.iat)).toBe(60);
    const { stdout } = await runInProcess(
      ['token', 'create', '--issuer', 'a', '--url', PATH, '--header'],
      withSecret,
    );
    expect(stdout).toMatch(/^Authorization: JWT eyJ\S+\n$/);
  });

  test('--curl prints a command that explain finds good', async () => {
    const store = await storeOf({});
    const url = '/rest/api/3/search/jql?jql=a = "it\'s" & b=[1]';
    const { stdout } = await runInProcess([
      'token',
      'create',
      '--store',
      store,
      '--url',
      url,
      '--method',
      'post',
      '--curl',
    ]);
    expect(stdout).toMatch(/^curl --globoff -X POST 'https:\/\/example\.atlassian\.net\/rest/);
    const { code, json } = await runInProcessJson(['token', 'explain', '--store', store, stdout]);
    expect(json.verdict.ok).toBe(true);
    expect(code).toBe(0);
  });

  test('warns when iss would be the clientKey', async () => {
    const store = await storeOf({});
    const { stderr, code } = await runInProcess([
      'token',
      'create',
      '--store',
      store,
      '--url',
      '/x',
      '--issuer',
      'client-1',
    ]);
    expect(code).toBe(0);
    expect(stderr).toContain('iss is the clientKey');
  });

  test('what cannot be read is said, without a secret', async () => {
    const args = ['token', 'create', '--issuer', 'a', '--url', '/x'];
    const missing = await runInProcess([...args, '--secret-file', join(folder, 'none')]);
    expect(missing).toMatchObject({ code: 3, stderr: expect.stringContaining('ENOENT') });
    const unset = await runInProcess([...args, '--secret-env', 'NOT_SET']);
    expect(unset).toMatchObject({ code: 3, stderr: expect.stringContaining('NOT_SET is not set') });
    const lifetime = await runInProcess([...args, '--expires-in-seconds', '86400'], withSecret);
    expect(lifetime).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('between 1 and 3600'),
    });
    expectNothingSecret(missing.text + unset.text + lifetime.text);
  });
});

describe('token decode', () => {
  test('says loudly that nothing is verified, and puts times in words', async () => {
    const given = token();
    const { code, stdout } = await runInProcess(['token', 'decode', given]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^NOT VERIFIED/);
    expect(stdout).toMatch(/exp +\d{10}: \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC, in [23] minutes/);
    expectNothingSecret(stdout, given);
  });

  test('takes a header, a URL, a curl command and standard input', async () => {
    const given = token();
    for (const text of [
      `Authorization: JWT ${given}`,
      `${SITE}/x?jwt=${given}&a=b`,
      `curl -H 'Authorization: JWT ${given}' ${SITE}`,
    ]) {
      const { json } = await countersignJson(['token', 'decode', text]);
      expect(json).toMatchObject({
        verified: false,
        header: { alg: 'HS256' },
        claims: { iss: 'panel-app' },
        times: { iat: { value: expect.any(Number), utc: expect.any(String) } },
      });
    }
    expect(
      (await countersignJson(['token', 'decode'], { input: `${given}\n` })).json.claims.iss,
    ).toBe('panel-app');
  });

  test('times that are no seconds are called so', async () => {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const input = `${part({ alg: 'HS256' })}.${part({ iat: Date.now(), exp: 'soon' })}`;
    const signature = createHmac('sha256', SECRET).update(input).digest('base64url');
    const { stdout } = await runInProcess(['token', 'decode', `${input}.${signature}`]);
    expect(stdout).toContain('is it in milliseconds?');
    expect(stdout.replace(/\s+/g, ' ')).toContain('must be seconds since 1970');
  });

  test('what is no token says why, and ends with 1', async () => {
    const { code, stdout } = await runInProcess([
      'token',
      'decode',
      token().split('.')[0] as string,
    ]);
    expect(code).toBe(1);
    expect(stdout).toContain('CS-TOKEN-TRUNCATED');
  });
});

describe('token explain', () => {
  test('takes what Forge sent and what a remote sends, without a secret', async () => {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const iat = Math.floor(Date.now() / 1000);
    const appId = 'ari:cloud:ecosystem::app/1dfefea2-e33d-48c7-af0d-0d73816e08fa';
    const claims = { iss: 'forge/invocation-token', aud: appId, iat, nbf: iat, exp: iat + 25 };
    const signature = 'x'.repeat(342);
    const fit = `${part({ alg: 'RS256', kid: 'forge/1' })}.${part(claims)}.${signature}`;
    const other = ['--app-id', '00000000-e33d-48c7-af0d-0d73816e08fa'];
    const cause = async (...words: string[]) =>
      (await runInProcessJson(['token', 'explain', ...words])).json.verdict.cause;
    expect(await cause(...other, `Authorization: Bearer ${fit}`)).toBe('CS-FORGE-APP-OTHER');
    expect(await cause('--accept', 'forge', `JWT ${fit}`)).toBe('CS-FORGE-SCHEME');
    const access = `${part({ alg: 'RS256' })}.${part({ iat: iat - 20_000, exp: iat - 5600 })}.x`;
    expect(await cause(`x-forge-oauth-system: ${access}`)).toBe('CS-FORGE-TOKEN-EXPIRED');
    const { code, stderr } = await runInProcess(['token', 'explain', '--credential', 'x', fit]);
    expect(stderr).toContain('--credential is one of connect, fit');
    expect(code).toBe(2);
  });

  test('names the cause, its evidence, the fix and the page; both requests where the hash differs', async () => {
    const store = await storeOf({});
    const given = token({ method: 'GET' });
    const { code, stdout } = await runInProcess([
      'token',
      'explain',
      '--store',
      store,
      `curl -X PUT -H 'Authorization: JWT ${given}' '${SITE}${PATH}'`,
    ]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^ {2}Looking at +a curl command$/m);
    expect(stdout.replace(/\n +/g, '')).toContain(`PUT ${SITE}${PATH}`);
    expect(stdout).toContain('  passed       The signature matches the shared secret');
    expect(stdout).toContain('  FAILED       qsh is the hash of this request');
    expect(stdout).toMatch(/^CS-QSH-METHOD: /m);
    for (const part of ['Evidence', 'What to do', 'docs/401.md#cs-qsh-method']) {
      expect(stdout).toContain(part);
    }
    expect(stdout).toMatch(
      /^ {2}- PUT\n {2}\+ GET\n {4}\/rest\/api\/3\/issue\/XX-21\n {4}notifyUsers=false$/m,
    );
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
    expectNothingSecret(stdout, given);
  });

  test('a curl command may stand there without quotes around it', async () => {
    const { stdout } = await runInProcess([
      'token',
      'explain',
      '--app-key',
      'panel-app',
      '--json',
      'curl',
      '-X',
      'PUT',
      '-H',
      `Authorization: Bearer ${token()}`,
      SITE + PATH,
    ]);
    const json = JSON.parse(stdout);
    expect(json.input).toMatchObject({ kind: 'curl', method: 'PUT', url: SITE + PATH });
    expect(json.verdict.cause).toBe('CS-SCHEME-BEARER');
  });

  test('takes a HAR from a file: the clock of its time, not of today', async () => {
    const sentAt = Date.now() - 86_400_000;
    const given = token({ now: () => sentAt });
    const har = {
      log: {
        entries: [
          {
            startedDateTime: new Date(sentAt).toISOString(),
            request: {
              method: 'PUT',
              url: `${SITE}/rest/api/3/issue/XX-21`,
              headers: [{ name: 'authorization', value: `JWT ${given}` }],
            },
            response: {
              status: 401,
              headers: [{ name: 'Date', value: new Date(sentAt + 1000).toUTCString() }],
            },
          },
        ],
      },
    };
    const path = file('refused.har', JSON.stringify(har));
    const { code, json } = await runInProcessJson(['token', 'explain', path], withSecret);
    expect(code).toBe(1);
    expect(json.input).toMatchObject({
      kind: 'har',
      method: 'PUT',
      status: 401,
      entry: { number: 1, of: 1 },
    });
    expect(json.verdict.cause).toBe('CS-QSH-QUERY-NOT-SENT');
    const piped = await runInProcessJson(['token', 'explain', '-'], {
      ...withSecret,
      input: JSON.stringify(har),
    });
    expect(piped.json.verdict).toEqual(json.verdict);
    const { json: late } = await runInProcessJson(
      ['token', 'explain', '--server-date', new Date(sentAt + 900_000).toUTCString(), path],
      withSecret,
    );
    expect(late.checks.find(({ id }: { id: string }) => id === 'times')).toMatchObject({
      result: 'failed',
    });
  });

  test('where the token is good, the answer of a HAR says what is wrong', async () => {
    const entry = {
      startedDateTime: new Date().toISOString(),
      request: {
        method: 'PUT',
        url: SITE + PATH,
        headers: [{ name: 'Authorization', value: `JWT ${token()}` }],
      },
      response: {
        status: 403,
        headers: [],
        content: { text: 'Request not in an authorized API scope' },
      },
    };
    const { code, json } = await runInProcessJson(['token', 'explain', JSON.stringify([entry])], {
      env: { COUNTERSIGN_STORE: await storeOf({}) },
    });
    expect(code).toBe(1);
    expect(json.verdict.cause).toBeUndefined();
    expect(json.diagnosis.cause).toBe('CS-SCOPE-MISSING');
  });

  test('a token that has expired since is looked at as of its own time', async () => {
    const given = token({ method: 'GET', now: () => Date.now() - 2_600_000 });
    const args = ['token', 'explain', '--method', 'PUT', '--url', PATH, given];
    const { json } = await runInProcessJson(args, withSecret);
    expect(json.verdict.cause).toBe('CS-QSH-METHOD');
    expect(json.input.notes.join()).toContain('has expired by now');
    const expired = await runInProcessJson(
      ['token', 'explain', '--method', 'GET', '--url', PATH, given],
      withSecret,
    );
    expect(expired.json.verdict.cause).toBe('CS-EXPIRED');
  });

  test('what is missing is named by its option, and nothing is guessed', async () => {
    const { code, stdout } = await runInProcess(['token', 'explain', token()]);
    expect(code).toBe(0);
    expect(stdout).toContain('not checked');
    expect(stdout).toContain('--secret-file');
    expect(stdout).toContain('--url');
    expect(stdout).not.toContain('sharedSecret');
  });

  test('the store is searched: by issuer, by site, by name', async () => {
    const store = await storeOf(
      { clientKey: 'one' },
      {
        clientKey: 'two',
        siteUrl: 'https://two.atlassian.net',
        sharedSecret: 'secret-of-two-1234',
      },
    );
    const inbound = createToken({
      issuer: 'two',
      sharedSecret: 'secret-of-two-1234',
      method: 'GET',
      url: '/panel',
      subject: 'me',
    });
    const byIssuer = await runInProcessJson([
      'token',
      'explain',
      '--store',
      store,
      '--method',
      'GET',
      '--direction',
      'from-jira',
      '--url',
      '/panel',
      inbound,
    ]);
    expect(byIssuer.json.installation.clientKey).toBe('two');
    expect(byIssuer.json.verdict.ok).toBe(true);
    const bySite = await runInProcessJson([
      'token',
      'explain',
      '--store',
      store,
      '--method',
      'PUT',
      '--url',
      SITE + PATH,
      token(),
    ]);
    expect(bySite.json).toMatchObject({
      installation: { clientKey: 'one' },
      verdict: { ok: true },
    });
    const other = await runInProcessJson([
      'token',
      'explain',
      '--store',
      store,
      '--method',
      'PUT',
      '--url',
      `https://two.atlassian.net${PATH}`,
      token(),
    ]);
    expect(other.json.verdict.cause).toBe('CS-SECRET-OTHER-INSTALLATION');
    const unknown = await runInProcess([
      'token',
      'explain',
      '--store',
      store,
      '--client-key',
      'three',
      token(),
    ]);
    expect(unknown).toMatchObject({ code: 1, stderr: expect.stringContaining('not in the store') });
    expectNothingSecret(byIssuer.text + bySite.text + other.text + unknown.text, inbound);
  });

  test('a token in a URL is not shown again', async () => {
    const given = token();
    const { stdout } = await runInProcess([
      'token',
      'explain',
      `${SITE}/rest/api/3/x?a=b&jwt=${given}`,
    ]);
    expect(stdout).toContain('jwt=[token]');
    expect(stdout).toContain('CS-TOKEN-IN-QUERY');
    expectNothingSecret(stdout, given);
  });

  test('of several headers the one that counts is looked at', async () => {
    const input = `Host: example.atlassian.net\r\nAccept: */*\r\nAuthorization: Bearer ${token()}\r\n`;
    const { json } = await runInProcessJson(['token', 'explain', '--url', SITE + PATH], { input });
    expect(json.verdict.cause).toBe('CS-SCHEME-BEARER');
  });

  test('a variable that only the shell knows is no placeholder', async () => {
    const { code, stderr } = await runInProcess([
      'token',
      'explain',
      `curl -H "Authorization: JWT $TOKEN" ${SITE}`,
    ]);
    expect(code).toBe(2);
    expect(stderr).toContain('$TOKEN');
    const quoted = await runInProcessJson([
      'token',
      'explain',
      `curl -H 'Authorization: JWT $TOKEN' ${SITE}`,
    ]);
    expect(quoted.json.verdict.cause).toBe('CS-PLACEHOLDER');
  });

  test.each([
    ['a missing token', `curl ${SITE}/rest/api/3/myself`, 'CS-TOKEN-MISSING'],
    [
      'two headers',
      `curl -H 'Authorization: JWT x' -H 'Authorization: Basic YTpi' ${SITE}`,
      undefined,
    ],
    ['no scheme', `curl -H 'Authorization: TOKEN' ${SITE}`, 'CS-SCHEME-MISSING'],
  ])('%s', async (_name, command, cause) => {
    const { code, json } = await runInProcessJson([
      'token',
      'explain',
      command.replace('TOKEN', token()),
    ]);
    expect(code).toBe(1);
    if (cause !== undefined) expect(json.verdict.cause).toBe(cause);
  });

  test('the shape of its JSON', async () => {
    const { json } = await runInProcessJson(
      ['token', 'explain', '--method', 'GET', '--url', PATH, token()],
      withSecret,
    );
    expect(Object.keys(json)).toEqual([
      'input',
      'verdict',
      'checks',
      'ruledOut',
      'token',
      'canonicalRequest',
    ]);
    expect(Object.keys(json.verdict)).toEqual([
      'cause',
      'ok',
      'title',
      'evidence',
      'fix',
      'docs',
      'confidence',
    ]);
  });
});
