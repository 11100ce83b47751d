import { describe, expect, test } from 'vitest';
import { looksLikeCurl, parseCurl, parseCurlWords } from '../../src/cli/parse-curl.ts';

const TOKEN = 'eyJ0eXAiOiJKV1QifQ.eyJpc3MiOiJhIn0.c2ln';
const SITE = 'https://example.atlassian.net';

type Request = ReturnType<typeof parseCurl>;
type Expected = { [Name in keyof Request]?: Request[Name] | undefined };
const cases: [name: string, command: string, expected: Expected][] = [
  [
    'single quotes',
    `curl -H 'Authorization: JWT ${TOKEN}' '${SITE}/rest/api/3/myself'`,
    { method: 'GET', url: `${SITE}/rest/api/3/myself`, credential: `Authorization: JWT ${TOKEN}` },
  ],
  [
    'double quotes with escapes',
    `curl -H "X-Note: a \\"b\\" \\\\ c" -H "authorization:JWT ${TOKEN}" "${SITE}/x?a=1&b=2"`,
    { url: `${SITE}/x?a=1&b=2`, credential: `Authorization: JWT ${TOKEN}` },
  ],
  [
    'a command over several lines, with Windows line ends',
    `curl \\\r\n  --request PUT \\\r\n  --url ${SITE}/x \\\r\n  --header 'Authorization: JWT ${TOKEN}'`,
    { method: 'PUT', url: `${SITE}/x`, credential: `Authorization: JWT ${TOKEN}` },
  ],
  [
    "$'…' with escapes, as browsers write it",
    `curl '${SITE}/x' --data-raw $'{"a":"it\\'s \\u0021\\n\\x41\\101"}'`,
    { method: 'POST', body: '{"a":"it\'s !\nAA"}' },
  ],
  ['pieces in different quotes', `curl ${SITE}/'a'"b"c`, { url: `${SITE}/abc` }],
  ['short options together', `curl -sSLX DELETE ${SITE}/x`, { method: 'DELETE', url: `${SITE}/x` }],
  ['a value in the same word', `curl -XPUT -d'{}' ${SITE}/x`, { method: 'PUT', body: '{}' }],
  ['-o takes a value', `curl -so /dev/null ${SITE}/x`, { url: `${SITE}/x` }],
  ['data makes it a POST', `curl ${SITE}/x -d a=1 -d b=2`, { method: 'POST', body: 'a=1&b=2' }],
  [
    '--json makes it a POST',
    `curl --json '{"a":1}' ${SITE}/x`,
    { method: 'POST', body: '{"a":1}' },
  ],
  ['-F makes it a POST', `curl -F file=@a.png ${SITE}/x`, { method: 'POST' }],
  ['-T makes it a PUT', `curl -T a.txt ${SITE}/x`, { method: 'PUT' }],
  ['-I makes it a HEAD', `curl -I ${SITE}/x`, { method: 'HEAD' }],
  [
    '-G puts the data into the URL',
    `curl -G ${SITE}/search --data-urlencode 'jql=a = "b c"' -d fields=x`,
    { method: 'GET', url: `${SITE}/search?jql=a+%3D+%22b+c%22&fields=x`, body: undefined },
  ],
  ['-G keeps a query', `curl -G '${SITE}/x?a=1' -d b=2`, { url: `${SITE}/x?a=1&b=2` }],
  ['--url-query', `curl ${SITE}/x --url-query 'a=b c'`, { url: `${SITE}/x?a=b+c` }],
  ['no scheme', 'curl example.com/x', { url: 'http://example.com/x' }],
  [
    'a login',
    `curl -u me@example.com:pass ${SITE}/x`,
    { credential: 'Authorization: Basic bWVAZXhhbXBsZS5jb206cGFzcw==' },
  ],
  [
    'a header goes before a login',
    `curl -u a:b -H 'Authorization: JWT ${TOKEN}' ${SITE}/x`,
    { credential: `Authorization: JWT ${TOKEN}` },
  ],
  [
    '--oauth2-bearer',
    `curl --oauth2-bearer ${TOKEN} ${SITE}/x`,
    { credential: `Authorization: Bearer ${TOKEN}` },
  ],
  [
    'two headers',
    `curl -H 'Authorization: JWT ${TOKEN}' -H 'Authorization: Basic YTpi' ${SITE}/x`,
    { credential: `Authorization: JWT ${TOKEN}, Basic YTpi` },
  ],
  [
    'a login in the URL',
    'curl https://me:p%40ss@example.com/x',
    { credential: 'Authorization: Basic bWU6cEBzcw==' },
  ],
  [
    'no login beside an empty header',
    `curl -u a:b -H 'Authorization:' ${SITE}/x`,
    { credential: '' },
  ],
  ['dots in the path', `curl '${SITE}/a/../b/./c/..?d=/../e'`, { url: `${SITE}/b/?d=/../e` }],
  ['dots that stay', `curl --path-as-is ${SITE}/a/../b`, { url: `${SITE}/a/../b` }],
  ['a body in a file', `curl -d@body.json ${SITE}/x`, { method: 'POST', body: undefined }],
  ['a header that is taken away', `curl -H 'Authorization:' ${SITE}/x`, { credential: '' }],
  ['a token in the URL', `curl '${SITE}/x?jwt=${TOKEN}'`, { credential: `${SITE}/x?jwt=${TOKEN}` }],
  ['a prompt and a variable before it', `$ FOO=1 sudo curl ${SITE}/x`, { url: `${SITE}/x` }],
  [
    'what is behind a pipe is not of it',
    `curl ${SITE}/x | jq '.a'`,
    { url: `${SITE}/x`, notes: [] },
  ],
  ['a redirection', `curl ${SITE}/x 2>/dev/null > out.json`, { url: `${SITE}/x`, notes: [] }],
  ['a path to curl', `/usr/bin/curl ${SITE}/x`, { url: `${SITE}/x` }],
  [
    'a PowerShell line end',
    `curl.exe -H "Authorization: JWT ${TOKEN}" \`\n  ${SITE}/x`,
    { url: `${SITE}/x`, credential: `Authorization: JWT ${TOKEN}` },
  ],
  [
    'the cmd of Windows, as browsers write it',
    `curl ^"${SITE}/x?a=1^&b=2^" ^\r\n  -X ^"PUT^" ^\r\n  -H ^"Authorization: JWT ${TOKEN}^" ^\r\n  --data-raw ^"^{^\\^"a^\\^":1^}^"`,
    {
      method: 'PUT',
      url: `${SITE}/x?a=1&b=2`,
      credential: `Authorization: JWT ${TOKEN}`,
      body: '{"a":1}',
    },
  ],
  [
    'the cmd of Windows, by hand',
    `curl -X PUT ^\n -H "Authorization: JWT ${TOKEN}" ^\n -d "{\\"a\\":\\"^^\\"}" "${SITE}/x?a=1&b=2"`,
    { method: 'PUT', url: `${SITE}/x?a=1&b=2`, body: '{"a":"^"}' },
  ],
];

