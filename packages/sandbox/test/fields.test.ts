import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Sandbox } from '../src/index.ts';
import { migrations } from '../src/site/database.ts';
import { callSigned, send, startApp, startBoth, startSite } from './app.ts';
import { appId, bearer, manifestText, startForge } from './forge-app.ts';

const issue = '/rest/api/3/issue/XX-21';
const jiraTypes = 'com.atlassian.jira.plugin.system.customfieldtypes:';
const connectType = 'com.atlassian.plugins.atlassian-connect-plugin:';

const text = (value: string) => ({ value });
const declared = (key: string, type: string, more: object = {}) => ({
  ...{ key, type, name: text(`The ${key}`), description: text('Of the app.') },
  ...more,
});
const property = { key: 'statistics', path: 'comments.count', type: 'number' };
const modules = {
  jiraIssueFields: [
    declared('note', 'string'),
    declared('story', 'rich_text'),
    declared('team', 'single_select'),
    declared('skills', 'multi_select'),
    declared('count', 'read_only', { property }),
  ],
};

interface ListedField {
  id: string;
  key: string;
  name: string;
  schema: Record<string, unknown>;
}

async function listFields(site: Sandbox): Promise<ListedField[]> {
  return (await (await asAdmin(site, '/rest/api/3/field')).json()) as ListedField[];
}

async function fieldOf(site: Sandbox, key: string): Promise<ListedField> {
  const found = (await listFields(site)).find((field) => field.key === key);
  return found ?? expect.fail(`there is no field ${key}`);
}

function asAdmin(site: Sandbox, target: string, method = 'GET', body?: unknown): Promise<Response> {
  const basic = Buffer.from(`admin@example.com:${site.apiToken}`).toString('base64');
  return send(site, target, `Basic ${basic}`, { method, ...(body === undefined ? {} : { body }) });
}

async function set(site: Sandbox, id: string, value: unknown): Promise<unknown> {
  const answer = await asAdmin(site, issue, 'PUT', { fields: { [id]: value } });
  return answer.status === 204
    ? site.issue('XX-21')?.fields[id]
    : ((await answer.json()) as { errors: Record<string, string> }).errors[id];
}

test('the fields of the site say what their values are', async () => {
  const site = await startSite();
  const schemas = Object.fromEntries(
    (await listFields(site)).map(({ id, schema: { customId: _, ...schema } }) => [id, schema]),
  );
  expect(schemas).toMatchObject({
    summary: { type: 'string', system: 'summary' },
    labels: { type: 'array', items: 'string', system: 'labels' },
    duedate: { type: 'date', system: 'duedate' },
    customfield_10042: { type: 'string', custom: `${jiraTypes}textfield` },
    customfield_10050: { type: 'number', custom: `${jiraTypes}float` },
    customfield_10063: { type: 'option', custom: `${jiraTypes}select` },
    customfield_10064: { type: 'array', items: 'option', custom: `${jiraTypes}multiselect` },
    customfield_10065: { type: 'option-with-child', custom: `${jiraTypes}cascadingselect` },
    customfield_10066: { type: 'date', custom: `${jiraTypes}datepicker` },
    customfield_10067: { type: 'datetime', custom: `${jiraTypes}datetime` },
    customfield_10068: { type: 'user', custom: `${jiraTypes}userpicker` },
    customfield_10069: { type: 'string', custom: `${jiraTypes}textarea` },
    customfield_10070: { type: 'string', custom: `${jiraTypes}url` },
    customfield_10071: { type: 'array', items: 'string', custom: `${jiraTypes}labels` },
    customfield_10072: { type: 'array', items: 'user', custom: `${jiraTypes}multiuserpicker` },
  });
});

