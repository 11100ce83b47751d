import { execFile } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { mkdtemp, open, rm, truncate, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { isConfigError, isJiraApiError } from '../../src/index.ts';
import { type AttachmentFile, attachFiles } from '../../src/jira/attachments.ts';
import { createJiraClient, type JiraClient } from '../../src/jira/index.ts';
import { close, listen } from '../connect/atlassian-host.ts';
import { type RecordingSite, startRecordingSite } from './recording-site.ts';

let site: RecordingSite;
let jira: JiraClient;
let folder: string;

beforeAll(async () => {
  site = await startRecordingSite();
  folder = await mkdtemp(join(tmpdir(), 'countersign-attach-'));
});
afterAll(async () => {
  await site.close();
  await rm(folder, { recursive: true });
});
beforeEach(() => {
  site.requests.length = 0;
  site.answer = (_request, response) => response.end('[{"id":"10001","filename":"x"}]');
  jira = clientOf(site.origin);
});

function clientOf(siteUrl: string): JiraClient {
  return createJiraClient({
    credentials: { siteUrl, appKey: 'panel-app', sharedSecret: 'secret-1' },
  });
}

async function fileOf(name: string, content: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

/** What arrived, as a receiver that knows nothing of our encoder reads it. */
async function arrived(): Promise<{ name: string; type: string; text: string }[]> {
  const { body, headers } = site.requests.at(-1) ?? expect.fail('nothing arrived');
  const type = headers['content-type'] ?? '';
  const form = await new Response(body, { headers: { 'content-type': type } }).formData();
  expect([...new Set(form.keys())]).toEqual(['file']);
  return Promise.all(
    form.getAll('file').map(async (part) => {
      if (typeof part === 'string') return expect.fail(`no file, but the text ${part}`);
      return { name: part.name, type: part.type, text: await part.text() };
    }),
  );
}

async function failureOf(promise: Promise<unknown>): Promise<Error> {
  return promise.then(
    () => expect.fail('it did not fail'),
    (error: Error) => error,
  );
}

async function* pieces(...texts: (string | Uint8Array)[]): AsyncGenerator<string | Uint8Array> {
  yield* texts;
}

describe('a file', () => {
  test('is read from its path, with the header that Jira asks for', async () => {
    const path = await fileOf('report.txt', 'all is well');
    expect(await attachFiles(jira, 'XX-21', path)).toEqual([{ id: '10001', filename: 'x' }]);
    const { method, target, headers } = site.requests[0] ?? expect.fail();
    expect([method, target]).toEqual(['POST', '/rest/api/3/issue/XX-21/attachments']);
    expect(headers['x-atlassian-token']).toBe('no-check');
    expect(headers['transfer-encoding']).toBeUndefined();
    expect(site.requests[0]?.claims).not.toHaveProperty('refused');
    expect(await arrived()).toEqual([
      { name: 'report.txt', type: 'application/octet-stream', text: 'all is well' },
    ]);
  });

  const bytes = new TextEncoder().encode('x text y');
  test.each<[string, (path: string) => Exclude<AttachmentFile, string | URL>, boolean]>([
    ['a path with a name', (path) => ({ path, name: 'n', type: 'text/plain' }), true],
    ['a file URL', (path) => ({ path: pathToFileURL(path), name: 'n', type: 'text/plain' }), true],
    ['text', () => ({ data: 'text', name: 'n', type: 'text/plain' }), true],
    ['a Buffer', () => ({ data: Buffer.from('text'), name: 'n', type: 'text/plain' }), true],
    [
      'a part of a buffer',
      () => ({ data: bytes.subarray(2, 6), name: 'n', type: 'text/plain' }),
      true,
    ],
    [
      'a DataView',
      () => ({ data: new DataView(bytes.buffer, 2, 4), name: 'n', type: 'text/plain' }),
      true,
    ],
    [
      'an ArrayBuffer',
      () => ({ data: bytes.slice(2, 6).buffer, name: 'n', type: 'text/plain' }),
      true,
    ],
    ['a Blob', () => ({ data: new Blob(['te', 'xt'], { type: 'text/plain' }), name: 'n' }), true],
    [
      'a stream of node',
      (path) => ({ data: createReadStream(path), name: 'n', type: 'text/plain' }),
      false,
    ],
    [
      'a stream of the web',
      () => ({ data: new Blob(['text']).stream(), name: 'n', type: 'text/plain' }),
      false,
    ],
    [
      'a generator',
      () => ({ data: pieces('te', Buffer.from('xt')), name: 'n', type: 'text/plain' }),
      false,
    ],
    [
      'a stream whose size is known',
      () => ({ data: pieces('te', 'xt'), name: 'n', type: 'text/plain', size: 4 }),
      true,
    ],
  ])('is %s', async (_, make, isLengthKnown) => {
    await attachFiles(jira, '10021', make(await fileOf('source.txt', 'text')));
    expect(await arrived()).toEqual([{ name: 'n', type: 'text/plain', text: 'text' }]);
    const { headers, body } = site.requests[0] ?? expect.fail();
    expect(headers['transfer-encoding']).toBe(isLengthKnown ? undefined : 'chunked');
    expect(headers['content-length']).toBe(
      isLengthKnown ? String(Buffer.byteLength(body)) : undefined,
    );
  });

  test.each([
    ['quotes', 'the "final" one.txt'],
    ['letters of the world', 'größe-図-🙂.txt'],
    ['line breaks', 'a\r\nContent-Type: text/html\r\n\r\n.txt'],
    ['a backslash', 'a\\b.txt'],
  ])('may have a name with %s', async (_, name) => {
    await attachFiles(jira, 'XX-21', { data: 'text', name });
    expect(await arrived()).toEqual([{ name, type: 'application/octet-stream', text: 'text' }]);
  });

  test('may be empty, and may be one of several', async () => {
    const files = [
      { data: '', name: 'empty' },
      await fileOf('none.txt', ''),
      { data: 'b', name: 'b' },
    ];
    await attachFiles(jira, 'XX-21', files);
    const texts = (await arrived()).map(({ name, text }) => [name, text]);
    expect(texts).toEqual([
      ['empty', ''],
      ['none.txt', ''],
      ['b', 'b'],
    ]);
  });

  test('that grows while it is sent is sent as it was', async () => {
    const path = await fileOf('log.txt', 'one line');
    await attachFiles(jira, 'XX-21', [
      {
        data: (async function* () {
          await writeFile(path, ', and another', { flag: 'a' });
          yield 'x';
        })(),
        name: 'first',
      },
      path,
    ]);
    expect((await arrived()).map(({ text }) => text)).toEqual(['x', 'one line']);
  });
});

describe('an upload', () => {
  test('of files that can be read again is tried again with all of them', async () => {
    let refused = false;
    site.answer = (_request, response) => {
      if (refused) return response.end('[]');
      refused = true;
      response.writeHead(429, { 'retry-after': '0' }).end();
    };
    const path = await fileOf('again.txt', 'again');
    await attachFiles(jira, 'XX-21', [path, { data: Buffer.from('buffer'), name: 'b' }]);
    expect(site.requests).toHaveLength(2);
    expect((await arrived()).map(({ text }) => text)).toEqual(['again', 'buffer']);
    expect(site.requests[1]?.claims).not.toHaveProperty('refused');
  });

  test('of a stream is not tried again: it is gone', async () => {
    site.answer = (_request, response) => response.writeHead(429, { 'retry-after': '0' }).end();
    const error = await failureOf(
      attachFiles(jira, 'XX-21', { data: pieces('once'), name: 'stream' }),
    );
    expect(error).toMatchObject({ code: 'JIRA_RATE_LIMITED' });
    expect(site.requests).toHaveLength(1);
  });

  test.each([
    [403, 'XSRF check failed', 'JIRA_FORBIDDEN', 'CS-XSRF'],
    [413, '{"errorMessages":["The attachment is too large"]}', 'JIRA_UNEXPECTED_STATUS', undefined],
    [404, '{"errorMessages":["Issue does not exist"]}', 'JIRA_NOT_FOUND', expect.any(String)],
  ])('that Jira answers with %i says so', async (status, body, code, cause) => {
    site.answer = (_request, response) => response.writeHead(status).end(body);
    const error = await failureOf(attachFiles(jira, 'XX-21', { data: 'x', name: 'x' }));
    if (!isJiraApiError(error)) return expect.fail(`${error}`);
    expect(error).toMatchObject({
      ...{ code, status, method: 'POST', path: '/rest/api/3/issue/XX-21/attachments' },
      message: expect.stringContaining('/rest/api/3/issue/XX-21/attachments'),
    });
    if (cause !== undefined) expect(error.diagnosis?.cause).toEqual(cause);
    if (status === 413) expect(error.hint).toContain('uploadLimit');
  });

  test.each(['<html>', '{"id":"1"}'])('that is answered with %s is no list', async (body) => {
    site.answer = (_request, response) => response.end(body);
    const error = await failureOf(attachFiles(jira, 'XX-21', { data: 'x', name: 'x' }));
    expect(error).toMatchObject({ code: 'JIRA_ANSWER_INVALID' });
  });

  test('ends with its signal, and closes the file', async () => {
    const controller = new AbortController();
    const reason = new Error('the user left');
    let ended = false;
    const endless = async function* () {
      try {
        for (;;) {
          yield Buffer.alloc(1000);
          await new Promise((resolve) => setTimeout(resolve, 1));
        }
      } finally {
        ended = true;
      }
    };
    setTimeout(() => controller.abort(reason), 30);
    const error = await failureOf(
      attachFiles(jira, 'XX-21', { data: endless(), name: 'x' }, { signal: controller.signal }),
    );
    expect(error).toBe(reason);
    await expect.poll(() => ended).toBe(true);
  });

  test('passes on what the stream fails with', async () => {
    const failure = new Error('the bucket is gone');
    const failing = async function* () {
      yield 'a';
      throw failure;
    };
    const error = await failureOf(attachFiles(jira, 'XX-21', { data: failing(), name: 'x' }));
    expect(error).toBe(failure);
    const destroyed = new Readable({ read() {} });
    destroyed.push('a');
    setTimeout(() => destroyed.destroy(failure), 5);
    const other = await failureOf(attachFiles(jira, 'XX-21', { data: destroyed, name: 'x' }));
    expect(other).toBe(failure);
  });
});

describe('what cannot be attached', () => {
  test('is a file that is not there: the error names it', async () => {
    const path = join(folder, 'missing.txt');
    const error = await failureOf(attachFiles(jira, 'XX-21', path));
    if (!isConfigError(error)) return expect.fail(`${error}`);
    expect(error.code).toBe('CONFIG_OPTION_INVALID');
    expect(error.message).toContain(`${path} cannot be read (ENOENT)`);
    expect(error.hint).toContain(process.cwd());
    expect(error.cause).toMatchObject({ code: 'ENOENT' });
    expect(site.requests).toEqual([]);
  });

  test.each<[string, unknown, RegExp]>([
    ['a folder', tmpdir(), /is no file/],
    ['nothing', [], /no file is given/],
    ['a number', 7, /a path, or an object/],
    ['data without a name', { data: 'x' }, /needs a name/],
    ['data that is none', { data: { a: 1 }, name: 'x' }, /neither text, bytes/],
    ['a type with a line break', { data: 'x', name: 'x', type: 'a\r\nb: c' }, /media type/],
    ['a size that is none', { data: pieces('x'), name: 'x', size: -1 }, /number of bytes/],
    ['a stream that is shorter', { data: pieces('x'), name: 'x', size: 2 }, /not of the 2 bytes/],
    ['a stream that is longer', { data: pieces('xyz'), name: 'x', size: 2 }, /not of the 2 bytes/],
    ['a stream of objects', { data: pieces({} as never), name: 'x' }, /besides bytes and text/],
  ])('is %s', async (_, files, message) => {
    const error = await failureOf(attachFiles(jira, 'XX-21', files as AttachmentFile));
    expect(error).toMatchObject({ code: 'CONFIG_OPTION_INVALID' });
    expect(error.message).toMatch(message);
  });

  test('is a file that becomes shorter while it is sent', async () => {
    const path = await fileOf('shrinks.txt', 'x'.repeat(1000));
    const error = await failureOf(
      attachFiles(jira, 'XX-21', [
        {
          data: (async function* () {
            await truncate(path, 10);
            yield 'x';
          })(),
          name: 'first',
        },
        path,
      ]),
    );
    expect(error.message).toMatch(/shrinks\.txt became shorter/);
  });

  test('is anything to what is no issue, or with an unknown option', async () => {
    const file = { data: 'x', name: 'x' };
    expect(await failureOf(attachFiles(jira, '../user', file))).toMatchObject({
      code: 'JIRA_URL_REFUSED',
    });
    const misspelt = [
      attachFiles(jira, 'XX-1', file, { timeout: 5 } as never),
      attachFiles(jira, 'XX-1', { ...file, filename: 'y' } as never),
      attachFiles(jira, 'XX-1', { path: 'x', filename: 'y' } as never),
    ];
    for (const call of misspelt) {
      expect(await failureOf(call)).toMatchObject({ code: 'CONFIG_OPTION_UNKNOWN' });
    }
    expect(site.requests).toEqual([]);
  });
});

test('a file of 200 MB is sent from disk without being held in memory', async () => {
  let received = 0;
  const count: RequestListener = (request: IncomingMessage, response) => {
    request.on('data', (chunk: Buffer) => {
      received += chunk.length;
    });
    request.on('end', () => response.end('[]'));
  };
  const sink = createServer(count);
  const origin = await listen(sink);
  const path = join(folder, 'large.bin');
  const size = 200 * 1024 * 1024;
  const file = await open(path, 'w');
  await file.truncate(size);
  await file.close();
  const module = (name: string) =>
    JSON.stringify(new URL(`../../src/jira/${name}`, import.meta.url));
  const script = `
    import { attachFiles } from ${module('attachments.ts')};
    import { createJiraClient } from ${module('index.ts')};
    const [siteUrl, path] = process.argv.slice(1);
    const jira = createJiraClient({ credentials: { siteUrl, appKey: 'a', sharedSecret: 'secret-1' } });
    await attachFiles(jira, 'XX-1', { data: 'x', name: 'warm' });
    const before = process.resourceUsage().maxRSS;
    await attachFiles(jira, 'XX-1', path);
    console.log(process.resourceUsage().maxRSS - before);
    process.exit();`;
  const { stdout } = await promisify(execFile)(process.execPath, [
    ...['--input-type=module', '-e', script, '--', origin, path],
  ]);
  await close(sink);
  expect(received).toBeGreaterThan(size);
  // In kB. Held as a whole, it would be more than 200,000.
  expect(Number(stdout)).toBeLessThan(100_000);
});
