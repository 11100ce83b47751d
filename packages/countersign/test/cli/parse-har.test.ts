import { expect, test } from 'vitest';
import { parseHar, pickRequest } from '../../src/cli/parse-har.ts';
import { looksLikeHttp, parseHttp } from '../../src/cli/parse-http.ts';

const TOKEN = 'eyJ0eXAiOiJKV1QifQ.eyJpc3MiOiJhIn0.c2ln';
const SITE = 'https://example.atlassian.net';

function entry(path: string, status: number, headers: Record<string, string> = {}) {
  return {
    startedDateTime: '2026-11-24T09:30:00.000Z',
    request: {
      method: 'PUT',
      url: SITE + path,
      headers: Object.entries(headers).map(([name, value]) => ({ name, value })),
      postData: { mimeType: 'application/json', text: '{"a":1}' },
    },
    response: {
      status,
      headers: [{ name: 'date', value: 'Tue, 24 Nov 2026 09:35:00 GMT' }],
      content: { text: 'Client must be authenticated to access this resource.' },
    },
  };
}

const authorization = { Authorization: `JWT ${TOKEN}` };

test('reads what was sent, when, and what was answered', () => {
  const [request] =
    parseHar(JSON.stringify({ log: { entries: [entry('/x', 401, authorization)] } })) ?? [];
  expect(request).toEqual({
    kind: 'har',
    credential: `Authorization: JWT ${TOKEN}`,
    method: 'PUT',
    url: `${SITE}/x`,
    body: '{"a":1}',
    serverDate: 'Tue, 24 Nov 2026 09:35:00 GMT',
    sentAt: Date.UTC(2026, 10, 24, 9, 30),
    status: 401,
    answerHeaders: [['date', 'Tue, 24 Nov 2026 09:35:00 GMT']],
    answerText: 'Client must be authenticated to access this resource.',
    notes: [],
    entry: { number: 1, of: 1 },
  });
});

test('picks the first that was refused and has a token', () => {
  const entries = [
    entry('/image', 404),
    entry('/good', 200, authorization),
    entry('/refused', 401, authorization),
    entry('/later', 403, authorization),
  ];
  const requests = parseHar(JSON.stringify({ log: { entries } })) ?? [];
  expect(pickRequest(requests)).toMatchObject({
    url: `${SITE}/refused`,
    entry: { number: 3, of: 4 },
  });
  expect(pickRequest(requests.slice(0, 2))).toMatchObject({ url: `${SITE}/good` });
  expect(pickRequest([...requests.slice(0, 1), ...requests.slice(0, 1)])).toBeUndefined();
});

test('a HAR of a browser that left the header out says so', () => {
  const requests = parseHar(JSON.stringify({ log: { entries: [entry('/x', 401)] } })) ?? [];
  expect(pickRequest(requests)?.notes.join()).toContain('with sensitive data');
});

test('takes a log, a list of entries or a single one', () => {
  const one = entry('/x', 401, authorization);
  for (const value of [{ log: { entries: [one] } }, { entries: [one] }, [one], one]) {
    expect(parseHar(JSON.stringify(value))).toHaveLength(1);
  }
  expect(parseHar(`\u{feff}${JSON.stringify([one])}`)).toHaveLength(1);
});

test.each(['', '{', '{}', '[]', '{"log":1}', '"text"', 'null', '[1,2]', '{"a":{"b":[]}}'])(
  'no HAR: %s',
  (text) => expect(parseHar(text)).toBeUndefined(),
);

test.each([
  '{"log":{"entries":[null,1,{},{"request":1},{"request":{"url":5}}]}}',
  '{"log":{"entries":[{"request":{"url":"x","headers":[null,{"name":1}]},"response":null}]}}',
])('a broken HAR is read as far as it goes: %s', (text) => {
  expect(() => parseHar(text)).not.toThrow();
});

test('a request as curl -v shows it', () => {
  const text = `* Connected to example.atlassian.net
> PUT /rest/api/3/issue/XX-21?a=b HTTP/2
> Host: example.atlassian.net
> Authorization: JWT ${TOKEN}
> content-type: application/json
>
< HTTP/2 401
< date: Tue, 24 Nov 2026 09:35:00 GMT
< www-authenticate: OAuth realm="https%3A%2F%2Fexample.atlassian.net"`;
  expect(looksLikeHttp(text)).toBe(true);
  expect(parseHttp(text)).toMatchObject({
    kind: 'http',
    credential: `Authorization: JWT ${TOKEN}`,
    method: 'PUT',
    url: `${SITE}/rest/api/3/issue/XX-21?a=b`,
    serverDate: 'Tue, 24 Nov 2026 09:35:00 GMT',
    status: 401,
  });
});

test('a request as it goes over the wire', () => {
  const text = `GET /x HTTP/1.1\r\nAuthorization: Bearer ${TOKEN}\r\nAccept: */*\r\n\r\n`;
  expect(looksLikeHttp(text)).toBe(true);
  expect(parseHttp(text)).toMatchObject({
    method: 'GET',
    url: '/x',
    credential: `Authorization: Bearer ${TOKEN}`,
  });
  expect(looksLikeHttp('Authorization: JWT x')).toBe(false);
});