describe('a value of each kind of field', () => {
  const wrong: [id: string, value: unknown, error: string][] = [
    ['customfield_10063', 'High', "valid 'id' or 'name' for Severity"],
    ['customfield_10063', { value: 'Utmost' }, "value 'Utmost' is not valid"],
    ['customfield_10063', { id: '1' }, "id '1' is not valid"],
    ['customfield_10064', { value: 'Web' }, 'data was not an array'],
    ['customfield_10064', [null], 'not an array of values'],
    ['customfield_10065', { value: 'Mars' }, 'Parent Option'],
    ['customfield_10065', { value: 'Asia', child: { value: 'Norway' } }, 'Child Option'],
    ['customfield_10065', { value: 'Norway' }, 'Parent Option'],
    ['customfield_10066', '2026-02-30', 'Error parsing date string'],
    ['customfield_10066', 20_261_124, 'must be a string'],
    ['customfield_10067', '2026-11-24T09:30:00Z', 'Error parsing date string'],
    ['customfield_10067', '2026-11-24T25:30:00.000+0000', 'Error parsing date string'],
    ['customfield_10068', 'nobody', 'User does not exist'],
    ['customfield_10069', 'Plain text', 'Atlassian Document'],
    ['customfield_10070', 'example.com', 'URL is not valid'],
    ['customfield_10071', ['a b'], 'contains spaces'],
  ];

  test('is refused where it is none of the field', async () => {
    const site = await startSite();
    for (const [id, value, error] of wrong) {
      expect(await set(site, id, value), `${id} ${JSON.stringify(value)}`).toContain(error);
    }
  });

  test('is taken, shown with its ids, and cleared by null', async () => {
    const site = await startSite();
    const accountId = site.people[1]?.accountId;
    const values: [string, unknown, unknown][] = [
      ['customfield_10063', { value: 'High' }, { id: '10202', value: 'High' }],
      ['customfield_10063', { id: '10201' }, { value: 'Medium' }],
      ['customfield_10064', [{ value: 'Web' }, { id: 10205 }], [{}, { value: 'Android' }]],
      ['customfield_10065', { value: 'Asia' }, { value: 'Asia' }],
      [
        'customfield_10065',
        { value: 'Europe', child: { value: 'Norway' } },
        { value: 'Europe', child: { value: 'Norway' } },
      ],
      ['customfield_10066', '2026-11-24', '2026-11-24'],
      ['customfield_10067', '2026-11-24T09:30:00.000+0130', '2026-11-24T08:00:00.000+0000'],
      ['customfield_10072', [{ accountId }], [{ displayName: 'Robin Reader' }]],
      ['customfield_10070', 'https://example.com', 'https://example.com'],
    ];
    for (const [id, value, shown] of values) {
      const result = await set(site, id, value);
      if (typeof shown === 'object') expect(result).toMatchObject(shown as object);
      else expect(result).toBe(shown);
      expect(await set(site, id, null)).toBeNull();
    }
  });

  test('is shown to people, too', async () => {
    const site = await startSite();
    await set(site, 'customfield_10065', { value: 'Europe', child: { value: 'Norway' } });
    await set(site, 'customfield_10072', [{ accountId: site.people[1]?.accountId }]);
    const page = await (await fetch(`${site.url}/browse/XX-21`)).text();
    expect(page).toContain('Europe / Norway');
    expect(page).toContain('Robin Reader');
    expect(page).not.toContain('Warehouse');
  });
});

test('a field of another project is not in the issue, and no override sets it', async () => {
  const { site } = await startBoth({ scopes: ['ADMIN'] });
  expect(site.issue('XX-21')?.fields).not.toHaveProperty('customfield_10073');
  const target = `${issue}?overrideScreenSecurity=true`;
  const body = { fields: { customfield_10073: { value: 'North' } } };
  const answer = await callSigned(site, target, { method: 'PUT', body });
  expect(await answer.json()).toMatchObject({
    errors: { customfield_10073: expect.stringContaining('cannot be set') },
  });
  const meta = (await (await callSigned(site, `${issue}/editmeta`)).json()) as {
    fields: Record<string, { allowedValues?: unknown }>;
  };
  expect(meta.fields).not.toHaveProperty('customfield_10073');
  expect(meta.fields.customfield_10063?.allowedValues).toMatchObject([
    { id: '10200', value: 'Low' },
    { value: 'Medium' },
    { value: 'High' },
  ]);
  expect(meta.fields.customfield_10065?.allowedValues).toMatchObject([
    { value: 'Europe', children: [{ value: 'Portugal' }, { value: 'Norway' }] },
    {},
  ]);
  const inYy = { project: { key: 'YY' }, issuetype: { name: 'Task' }, summary: 'x' };
  const created = await asAdmin(site, '/rest/api/3/issue', 'POST', {
    fields: { ...inYy, customfield_10073: { value: 'North' } },
  });
  expect(created.status).toBe(201);
  expect(site.issue('YY-1')?.fields.customfield_10073).toMatchObject({ value: 'North' });
});

test('an edit sets issue properties along with fields, or without any', async () => {
  const site = await startSite();
  const properties = [{ key: 'a', value: { x: 1 } }];
  expect((await asAdmin(site, issue, 'PUT', { properties })).status).toBe(204);
  expect(await (await asAdmin(site, `${issue}/properties/a`)).json()).toMatchObject({
    value: { x: 1 },
  });
  for (const bad of [{ key: 'a' }, [{ key: '' }], [{ key: 'a' }], [null]]) {
    expect((await asAdmin(site, issue, 'PUT', { properties: bad })).status).toBe(400);
  }
});

