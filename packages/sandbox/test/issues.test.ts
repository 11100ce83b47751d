import { expect, test } from 'vitest';
import { callSigned, lastVerdict, type SignedCall, send, startBoth, startSite } from './app.ts';

const issue = '/rest/api/3/issue/XX-21';
const doneIssue = '/rest/api/3/issue/XX-22';
const both = 'overrideScreenSecurity=true&overrideEditableFlag=true';

function edit(fields: Record<string, unknown>, more: Record<string, unknown> = {}): SignedCall {
  return { method: 'PUT', body: { fields, ...more } };
}

function cannotBeSet(fieldId: string): string {
  return `Field '${fieldId}' cannot be set. It is not on the appropriate screen, or unknown.`;
}

function asPerson(index: number, site: Awaited<ReturnType<typeof startSite>>): string {
  const person = site.people[index];
  return `Basic ${Buffer.from(`${person?.emailAddress}:${person?.apiToken}`).toString('base64')}`;
}

test('an issue is read by key, by id, in either version, with the fields that were asked for', async () => {
  const { site } = await startBoth();
  const answer = await callSigned(site, issue);
  const body = (await answer.json()) as { id: string; fields: Record<string, unknown> };
  expect(body).toMatchObject({
    key: 'XX-21',
    self: `${site.url}/rest/api/3/issue/${body.id}`,
    fields: {
      summary: 'Find the site location',
      status: { name: 'To Do', statusCategory: { key: 'new' } },
      project: { key: 'XX', name: 'Example' },
      issuetype: { name: 'Task' },
      priority: { name: 'Medium' },
      description: { type: 'doc', version: 1 },
      reporter: { displayName: 'Alex Admin' },
      labels: [],
      customfield_10042: null,
    },
  });
  expect(body.fields.created).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+0000$/);

  const byId = await callSigned(site, `/rest/api/2/issue/${body.id}?fields=summary,description`);
  expect(await byId.json()).toMatchObject({
    key: 'XX-21',
    fields: {
      summary: 'Find the site location',
      description: 'The app should write it into "Site location".',
    },
  });
  const some = await callSigned(site, '/rest/api/3/issue/xx-21?fields=*all&fields=-description');
  expect(((await some.json()) as typeof body).fields).not.toHaveProperty('description');
  expect((await callSigned(site, '/rest/api/3/issue/XX-99')).status).toBe(404);
});

test('an edit stores the value, tells listeners and answers 204', async () => {
  const { site } = await startBoth();
  const updates: unknown[] = [];
  site.on('issue-updated', (update) => updates.push(update));
  const answer = await callSigned(site, issue, edit({ summary: 'New', customfield_10050: 5 }));
  expect(answer.status).toBe(204);
  expect(await answer.text()).toBe('');
  expect(site.issue('XX-21')?.fields).toMatchObject({ summary: 'New', customfield_10050: 5 });
  expect(updates).toEqual([
    {
      key: 'XX-21',
      accountId: site.apps[0]?.accountId,
      fields: ['summary', 'customfield_10050'],
    },
  ]);
});

test('returnIssue answers 200 with the issue', async () => {
  const { site } = await startBoth();
  const answer = await callSigned(site, `${issue}?returnIssue=true`, edit({ summary: 'New' }));
  expect(answer.status).toBe(200);
  expect(await answer.json()).toMatchObject({ key: 'XX-21', fields: { summary: 'New' } });
});

test('a field that is off the screen or unknown cannot be set, and then nothing is', async () => {
  const { site } = await startBoth();
  const wanted = { summary: 'New', customfield_10042: 'Oslo', customfield_1: 'x', status: 'Done' };
  const answer = await callSigned(site, issue, edit(wanted));
  expect(answer.status).toBe(400);
  expect(await answer.json()).toEqual({
    errorMessages: [],
    errors: {
      customfield_10042: cannotBeSet('customfield_10042'),
      customfield_1: cannotBeSet('customfield_1'),
      status: cannotBeSet('status'),
    },
  });
  expect(site.issue('XX-21')?.fields.summary).toBe('Find the site location');
  expect(lastVerdict(site).reason).toContain('signed by the app test-app. The answer says: Field');
});

test('with the ADMIN scope, overrideScreenSecurity sets a field that is off the screen', async () => {
  const { site } = await startBoth({ scopes: ['ADMIN'] });
  const target = `${issue}?overrideScreenSecurity=true`;
  const answer = await callSigned(site, target, edit({ customfield_10042: 'Oslo' }));
  expect(answer.status).toBe(204);
  expect(site.issue('XX-21')?.fields.customfield_10042).toBe('Oslo');
  const unknown = await callSigned(site, target, edit({ customfield_1: 'x', status: 'Done' }));
  expect(await unknown.json()).toMatchObject({
    errors: { customfield_1: cannotBeSet('customfield_1'), status: cannotBeSet('status') },
  });
});

