import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import type { JiraApiError } from '../../src/errors.ts';
import { createJiraClient, type JiraClientOptions } from '../../src/jira/client.ts';

interface Answer {
  status: number;
  headers?: Record<string, string>;
  body?: string;
}

const sharedSecret = 'MARKED-secret-0123456789abcdef';
const unauthenticated = 'Client must be authenticated to access this resource.';

async function refused(
  answer: Answer,
  options: Partial<JiraClientOptions> = {},
  credentials = {},
): Promise<JiraApiError> {
  const server = createServer((_request, response) => {
    response.writeHead(answer.status, answer.headers).end(answer.body ?? '');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const siteUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const jira = createJiraClient({
    credentials: { siteUrl, appKey: 'my-app', sharedSecret, clientKey: 'c1', ...credentials },
    maxTries: 1,
    ...options,
  });
  const error = await jira.put('/rest/api/3/issue/XX-1', { body: {} }).then(
    () => undefined,
    (thrown: JiraApiError) => thrown,
  );
  if (error === undefined) throw new Error('It was not refused.');
  expect(inspect(error) + JSON.stringify(error)).not.toContain(sharedSecret);
  return error;
}

test('a refused login: the token is right, so the installation is in doubt', async () => {
  const error = await refused({ status: 401, body: unauthenticated });
  expect(error.code).toBe('JIRA_UNAUTHENTICATED');
  expect(error.diagnosis).toMatchObject({ cause: 'CS-INSTALLATION-STALE', confidence: 'likely' });
  expect(error.diagnosis?.ruledOut).toContain('CS-QSH-METHOD');
  expect(error.diagnosis?.ruledOut).toContain('CS-SCHEME-BEARER');
});

test('the clock of the site, by its Date header', async () => {
  const now = (): number => Date.now() - 600_000;
  const { diagnosis } = await refused({ status: 401, body: unauthenticated }, { now });
  expect(diagnosis).toMatchObject({ cause: 'CS-CLOCK', confidence: 'certain' });
});

test('a stored app key that is not the one of the descriptor', async () => {
  const { diagnosis } = await refused(
    { status: 401, body: unauthenticated },
    { descriptor: { key: 'my-app-dev' } },
  );
  expect(diagnosis?.cause).toBe('CS-ISS-ENVIRONMENT');
});

test('an app key that is a clientKey, and secrets that are none', async () => {
  const cause = async (credentials: object) =>
    (await refused({ status: 401, body: unauthenticated }, {}, credentials)).diagnosis?.cause;
  expect(await cause({ appKey: 'c1' })).toBe('CS-ISS-CLIENT-KEY');
  expect(await cause({ sharedSecret: `${sharedSecret}\n` })).toBe('CS-SECRET-WHITESPACE');
  expect(await cause({ sharedSecret: `"${sharedSecret}"` })).toBe('CS-SECRET-QUOTED');
  expect(await cause({ sharedSecret: 'undefined' })).toBe('CS-SECRET-SAMPLE');
});

test('a missing scope is named', async () => {
  const { diagnosis } = await refused(
    { status: 403, body: 'Request not in an authorized API scope' },
    { descriptor: { key: 'my-app', scopes: ['READ'] } },
  );
  expect(diagnosis).toMatchObject({ cause: 'CS-SCOPE-MISSING', confidence: 'certain' });
  expect(diagnosis?.evidence).toContain('needs WRITE; the descriptor has READ');
});

test('an ignored credential, a limit, and a site that moved', async () => {
  const seraph = { 'x-seraph-loginreason': 'AUTHENTICATED_FAILED' };
  const ignored = await refused({ status: 200, headers: seraph, body: '{}' });
  expect(ignored.code).toBe('JIRA_CREDENTIAL_IGNORED');
  expect(ignored.diagnosis?.cause).toBe('CS-CREDENTIAL-IGNORED');
  const limited = await refused({
    status: 429,
    headers: { 'ratelimit-reason': 'jira-burst-based' },
  });
  expect(limited.diagnosis?.cause).toBe('CS-LIMIT-BURST');
  const moved = await refused({ status: 302, headers: { location: 'https://new.example.net/x' } });
  expect(moved.diagnosis?.cause).toBe('CS-RENAMED-SITE');
});

test('no answer at all', async () => {
  const { diagnosis } = await refused({ status: 204 }, {}, { siteUrl: 'http://127.0.0.1:1' });
  expect(diagnosis?.cause).toBe('CS-UNREACHABLE');
});

test('an answer that nobody knows: no guess', async () => {
  const { diagnosis } = await refused({ status: 418, body: 'I am a teapot' });
  expect(diagnosis).toMatchObject({ cause: undefined, confidence: 'none' });
  expect(diagnosis?.ruledOut.length).toBeGreaterThan(40);
});