describe('the list of fields, page by page', () => {
  test('is filtered by kind, id and name', async () => {
    const site = await startSite();
    const search = async (query: string) =>
      (await (await asAdmin(site, `/rest/api/3/field/search?${query}`)).json()) as {
        total: number;
        isLast: boolean;
        values: { id: string }[];
      };
    const first = await search('maxResults=2&type=custom');
    expect(first).toMatchObject({ isLast: false, values: [{ id: 'customfield_10042' }, {}] });
    const rest = await search(`startAt=2&type=custom`);
    expect(rest.values).toHaveLength(first.total - 2);
    expect(rest.isLast).toBe(true);
    expect((await search('query=region')).values).toHaveLength(2);
    expect((await search('id=summary&id=labels')).total).toBe(2);
    expect((await asAdmin(site, '/rest/api/3/field/search?startAt=-1')).status).toBe(400);
  });
});

describe('a custom field that an administrator makes', () => {
  const select = { name: 'Floor', type: `${jiraTypes}textfield` };

  test('is on no screen until it is put on one', async () => {
    const site = await startSite();
    const answer = await asAdmin(site, '/rest/api/3/field', 'POST', select);
    expect(answer.status).toBe(201);
    const { id } = (await answer.json()) as { id: string };
    expect(id).toBe('customfield_10100');
    expect(await set(site, id, 'third')).toContain('cannot be set');
    const screen = `/rest/api/3/screens/addToDefault/${id}`;
    expect((await asAdmin(site, screen, 'POST')).status).toBe(200);
    expect(await set(site, id, 'third')).toBe('third');
    expect((await asAdmin(site, screen, 'POST')).status).toBe(400);
    expect((await asAdmin(site, '/rest/api/3/screens/addToDefault/nothing', 'POST')).status).toBe(
      404,
    );
  });

  test('needs a name and a known type, and an administrator', async () => {
    const { site } = await startBoth();
    for (const body of [
      { ...select, name: ' ' },
      { ...select, type: 'x' },
    ]) {
      expect((await asAdmin(site, '/rest/api/3/field', 'POST', body)).status).toBe(400);
    }
    const reader = site.people[1];
    const basic = Buffer.from(`${reader?.emailAddress}:${reader?.apiToken}`).toString('base64');
    for (const target of [
      '/rest/api/3/field',
      '/rest/api/3/screens/addToDefault/customfield_10042',
    ]) {
      const call = { method: 'POST', body: select };
      expect((await send(site, target, `Basic ${basic}`, call)).status).toBe(403);
      // WRITE is too little.
      expect((await callSigned(site, target, call)).status).toBe(403);
    }
  });
});