test('an issue that is Done is edited with overrideEditableFlag only', async () => {
  const { site } = await startBoth({ scopes: ['ADMIN'] });
  const refused = await callSigned(site, doneIssue, edit({ summary: 'New' }));
  expect(refused.status).toBe(400);
  expect(await refused.json()).toEqual({
    errorMessages: [
      'You are not allowed to edit this issue due to its current status in the workflow.',
    ],
    errors: {},
  });
  const screenOnly = `${doneIssue}?overrideScreenSecurity=true`;
  expect((await callSigned(site, screenOnly, edit({ summary: 'New' }))).status).toBe(400);
  const flag = `${doneIssue}?overrideEditableFlag=true`;
  expect((await callSigned(site, flag, edit({ summary: 'New' }))).status).toBe(204);
  expect((await callSigned(site, flag, edit({ customfield_10042: 'x' }))).status).toBe(400);
  const all = `${doneIssue}?${both}`;
  expect((await callSigned(site, all, edit({ customfield_10042: 'x' }))).status).toBe(204);
});

test('the overrides need the ADMIN scope, and are for apps alone', async () => {
  const { site } = await startBoth();
  for (const flag of ['overrideScreenSecurity', 'overrideEditableFlag']) {
    const target = `${issue}?${flag}=true`;
    const answer = await callSigned(site, target, edit({ summary: 'New' }));
    expect(answer.status).toBe(403);
    expect(await answer.json()).toMatchObject({
      errorMessages: [expect.stringContaining('need the ADMIN scope')],
    });
    const person = await send(site, target, asPerson(0, site), edit({ summary: 'New' }));
    expect(person.status).toBe(403);
    const off = `${issue}?${flag}=false`;
    expect((await callSigned(site, off, edit({ summary: 'New' }))).status).toBe(204);
  }
});

const wrongValues: [fieldId: string, value: unknown, error: string][] = [
  ['summary', 5, 'Operation value must be a string'],
  ['summary', null, 'You must specify a summary of the issue.'],
  ['summary', ' ', 'You must specify a summary of the issue.'],
  ['summary', 'a\nb', 'newline characters'],
  ['summary', 'a'.repeat(256), 'exceed 255'],
  ['customfield_10050', '5', 'Operation value must be a number'],
  ['customfield_10061', { value: 'North' }, 'Operation value must be a string'],
  ['customfield_10061', 'a'.repeat(256), '255 characters'],
  ['description', 'Plain text', 'must be an Atlassian Document'],
  ['description', { type: 'doc', version: 1, content: [{ text: 'x' }] }, 'Atlassian Document'],
  ['labels', 'one', 'must be an array'],
  ['labels', ['one two'], 'contains spaces'],
  ['priority', { name: 'Utmost' }, 'The priority selected is invalid.'],
  ['assignee', { accountId: 'nobody' }, 'User does not exist'],
  ['assignee', 'nobody', 'User does not exist'],
];
for (const [fieldId, value, error] of wrongValues) {
  test(`${fieldId} cannot be ${JSON.stringify(value)?.slice(0, 60)}`, async () => {
    const { site } = await startBoth();
    const before = site.issue('XX-21');
    const answer = await callSigned(site, issue, edit({ [fieldId]: value }));
    expect(answer.status).toBe(400);
    expect(await answer.json()).toEqual({
      errorMessages: [],
      errors: { [fieldId]: expect.stringContaining(error) },
    });
    expect(site.issue('XX-21')).toEqual(before);
  });
}

test('each kind of field takes its value, and null clears it', async () => {
  const { site } = await startBoth();
  const [, reader] = site.people;
  const values = {
    description: { type: 'doc', version: 1, content: [{ type: 'paragraph', content: [] }] },
    labels: ['two', 'one', 'one'],
    priority: { name: 'High' },
    assignee: { accountId: reader?.accountId },
    customfield_10061: 'North',
    customfield_10062: 'South',
  };
  expect((await callSigned(site, issue, edit(values))).status).toBe(204);
  expect(site.issue('XX-21')?.fields).toMatchObject({
    description: values.description,
    labels: ['one', 'two'],
    priority: { id: '2', name: 'High' },
    assignee: { displayName: 'Robin Reader' },
    customfield_10061: 'North',
    customfield_10062: 'South',
  });
  const nothing = Object.fromEntries(Object.keys(values).map((name) => [name, null]));
  expect((await callSigned(site, issue, edit(nothing))).status).toBe(204);
  expect(site.issue('XX-21')?.fields).toMatchObject({
    description: null,
    assignee: null,
    labels: [],
    customfield_10061: null,
  });
});