test.each(cases)('%s', (_name, command, expected) => {
  expect(looksLikeCurl(command)).toBe(true);
  const request = parseCurl(command);
  expect(request).toMatchObject(
    Object.fromEntries(Object.entries(expected).filter(([, value]) => value !== undefined)),
  );
  for (const [name, value] of Object.entries(expected)) {
    if (value === undefined) expect(request).not.toHaveProperty(name);
  }
});

describe('what the shell would do', () => {
  test('an & outside quotes ends the command, and a note says so', () => {
    const { url, notes } = parseCurl(`curl ${SITE}/x?a=1&b=2`);
    expect(url).toBe(`${SITE}/x?a=1`);
    expect(notes.join()).toContain('Put quotes around the URL');
  });

  test('variables are named where only the shell can fill them in', () => {
    const { variables } = parseCurl(`curl -H "Authorization: JWT $TOKEN" "${'$'}{SITE}/x"`);
    expect(variables).toEqual(['$TOKEN', `${'$'}{SITE}`]);
  });

  test('in single quotes there is no variable: it was sent like that', () => {
    const { variables, credential } = parseCurl(`curl -H 'Authorization: JWT $TOKEN' ${SITE}/x`);
    expect(variables).toBeUndefined();
    expect(credential).toBe('Authorization: JWT $TOKEN');
  });

  test('words that were split already are taken as they are', () => {
    const request = parseCurlWords(['curl', '-H', `Authorization: JWT ${TOKEN}`, `${SITE}/a b&c`]);
    expect(request).toMatchObject({
      url: `${SITE}/a b&c`,
      credential: `Authorization: JWT ${TOKEN}`,
    });
  });

  test('a body in a file is not known, and a note says so', () => {
    const { body, notes } = parseCurl(`curl -d @body.json ${SITE}/x`);
    expect(body).toBeUndefined();
    expect(notes).toHaveLength(1);
  });

  test('--data-raw has no files', () => {
    expect(parseCurl(`curl --data-raw @body ${SITE}/x`).body).toBe('@body');
  });

  test('a quote that is never closed', () => {
    expect(parseCurl(`curl '${SITE}/x`)).toMatchObject({
      url: `${SITE}/x`,
      notes: ["A ' is never closed."],
    });
  });
});

test.each(['', 'curly', 'eyJ0eXAi.x.y', 'Authorization: JWT x', 'GET https://curl.example.com/x'])(
  'no curl command: %j',
  (text) => expect(looksLikeCurl(text)).toBe(false),
);