describe('fields of a Connect app', () => {
  test('come with it, on no screen, under a key of the app', async () => {
    const { site } = await startBoth({ scopes: ['ADMIN'], modules });
    expect(await fieldOf(site, 'test-app__team')).toMatchObject({
      name: 'The team',
      schema: { type: 'option2', custom: `${connectType}test-app__team` },
    });
    expect((await fieldOf(site, 'test-app__skills')).schema).toMatchObject({
      ...{ type: 'array', items: 'option2' },
    });
    const { id } = await fieldOf(site, 'test-app__note');
    expect(await set(site, id, 'x')).toContain('cannot be set');
    const target = `${issue}?overrideScreenSecurity=true`;
    const body = { fields: { [id]: 'x' } };
    expect((await callSigned(site, target, { method: 'PUT', body })).status).toBe(204);
    expect(site.issue('XX-21')?.fields[id]).toBe('x');
  });

  test('go with it, and come back with their values', async () => {
    const { site, app } = await startBoth({ scopes: ['ADMIN'], modules });
    const before = await fieldOf(site, 'test-app__note');
    const target = `${issue}?overrideScreenSecurity=true`;
    const body = { fields: { [before.id]: 'kept' } };
    await callSigned(site, target, { method: 'PUT', body });
    await site.uninstall('test-app');
    expect((await listFields(site)).some(({ key }) => key.startsWith('test-app'))).toBe(false);
    expect(site.issue('XX-21')?.fields).not.toHaveProperty(before.id);
    await site.install(app.descriptorUrl);
    expect(await fieldOf(site, 'test-app__note')).toEqual(before);
    expect(site.issue('XX-21')?.fields[before.id]).toBe('kept');

    app.descriptor.modules = {
      jiraIssueFields: [declared('note', 'string', { name: text('New') })],
    };
    await site.install(app.descriptorUrl);
    const fields = (await listFields(site)).filter(({ key }) => key.startsWith('test-app'));
    expect(fields.map(({ id, name }) => [id, name])).toEqual([[before.id, 'New']]);
  });

  test('of type read_only show an issue property where it is of their type, and are set by nobody', async () => {
    const { site } = await startBoth({ scopes: ['ADMIN'], modules });
    const { id, schema } = await fieldOf(site, 'test-app__count');
    expect(schema.type).toBe('number');
    const show = async (value: unknown): Promise<unknown> => {
      await asAdmin(site, `${issue}/properties/statistics`, 'PUT', value);
      return site.issue('XX-21')?.fields[id];
    };
    expect(await show({ comments: { count: 3 } })).toBe(3);
    expect(await show({ comments: { count: '3' } })).toBeNull();
    expect(await show({ comments: 3 })).toBeNull();
    expect(await show(['x'])).toBeNull();
    const target = `${issue}?overrideScreenSecurity=true`;
    const refused = await callSigned(site, target, {
      method: 'PUT',
      body: { fields: { [id]: 1 } },
    });
    expect(refused.status).toBe(400);
    const [log] = site.requests.slice(-1);
    const page = await (await fetch(`${site.url}/_sandbox/api/requests/${log?.id}`)).text();
    expect(page).toContain('shows the issue property');
  });

  test.each([
    ['no list', {}, 'modules.jiraIssueFields: must be an array'],
    ['no name', [{ ...declared('a', 'string'), name: 'A' }], 'jiraIssueFields[0].name.value'],
    ['no description', [{ ...declared('a', 'string'), description: {} }], 'description.value'],
    ['a key with a dot', [declared('a.b', 'string')], 'jiraIssueFields[0].key'],
    ['a type of its own', [declared('a', 'date')], 'type: must be one of string, text'],
    ['no property', [declared('a', 'read_only')], 'a read_only field needs its key'],
  ])('with %s are refused with the descriptor', async (_what, jiraIssueFields, problem) => {
    const site = await startSite();
    const app = await startApp({ modules: { jiraIssueFields } });
    await expect(site.install(app.descriptorUrl)).rejects.toThrow(problem);
  });
});

describe('options of a Connect app’s select field', () => {
  const options = '/rest/api/3/field/test-app__team/option';

  test('are made, changed and deleted by the app, and chosen in issues', async () => {
    const { site } = await startBoth({ scopes: ['ADMIN'], modules });
    const call = async (method: string, target: string, body?: unknown) => {
      const answer = await callSigned(site, target, { method, ...(body ? { body } : {}) });
      const said = await answer.text();
      return [answer.status, said === '' ? undefined : JSON.parse(said)];
    };
    expect(await call('POST', options, { value: 'Red', properties: { size: 3 } })).toMatchObject([
      200,
      { id: 1, value: 'Red', properties: { size: 3 } },
    ]);
    await call('POST', options, { value: 'Blue' });
    expect(await call('PUT', `${options}/2`, { id: 2, value: 'Green' })).toMatchObject([200, {}]);
    expect(await call('GET', `${options}/2`)).toMatchObject([200, { value: 'Green' }]);
    expect(await call('GET', `${options}?maxResults=1`)).toMatchObject([
      200,
      { total: 2, isLast: false, values: [{ value: 'Red' }] },
    ]);
    const { id } = await fieldOf(site, 'test-app__team');
    await asAdmin(site, `/rest/api/3/screens/addToDefault/${id}`, 'POST');
    expect(await set(site, id, { value: 'Blue' })).toContain('is not valid');
    expect(await set(site, id, { value: 'Green' })).toEqual({ id: 2, value: 'Green' });
    expect((await call('DELETE', `${options}/2`))[0]).toBe(409);
    expect((await call('DELETE', `${options}/1`))[0]).toBe(204);
    expect((await call('GET', `${options}/1`))[0]).toBe(404);
    // The id of an option that was deleted is not given out again.
    await set(site, id, null);
    await call('DELETE', `${options}/2`);
    expect(await call('POST', options, { value: 'White' })).toMatchObject([200, { id: 3 }]);
    for (const [method, target, body, status] of [
      ['POST', options, { value: ' ' }, 400],
      ['POST', options, { value: 'x', properties: 'y' }, 400],
      ['PUT', `${options}/3`, { id: 4, value: 'x' }, 400],
      ['GET', `${options}/x`, undefined, 404],
      ['GET', '/rest/api/3/field/customfield_10063/option', undefined, 404],
      ['GET', '/rest/api/3/field/test-app__note/option', undefined, 404],
    ] as const) {
      expect((await call(method, target, body))[0], `${method} ${target}`).toBe(status);
    }
  });

  test('are not those of another app, nor of a person who does not administer Jira', async () => {
    const { site } = await startBoth({ modules });
    const other = await startApp({ key: 'other-app' });
    await site.install(other.descriptorUrl);
    expect((await callSigned(site, options, { appKey: 'other-app' })).status).toBe(403);
    expect((await callSigned(site, options)).status).toBe(200);
    expect((await asAdmin(site, options)).status).toBe(200);
  });
});

