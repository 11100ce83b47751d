import { createCloudClient, getAllLabels, getCurrentUser, getIssue } from 'jira.js/cloud';
import {
  ApiError,
  AuthError,
  ForbiddenError,
  isApiError,
  isNetworkError,
  isNotFoundError,
  isRateLimitError,
  NetworkError,
  NotFoundError,
  SchemaMismatchError,
  ScopeError,
} from 'jira.js/core';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { isConfigError, isJiraApiError, type JiraApiError } from '../../src/index.ts';
import { createJiraClient } from '../../src/jira/client.ts';
import { jiraClient } from '../../src/jira-js/index.ts';
import { type RecordingSite, startRecordingSite } from '../jira/recording-site.ts';
import { type AppOnSite, startAppOnSite } from './app-on-site.ts';

async function errorOf(call: Promise<unknown>): Promise<unknown> {
  return call.then(
    (value) => expect.fail(`it was answered: ${JSON.stringify(value)}`),
    (error: unknown) => error,
  );
}

function causeOf(error: unknown): JiraApiError {
  const { cause } = error as Error;
  if (isJiraApiError(cause)) return cause;
  throw error;
}

describe('on a site that answers as the test says', () => {
  let recorded: RecordingSite;
  beforeAll(async () => {
    recorded = await startRecordingSite();
  });
  afterAll(() => recorded.close());
  beforeEach(() => {
    recorded.requests.length = 0;
    answerWith(200, {});
  });

  function answerWith(status: number, body: unknown, headers: Record<string, string> = {}): void {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    recorded.answer = (_, response) =>
      response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(text);
  }

  function jira() {
    return createJiraClient({
      credentials: { siteUrl: recorded.origin, appKey: 'my-app', sharedSecret: 'secret-1' },
      maxTries: 1,
    });
  }

  test('the query is signed as jira.js writes it: lists repeat, the rest is left out or JSON', async () => {
    await jiraClient(jira()).sendRequest({
      url: '/rest/api/3/search',
      searchParams: { a: ['x y', 'z'], b: true, c: undefined, d: null, e: { f: 1 }, g: [], h: 'ä' },
    });
    expect(recorded.requests.map(({ target }) => target)).toEqual([
      `/rest/api/3/search?a=x+y&a=z&b=true&e=%7B%22f%22%3A1%7D&h=%C3%A4`,
    ]);
    expect(recorded.requests[0]?.claims).toMatchObject({ iss: 'my-app' });
  });

  test('a call without a slash goes to the site, and one to another site is refused', async () => {
    const client = jiraClient(jira());
    await client.sendRequest({ url: 'rest/api/3/myself' });
    expect(recorded.requests[0]?.target).toBe('/rest/api/3/myself');
    for (const url of ['//other.example.com/rest', 'https://other.example.com/rest']) {
      await client.sendRequest({ url }).catch(() => {});
    }
    expect(recorded.requests.every(({ target }) => target.startsWith('/'))).toBe(true);
    expect(await errorOf(client.sendRequest({ url: '//other.example.com/' }))).toMatchObject({
      code: 'JIRA_URL_REFUSED',
    });
  });

  test.each([
    ['an object', { a: 1, b: undefined }, 'application/json', '{"a":1}'],
    ['a text alone', 'an-account-id', 'application/json', '"an-account-id"'],
    ['nothing', undefined, 'application/json', ''],
    ['bytes', new TextEncoder().encode('bytes'), undefined, 'bytes'],
    ['a blob', new Blob(['blob'], { type: 'text/plain' }), 'text/plain', 'blob'],
    ['a query', new URLSearchParams({ a: 'b' }), expect.stringMatching(/urlencoded/), 'a=b'],
    ['a stream', new Blob(['stream']).stream(), undefined, 'stream'],
  ])('%s is sent as it is in jira.js', async (_, body, type, sent) => {
    await jiraClient(jira()).sendRequest({ url: '/x', method: 'POST', body });
    expect(recorded.requests[0]?.headers['content-type']).toEqual(type);
    expect(recorded.requests[0]?.body).toBe(sent);
  });

  test('headers of the client and of a call are sent, in any case, and never in place of the token', async () => {
    const client = jiraClient(jira(), { headers: { 'X-One': 'client', Accept: 'text/csv' } });
    await client.sendRequest({
      url: '/x',
      headers: { 'x-one': 'call', Authorization: 'JWT other' },
    });
    const [sent] = recorded.requests;
    expect(sent?.headers).toMatchObject({ 'x-one': 'call', accept: 'text/csv' });
    expect(sent?.claims).toMatchObject({ iss: 'my-app' });
  });

  test('no content, no body and a text are given as jira.js gives them', async () => {
    const client = jiraClient(jira());
    answerWith(204, '');
    expect(await client.sendRequest({ url: '/x' })).toBeUndefined();
    answerWith(200, '');
    expect(await client.sendRequest({ url: '/x' })).toBeUndefined();
    answerWith(200, 'no JSON');
    expect(await client.sendRequest({ url: '/x' })).toBe('no JSON');
    answerWith(200, '<html>', { 'content-type': 'text/html' });
    expect(await client.sendRequest({ url: '/x' })).toBeUndefined();
  });

  test.each([
    [401, AuthError],
    [403, ForbiddenError],
    [404, NotFoundError],
    [400, ApiError],
    [418, ApiError],
    [503, ApiError],
    [302, ApiError],
  ])(
    '%i is the error of jira.js, with the JiraApiError as its cause',
    async (status, ErrorClass) => {
      const said = { errorMessages: ['No, because.'], errors: {} };
      answerWith(status, said, { location: '/elsewhere' });
      const error = await errorOf(getCurrentUser(jiraClient(jira())));
      expect(error).toBeInstanceOf(ErrorClass);
      expect(isApiError(error)).toBe(true);
      expect(error).toMatchObject({ status, body: said });
      expect(causeOf(error)).toMatchObject({
        ...{ status, method: 'GET', path: '/rest/api/3/myself' },
        errorMessages: ['No, because.'],
      });
    },
  );

  test('a refused secret is diagnosed, and no token stands in the error', async () => {
    recorded.sharedSecret = 'another-secret';
    try {
      const error = await errorOf(getCurrentUser(jiraClient(jira())));
      expect(causeOf(error).diagnosis).toBeDefined();
      expect(`${JSON.stringify(error)} ${error}`).not.toMatch(/eyJ|secret-1/);
    } finally {
      recorded.sharedSecret = 'secret-1';
    }
  });

  test('an answer that quotes the token does not carry it into the error', async () => {
    recorded.answer = (request, response) =>
      response.writeHead(400).end(JSON.stringify({ message: request.headers.authorization }));
    const error = await errorOf(getCurrentUser(jiraClient(jira())));
    expect(JSON.stringify(error)).toContain('[token]');
    expect(JSON.stringify(error)).not.toContain('eyJ');
  });

  test('a missing scope is the ScopeError of jira.js', async () => {
    answerWith(401, { code: 401, message: 'Unauthorized; scope does not match' });
    expect(await errorOf(getCurrentUser(jiraClient(jira())))).toBeInstanceOf(ScopeError);
  });

  test('a rate limit says how long to wait', async () => {
    answerWith(429, '', { 'retry-after': '7' });
    const error = await errorOf(getCurrentUser(jiraClient(jira())));
    expect(isRateLimitError(error) && error.retryAfterMs).toBe(7000);
  });

  test('an answer as if to nobody is an AuthError, although its status is 200', async () => {
    answerWith(200, {}, { 'x-seraph-loginreason': 'AUTHENTICATED_FAILED' });
    const error = await errorOf(getCurrentUser(jiraClient(jira())));
    expect(error).toBeInstanceOf(AuthError);
    expect(causeOf(error).code).toBe('JIRA_CREDENTIAL_IGNORED');
  });

  test('a connection that breaks is the NetworkError of jira.js', async () => {
    recorded.answer = (request) => request.socket.destroy();
    const error = await errorOf(getCurrentUser(jiraClient(jira())));
    expect(isNetworkError(error) && error.transient).toBe(true);
    expect(causeOf(error).code).toBe('JIRA_UNREACHABLE');
  });

  test('an answer that breaks off in its body is one, too', async () => {
    recorded.answer = (_, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
      response.write('{"accountId":');
      setTimeout(() => response.destroy(), 20);
    };
    expect(await errorOf(getCurrentUser(jiraClient(jira())))).toBeInstanceOf(NetworkError);
  });

  test('a call ends with its time, also while its body is read', async () => {
    recorded.answer = (_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.write('{"accountId":');
    };
    const error = await errorOf(getCurrentUser(jiraClient(jira(), { timeoutMs: 60 })));
    expect(error).toBeInstanceOf(NetworkError);
    expect(causeOf(error).code).toBe('JIRA_TIMEOUT');
  });

  test('a call ends with the signal of its client, with its reason', async () => {
    recorded.answer = () => {};
    const stop = new AbortController();
    const call = errorOf(getCurrentUser(jiraClient(jira(), { signal: stop.signal })));
    setTimeout(() => stop.abort(new Error('The user left.')), 20);
    expect(await call).toMatchObject({ message: 'The user left.' });
  });

  describe('an answer that its schema does not describe', () => {
    beforeEach(() => answerWith(200, { accountId: 7, active: 'very' }));
    const complaints = [
      { path: 'accountId', expected: 'string', received: 'number' },
      { path: 'active', expected: 'boolean', received: 'string' },
    ];

    test("is an error with 'throw', that names fields and types and no values", async () => {
      const client = jiraClient(jira(), { onSchemaMismatch: 'throw' });
      const error = await errorOf(getCurrentUser(client));
      expect(error).toBeInstanceOf(SchemaMismatchError);
      expect((error as SchemaMismatchError).report).toEqual({
        endpoint: 'GET /rest/api/3/myself',
        issues: complaints,
      });
    });

    test('is given to a function, and then as it is to the caller', async () => {
      const onSchemaMismatch = vi.fn();
      const answer = await getCurrentUser(jiraClient(jira(), { onSchemaMismatch }));
      expect(answer).toEqual({ accountId: 7, active: 'very' });
      expect(onSchemaMismatch).toHaveBeenCalledExactlyOnceWith(
        expect.objectContaining({ issues: complaints }),
      );
    });

    test("is said once on stderr by default, and not at all with 'silent'", async () => {
      const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
      try {
        await getCurrentUser(jiraClient(jira(), { onSchemaMismatch: 'silent' }));
        expect(warn).not.toHaveBeenCalled();
        for (const _ of [1, 2]) await getCurrentUser(jiraClient(jira()));
        expect(warn).toHaveBeenCalledTimes(2);
        expect(warn.mock.calls.flat().join()).toContain('accountId');
      } finally {
        warn.mockRestore();
      }
    });

    test('is told by the field that is wrong, where elements of a list are', async () => {
      answerWith(200, { values: ['a', 1, null], total: 3 });
      const onSchemaMismatch = vi.fn();
      await getAllLabels(jiraClient(jira(), { onSchemaMismatch }));
      expect(onSchemaMismatch.mock.calls[0]?.[0].issues).toEqual([
        { path: 'values.1', expected: 'string', received: 'number' },
        { path: 'values.2', expected: 'string', received: 'null' },
      ]);
    });

    test('is an error where it is no JSON at all', async () => {
      answerWith(200, '<html>', { 'content-type': 'text/html' });
      const error = await errorOf(getCurrentUser(jiraClient(jira())));
      expect(error).toBeInstanceOf(SchemaMismatchError);
    });
  });

  test('a dropped DELETE that was carried out is no error at the second try', async () => {
    let tries = 0;
    recorded.answer = (request, response) => {
      tries += 1;
      if (tries === 1) request.socket.destroy();
      else response.writeHead(404).end();
    };
    const client = createJiraClient({
      credentials: { siteUrl: recorded.origin, appKey: 'my-app', sharedSecret: 'secret-1' },
    });
    const cloud = createCloudClient(jiraClient(client));
    await cloud.issues.deleteIssue({ issueIdOrKey: 'XX-1' });
    expect(tries).toBe(2);
  });
});