test('v2 takes and gives text where v3 has documents', async () => {
  const { site } = await startBoth();
  const target = '/rest/api/2/issue/XX-21';
  const text = 'First line\n\nThird line';
  expect((await callSigned(site, target, edit({ description: text }))).status).toBe(204);
  const answer = await callSigned(site, `${target}?fields=description`);
  expect(await answer.json()).toMatchObject({ fields: { description: text } });
  expect(site.issue('XX-21')?.fields.description).toMatchObject({ type: 'doc' });
  const document = { type: 'doc', version: 1, content: [] };
  expect((await callSigned(site, target, edit({ description: document }))).status).toBe(400);
});

test('update sets a value, and adds and removes labels', async () => {
  const { site } = await startBoth();
  const update = {
    summary: [{ set: 'New' }],
    labels: [{ add: 'one' }, { add: 'two' }, { remove: 'one' }],
  };
  expect((await callSigned(site, issue, edit({}, { update }))).status).toBe(204);
  expect(site.issue('XX-21')?.fields).toMatchObject({ summary: 'New', labels: ['two'] });
});

const wrongBodies: [what: string, body: unknown, message: string][] = [
  ['nothing to set', {}, 'names no field'],
  ['a list', [], 'must be a JSON object'],
  ['fields that are no object', { fields: 'x' }, "'fields' must be an object"],
  ['an unknown operation', { update: { summary: [{ copy: 'x' }] } }, "operation 'copy'"],
  ['no list of operations', { update: { summary: { set: 'x' } } }, 'array of operations'],
  ['two operations in one', { update: { summary: [{ set: 'x', add: 'y' }] } }, 'with one name'],
  [
    'a field in both',
    { fields: { summary: 'x' }, update: { summary: [{ set: 'x' }] } },
    "both 'fields' and 'update'",
  ],
];
for (const [what, body, message] of wrongBodies) {
  test(`an edit with ${what} is refused`, async () => {
    const { site } = await startBoth();
    const answer = await callSigned(site, issue, { method: 'PUT', body });
    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain(message);
  });
}

test('a body that is no JSON is refused', async () => {
  const { site } = await startBoth();
  const authorization = asPerson(0, site);
  const headers = { authorization, 'content-type': 'application/json' };
  const broken = await fetch(site.url + issue, { method: 'PUT', headers, body: '{' });
  expect(broken.status).toBe(400);
  expect(await broken.text()).toContain('There was an error parsing JSON');
  const text = await fetch(site.url + issue, {
    method: 'PUT',
    headers: { authorization },
    body: '{}',
  });
  expect(text.status).toBe(415);
});

test('a person without Edit Issues sees the issue, and finds no field that can be set', async () => {
  const site = await startSite();
  const authorization = asPerson(1, site);
  expect((await send(site, issue, authorization)).status).toBe(200);
  const answer = await send(site, issue, authorization, edit({ summary: 'New' }));
  expect(answer.status).toBe(400);
  expect(await answer.json()).toMatchObject({ errors: { summary: cannotBeSet('summary') } });
  const meta = await send(site, `${issue}/editmeta`, authorization);
  expect(await meta.json()).toEqual({ fields: {} });
  expect((await send(site, issue, authorization, { method: 'DELETE' })).status).toBe(403);
});

test('editmeta names the fields that can be set, and minds the overrides', async () => {
  const { site } = await startBoth({ scopes: ['ADMIN'] });
  const fieldsOf = async (target: string): Promise<Record<string, unknown>> =>
    ((await (await callSigned(site, target)).json()) as { fields: Record<string, unknown> }).fields;
  const fields = await fieldsOf(`${issue}/editmeta`);
  expect(fields.summary).toMatchObject({ required: true, operations: ['set'] });
  expect(fields.customfield_10050).toMatchObject({ name: 'Story points' });
  expect(fields).not.toHaveProperty('customfield_10042');
  expect(fields).not.toHaveProperty('status');
  expect(await fieldsOf(`${issue}/editmeta?overrideScreenSecurity=true`)).toHaveProperty(
    'customfield_10042',
  );
  expect(await fieldsOf(`${doneIssue}/editmeta`)).toEqual({});
  expect(await fieldsOf(`${doneIssue}/editmeta?overrideEditableFlag=true`)).toHaveProperty(
    'summary',
  );
});

