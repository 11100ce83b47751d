import { expect, test } from 'vitest';
import type { Sandbox } from '../src/index.ts';
import { callSigned, send, startBoth } from './app.ts';

interface Page {
  issues: { id: string; key?: string; fields?: Record<string, unknown> }[];
  nextPageToken?: string;
  isLast: boolean;
}

function query(parameters: Record<string, string>): string {
  return `/rest/api/3/search/jql?${new URLSearchParams(parameters)}`;
}

async function keysOf(site: Sandbox, jql: string): Promise<(string | undefined)[]> {
  const answer = await callSigned(site, query({ jql, fields: 'summary' }));
  expect(answer.status).toBe(200);
  return ((await answer.json()) as Page).issues.map(({ key }) => key);
}

const searches: [jql: string, keys: string[]][] = [
  ['project = XX ORDER BY key', ['XX-1', 'XX-20', 'XX-21', 'XX-22']],
  ['project = "Example" order by key desc', ['XX-22', 'XX-21', 'XX-20', 'XX-1']],
  ['project = YY', []],
  ['key = XX-21', ['XX-21']],
  ['issuekey in (XX-1, "xx-22") ORDER BY key ASC', ['XX-1', 'XX-22']],
  ['project = XX AND key not in (XX-1, XX-20) ORDER BY key', ['XX-21', 'XX-22']],
  ["status = 'to do' ORDER BY key", ['XX-20', 'XX-21']],
  ['project = XX AND status != Done ORDER BY status DESC, key', ['XX-1', 'XX-20', 'XX-21']],
  ['summary ~ "site"', ['XX-21']],
  ['summary ~ "the location"', ['XX-21']],
  ['summary !~ the AND project = XX ORDER BY key', []],
  ['reporter = 5b10ac8d82e05b22cc7d4ef5 AND key = XX-1', ['XX-1']],
  ['assignee = currentUser()', []],
  ['project=XX AND key=XX-1', ['XX-1']],
  ['project = XX', ['XX-22', 'XX-21', 'XX-20', 'XX-1']],
  ['project = XX ORDER BY summary', ['XX-21', 'XX-1', 'XX-20', 'XX-22']],
];
for (const [jql, keys] of searches) {
  test(`finds: ${jql}`, async () => {
    const { site } = await startBoth();
    expect(await keysOf(site, jql)).toEqual(keys);
  });
}

const refused: [jql: string, message: string][] = [
  ['', 'Unbounded JQL queries are not allowed here.'],
  ['order by key', 'Unbounded JQL queries are not allowed here.'],
  ['project = ZZ', "The value 'ZZ' does not exist for the field 'project'."],
  ['key = XX-99', "An issue with key 'XX-99' does not exist for field 'key'."],
  ['status = Lost', "The value 'Lost' does not exist for the field 'status'."],
  ['assignee = nobody', "The value 'nobody' does not exist for the field 'assignee'."],
  ['colour = red', "Field 'colour' does not exist or you do not have permission to view it."],
  ['project = XX ORDER BY colour', "Field 'colour' does not exist"],
  ['summary = x', "The operator '=' is not supported by the 'summary' field."],
  ['project ~ x', "The operator '~' is not supported by the 'project' field."],
  ['project = XX OR project = YY', "the sandbox does not know the operator 'OR'"],
  ['project = XX key = XX-1', "Expecting either 'OR' or 'AND' but got 'key'"],
  ['project', 'Expecting an operator before the end'],
  ['project is XX', "Expecting an operator ('=', '!=', '~', '!~', 'in', 'not in') but got 'is'"],
  ['project =', 'Expecting a value before the end'],
  ['project = (XX)', "Expecting a value but got '('"],
  ['key in XX-1', "Expecting '(' but got 'XX-1'"],
  ['key in (XX-1', "Expecting ')' before the end"],
  ['project = XX AND', 'Expecting a field name before the end'],
  ['= XX', "Expecting a field name but got '='"],
  ['project = XX order key', "Expecting 'by'"],
  ['summary ~ "open', 'is a reserved JQL character'],
];
for (const [jql, message] of refused) {
  test(`refuses: ${jql || '(nothing)'}`, async () => {
    const { site } = await startBoth();
    const answer = await callSigned(site, query({ jql }));
    expect(answer.status).toBe(400);
    const { errorMessages } = (await answer.json()) as { errorMessages: string[] };
    expect(errorMessages[0]).toContain(message);
  });
}

test('pages follow each other by their token, which belongs to its query', async () => {
  const { site } = await startBoth();
  const jql = 'project = XX ORDER BY key';
  const read = async (more: Record<string, string>): Promise<Page> =>
    (await (await callSigned(site, query({ jql, maxResults: '3', ...more }))).json()) as Page;
  const first = await read({});
  expect(first).toMatchObject({ isLast: false });
  expect(first.issues).toHaveLength(3);
  expect(Object.keys(first.issues[0] ?? {})).toEqual(['id']);
  const nextPageToken = first.nextPageToken ?? '';
  const last = await read({ nextPageToken, fields: 'summary' });
  expect(last).toMatchObject({ isLast: true, issues: [{ key: 'XX-22' }] });
  expect(last).not.toHaveProperty('nextPageToken');
  for (const parameters of [
    { jql: 'project = YY', nextPageToken },
    { jql, nextPageToken: 'nonsense' },
    { jql, maxResults: 'many' },
  ]) {
    expect((await callSigned(site, query(parameters))).status).toBe(400);
  }
});

test('a POST searches too, and needs no more than the READ scope', async () => {
  const { site } = await startBoth({ scopes: ['READ'] });
  const target = '/rest/api/3/search/jql';
  const body = { jql: 'key = XX-21', fields: ['summary'], maxResults: 10 };
  const answer = await callSigned(site, target, { method: 'POST', body });
  expect(await answer.json()).toMatchObject({
    isLast: true,
    issues: [{ key: 'XX-21', fields: { summary: 'Find the site location' } }],
  });
  for (const wrong of [{ jql: 5 }, { jql: 'key = XX-21', fields: 'summary' }]) {
    expect((await callSigned(site, target, { method: 'POST', body: wrong })).status).toBe(400);
  }
});

test('an anonymous caller sees no project, so its name does not exist', async () => {
  const { site } = await startBoth();
  const answer = await send(site, query({ jql: 'project = XX' }));
  expect(answer.status).toBe(400);
});