describe('on a sandbox', () => {
  let onSite: AppOnSite;
  beforeAll(async () => {
    onSite = await startAppOnSite();
  });
  afterAll(() => onSite.close());

  test('attachments go up and come down, past the host that keeps them', async () => {
    const cloud = createCloudClient(onSite.client({ onSchemaMismatch: 'throw' }));
    const content = 'A text of a file, with an ä.';
    const [attachment] = await cloud.issueAttachments.addAttachment({
      issueIdOrKey: 'XX-21',
      attachments: { filename: 'note.txt', content },
    });
    const id = attachment?.id ?? '';
    expect(attachment).toMatchObject({ filename: 'note.txt', mimeType: 'text/plain' });
    const bytes = await cloud.issueAttachments.getAttachmentContent({ id });
    expect(new TextDecoder().decode(bytes as Uint8Array)).toBe(content);
    await cloud.issueAttachments.removeAttachment({ id });
    const error = await errorOf(cloud.issueAttachments.getAttachmentContent({ id }));
    expect(isNotFoundError(error)).toBe(true);
  });

  test('a person that the app acts for may do no more than the person', async () => {
    const cloud = createCloudClient(onSite.clientAs(1));
    expect(await cloud.myself.getCurrentUser()).toMatchObject({ displayName: 'Robin Reader' });
    const error = await errorOf(
      cloud.issues.editIssue({ issueIdOrKey: 'XX-21', fields: { summary: 'Taken over' } }),
    );
    expect(isApiError(error) && error.status).toBe(400);
    expect(causeOf(error).errors).toHaveProperty('summary');
  });

  test('an issue that is not there is the NotFoundError of jira.js', async () => {
    const error = await errorOf(getIssue(onSite.client(), { issueIdOrKey: 'XX-99' }));
    expect(isNotFoundError(error)).toBe(true);
  });

  test('an installation that is unknown stays our own error', async () => {
    const client = jiraClient(onSite.app, 'nobody');
    expect(await errorOf(getCurrentUser(client))).toMatchObject({ code: 'INSTALLATION_UNKNOWN' });
  });

  test('an option that nobody knows is refused, and so is what is no client', () => {
    const codeOf = (make: () => unknown) => {
      try {
        return make();
      } catch (error) {
        return isConfigError(error) ? error.code : error;
      }
    };
    const unknown = { onSchemaMissmatch: 'throw' } as never;
    expect(codeOf(() => onSite.client(unknown))).toBe('CONFIG_OPTION_UNKNOWN');
    expect(codeOf(() => jiraClient(onSite.app as never))).toBe('CONFIG_OPTION_INVALID');
  });
});