test('an issue is created, read and deleted; its key is not given out again', async () => {
  const { site } = await startBoth({ scopes: ['DELETE'] });
  const body = {
    fields: {
      project: { key: 'XX' },
      issuetype: { name: 'Bug' },
      summary: 'Broken',
      labels: ['a'],
    },
  };
  const created = await callSigned(site, '/rest/api/3/issue', { method: 'POST', body });
  expect(created.status).toBe(201);
  const { id, key, self } = (await created.json()) as Record<string, string>;
  expect({ key, self }).toEqual({ key: 'XX-23', self: `${site.url}/rest/api/3/issue/${id}` });
  expect(site.issue('XX-23')?.fields).toMatchObject({
    issuetype: { name: 'Bug' },
    labels: ['a'],
    status: { name: 'To Do' },
    creator: { accountType: 'app' },
  });
  const target = '/rest/api/3/issue/XX-23';
  expect((await callSigned(site, target, { method: 'DELETE' })).status).toBe(204);
  expect((await callSigned(site, target)).status).toBe(404);
  expect((await callSigned(site, target, { method: 'DELETE' })).status).toBe(404);
  const again = await callSigned(site, '/rest/api/3/issue', { method: 'POST', body });
  expect(await again.json()).toMatchObject({ key: 'XX-24' });
  const other = {
    fields: { ...body.fields, project: { id: '10001' }, issuetype: { id: '10001' } },
  };
  const first = await callSigned(site, '/rest/api/3/issue', { method: 'POST', body: other });
  expect(await first.json()).toMatchObject({ key: 'YY-1' });
});

test('an issue is not created without what it needs', async () => {
  const { site } = await startBoth();
  const post = (fields: Record<string, unknown>): Promise<Response> =>
    callSigned(site, '/rest/api/3/issue', { method: 'POST', body: { fields } });
  const answer = await post({ project: { key: 'ZZ' }, customfield_10042: 'Oslo' });
  expect(answer.status).toBe(400);
  expect(await answer.json()).toEqual({
    errorMessages: [],
    errors: {
      project: 'Specify a valid project ID or key',
      issuetype: 'Specify a valid issue type',
      summary: 'You must specify a summary of the issue.',
      customfield_10042: cannotBeSet('customfield_10042'),
    },
  });
  const body = { fields: { project: { key: 'XX' } } };
  const anonymous = await send(site, '/rest/api/3/issue', undefined, { method: 'POST', body });
  expect(anonymous.status).toBe(400);
  expect(await anonymous.text()).toContain('Anonymous users do not have permission');
  const reader = await send(site, '/rest/api/3/issue', asPerson(1, site), { method: 'POST', body });
  expect(reader.status).toBe(400);
  expect(await reader.text()).toContain('You do not have permission to create issues');
});

test('comments are added and read, page by page, in either version', async () => {
  const { site } = await startBoth();
  const target = `${issue}/comment`;
  const body = {
    body: {
      type: 'doc',
      version: 1,
      content: [{ type: 'paragraph', content: [{ type: 'text', text: 'Hello' }] }],
    },
  };
  const added = await callSigned(site, target, { method: 'POST', body });
  expect(added.status).toBe(201);
  expect(await added.json()).toMatchObject({ author: { displayName: 'Test app' }, ...body });
  const text = '/rest/api/2/issue/XX-21/comment';
  await callSigned(site, text, { method: 'POST', body: { body: 'Second' } });
  const page = await callSigned(site, `${text}?startAt=1&maxResults=5`);
  expect(await page.json()).toMatchObject({
    startAt: 1,
    maxResults: 5,
    total: 2,
    comments: [{ body: 'Second' }],
  });
  expect((await callSigned(site, `${text}?startAt=x`)).status).toBe(400);
});

test('a comment needs a document, and an issue that the caller sees', async () => {
  const { site } = await startBoth();
  const post = { method: 'POST', body: { body: 'Plain text' } };
  expect((await callSigned(site, `${issue}/comment`, post)).status).toBe(400);
  const empty = { method: 'POST', body: { body: '' } };
  expect((await callSigned(site, '/rest/api/2/issue/XX-21/comment', empty)).status).toBe(400);
  expect((await callSigned(site, '/rest/api/2/issue/XX-99/comment', post)).status).toBe(404);
  expect((await send(site, `${issue}/comment`)).status).toBe(404);
});