describe('custom fields of a Forge app', () => {
  const withFields = manifestText.replace(
    'modules:\n',
    `modules:
  jira:customField:
    - { key: verdict, name: Verdict, description: By the app., type: string, readOnly: true }
    - { key: people, name: People, description: Who., type: user, collection: list }
`,
  );

  test('are written by the app with the resource that is made for it', async () => {
    const { site } = await startForge({ manifest: withFields });
    const field = (await listFields(site)).find(({ name }) => name === 'Verdict');
    const { id = '', key, schema } = field ?? {};
    expect(key).toBe(`${appId}__PRODUCTION__verdict`);
    expect(schema).toMatchObject({
      type: 'string',
      custom: expect.stringMatching(
        `^ari:cloud:ecosystem::extension/${appId}/[0-9a-f-]{36}/static/verdict$`,
      ),
    });
    const token = await site.forge.systemToken();
    const write = (name: string, body: unknown): Promise<Response> =>
      fetch(
        `${site.forge.apiBaseUrl}/rest/api/3/app/field/${name}/value`,
        bearer(token, {
          method: 'PUT',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(body),
        }),
      );
    const issueId = Number(site.issue('XX-21')?.id);
    const updates = [{ issueIds: [issueId], value: 'sound' }];
    expect((await write(id, { updates })).status).toBe(204);
    expect(site.issue('XX-21')?.fields[id]).toBe('sound');
    expect((await write(`${key}`, { updates: [{ ...updates[0], value: null }] })).status).toBe(204);
    expect(site.issue('XX-21')?.fields[id]).toBeNull();
    for (const [name, body, status] of [
      [id, {}, 400],
      [id, { updates: [{ issueIds: ['XX-21'], value: 'x' }] }, 400],
      [id, { updates: [{ issueIds: [issueId], value: 5 }] }, 400],
      [id, { updates: [{ issueIds: [issueId] }] }, 400],
      [id, { updates: [{ issueIds: [1], value: 'x' }] }, 404],
      ['customfield_10042', { updates }, 403],
      ['customfield_1', { updates }, 404],
    ] as const) {
      expect((await write(name, body)).status, JSON.stringify([name, body])).toBe(status);
    }
    await asAdmin(site, `/rest/api/3/screens/addToDefault/${id}`, 'POST');
    expect(await set(site, id, 'forged')).toContain('cannot be set');
    await site.forge.uninstall();
    expect((await listFields(site)).some(({ name }) => name === 'Verdict')).toBe(false);
  });

  test.each([
    ['type: user,', 'type: money,', 'type: must be one of'],
    ['collection: list', 'collection: set', 'collection: must be none or list'],
    ['readOnly: true', 'readOnly: yes please', 'readOnly: must be true or false'],
    ['description: Who.,', '', 'description: is required'],
  ])('with %s made %s are refused with the manifest', async (good, bad, problem) => {
    const manifest = withFields.replace(good, bad);
    await expect(startForge({ manifest })).rejects.toThrow(problem);
  });
});

test('a site of an older sandbox gets the fields that came since, and keeps its values', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sandbox-fields-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const database = join(folder, 'site.db');
  const old = new DatabaseSync(database);
  for (const sql of migrations.slice(0, 3)) old.exec(sql);
  old.exec(`PRAGMA user_version = 3;
    INSERT INTO project VALUES (10000, 'XX', 'Example');
    INSERT INTO status VALUES (10000, 'To Do', 'new', 1);
    INSERT INTO field VALUES ('customfield_10042', 'Site location', 'text', 1, 0, 1);
    INSERT INTO issue (id, key, number, project_id, status_id, type_id, created, updated)
      VALUES (10001, 'XX-1', 1, 10000, 10000, 10001, 1, 1);
    INSERT INTO issue_value VALUES (10001, 'customfield_10042', '"Oslo"');`);
  old.close();
  const site = await startSite({ database });
  expect(site.field('customfield_10042')).toMatchObject({ key: 'customfield_10042', list: false });
  expect(site.field('customfield_10065')).toMatchObject({ kind: 'cascade' });
  expect(site.issue('XX-1')?.fields.customfield_10042).toBe('Oslo');
});
