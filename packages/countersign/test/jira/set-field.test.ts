/**
 * A custom field that people may not edit but the app writes: the ways there are, end to end, and what each of them
 * protects against.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { isJiraApiError, type JiraApiError, type JiraClient } from '../../src/index.ts';
import { type FieldsSite, startFieldsSite } from './fields-site.ts';

const ISSUE = 'XX-21';
const text = (value: string) => ({ value });
const readOnly = (key: string, type: string, path: string) => ({
  ...{ key, type: 'read_only', name: text(`Trust ${key}`), description: text('By the app.') },
  property: { key: 'trust', path, type },
});
const modules = {
  jiraIssueFields: [
    readOnly('level', 'string', 'shown.level'),
    readOnly('score', 'number', 'shown.score'),
    readOnly('checked-at', 'date', 'checkedAt'),
    { key: 'note', type: 'string', name: text('Note'), description: text('A note.') },
    { key: 'team', type: 'single_select', name: text('Team'), description: text('A team.') },
  ],
};

const forgeFields = [
  { key: 'verdict', name: 'Verdict', description: 'By the app.', type: 'string', readOnly: true },
  { key: 'reasons', name: 'Reasons', description: 'Why.', type: 'string', collection: 'list' },
];

let site: FieldsSite;
/** Of READ and WRITE alone. */
let app: JiraClient;
let administrator: JiraClient;
let forge: JiraClient;
beforeAll(async () => {
  site = await startFieldsSite();
  app = await site.connectApp('trust-app', ['READ', 'WRITE'], modules);
  administrator = await site.connectApp('admin-app', ['ADMIN']);
  forge = await site.forgeApp(forgeFields);
});
afterAll(() => site.close());
beforeEach(() => void site.calls());

async function errorOf(call: Promise<unknown>): Promise<JiraApiError> {
  const error = await call.then(
    (value) => expect.fail(`it was written: ${JSON.stringify(value)}`),
    (caught: unknown) => caught,
  );
  if (isJiraApiError(error)) return error;
  throw error;
}

/** People look at it there, and it is not what keeps them from editing. */
async function putOnScreen(fieldId: string): Promise<void> {
  await site.person(0).post(`/rest/api/3/screens/addToDefault/${fieldId}`);
}

/** What everybody sees in the field. */
async function shown(name: string): Promise<unknown> {
  const person = site.person(0);
  const fields = await person.get<{ id: string; name: string }[]>('/rest/api/3/field');
  const id = fields.find((field) => field.name === name)?.id ?? name;
  const issue = await person.get<{ fields: Record<string, unknown> }>(`/rest/api/3/issue/${ISSUE}`);
  return issue.fields[id];
}

describe('a read_only field of a Connect app', () => {
  test('is written as the issue property that it shows, and keeps the rest of it', async () => {
    await app.put(`/rest/api/3/issue/${ISSUE}/properties/trust`, {
      body: { shown: { score: 7 }, own: 'x' },
    });
    await app.setField(ISSUE, 'Trust level', 'low');
    site.calls();
    expect(await app.setField(ISSUE, 'trust-app__level', 'high')).toEqual({
      ...{ way: 'issue-property', propertyKey: 'trust' },
      fieldId: expect.stringMatching(/^customfield_\d+$/),
    });
    expect(site.calls()).toEqual([
      `GET /issue/${ISSUE}/properties/trust`,
      `PUT /issue/${ISSUE}/properties/trust`,
    ]);
    expect(await shown('Trust level')).toBe('high');
    expect(await shown('Trust score')).toBe(7);
    expect(await app.get(`/rest/api/3/issue/${ISSUE}/properties/trust`)).toMatchObject({
      value: { shown: { score: 7, level: 'high' }, own: 'x' },
    });
  });

  test('takes its own type, and is emptied by null', async () => {
    await app.setField(ISSUE, 'Trust score', 3.5);
    await app.setField(ISSUE, 'Trust level', ['a', 'b']);
    await app.setField(ISSUE, 'Trust checked-at', new Date('2026-11-24T09:30:59Z'));
    expect(await shown('Trust score')).toBe(3.5);
    expect(await shown('Trust level')).toEqual(['a', 'b']);
    expect(await shown('Trust checked-at')).toBe('2026-11-24T09:30Z');
    await app.setField(ISSUE, 'Trust score', null);
    expect(await shown('Trust score')).toBeNull();
    expect(await shown('Trust level')).toEqual(['a', 'b']);
  });

  test.each([
    ['Trust score', '3', 'a number at shown.score'],
    ['Trust level', 3, 'text, or a list of texts, at shown.level'],
    ['Trust checked-at', '24.11.2026', 'a day such as'],
    ['Trust level', 'x'.repeat(32_768), 'longer than 32768'],
  ])('%s does not take %j', async (field, value, message) => {
    const error = await errorOf(app.setField(ISSUE, field, value));
    expect(error.code).toBe('JIRA_FIELD_VALUE_INVALID');
    expect(error.message).toContain(message);
    expect(site.calls().filter((call) => call.startsWith('PUT'))).toEqual([]);
  });

  test('is written over whatever somebody put in the way', async () => {
    await site.person(2).put(`/rest/api/3/issue/${ISSUE}/properties/trust`, { body: 'garbage' });
    await app.setField(ISSUE, 'Trust level', 'high');
    expect(await shown('Trust level')).toBe('high');
  });

  test('cannot be edited: not by a person, not by the app, not with the override', async () => {
    const id = (await app.setField(ISSUE, 'Trust level', 'high')).fieldId;
    await putOnScreen(id);
    for (const client of [site.person(0), site.person(1), site.person(2), app]) {
      const error = await errorOf(client.editIssue(ISSUE, { fields: { [id]: 'forged' } }));
      expect(error.errors[id]).toContain('cannot be set');
    }
    const own = await errorOf(app.editIssue(ISSUE, { fields: { [id]: 'x' } }));
    expect(own.diagnosis).toMatchObject({ cause: 'CS-FIELD-OF-APP', confidence: 'certain' });
    expect(own.hint).toContain('jira.setField');
    const other = await errorOf(administrator.setField(ISSUE, id, 'forged'));
    expect(other.diagnosis).toMatchObject({ cause: 'CS-FIELD-OF-APP' });
    expect(other.diagnosis?.evidence).toContain('belongs to the app trust-app');
    expect(await shown('Trust level')).toBe('high');
  });

  test('is not written by whoever only reads; but whoever may edit the issue forges it through REST', async () => {
    await app.setField(ISSUE, 'Trust level', 'high');
    const forged = { body: { shown: { level: 'forged' } } };
    const path = `/rest/api/3/issue/${ISSUE}/properties/trust`;
    const reader = await errorOf(site.person(1).put(path, forged));
    expect(reader.status).toBe(403);
    expect(await shown('Trust level')).toBe('high');
    await site.person(2).put(path, forged);
    expect(await shown('Trust level')).toBe('forged');
  });
});

describe('a custom field of a Forge app', () => {
  test('that is readOnly is written by its app and by nobody else', async () => {
    const person = site.person(0);
    const { fieldId } = await forge.setField(ISSUE, 'Verdict', 'sound');
    await putOnScreen(fieldId);
    site.calls();
    expect(await forge.setField(ISSUE, 'Verdict', 'sound\nand safe')).toEqual({
      way: 'app-field',
      fieldId,
    });
    expect(site.calls()).toEqual([
      `GET /issue/${ISSUE}?fields=none`,
      `PUT /app/field/${fieldId}/value`,
    ]);
    expect(await shown('Verdict')).toBe('sound\nand safe');

    for (const client of [person, site.person(2), app, forge]) {
      const error = await errorOf(client.editIssue(ISSUE, { fields: { [fieldId]: 'forged' } }));
      expect(error.diagnosis).toMatchObject({ cause: 'CS-FIELD-OF-APP', confidence: 'certain' });
    }
    const overridden = await errorOf(administrator.setField(ISSUE, fieldId, 'forged'));
    expect(overridden.hint).toContain('by that app alone');
    const body = { updates: [{ issueIds: [10_003], value: 'forged' }] };
    for (const client of [person, app, administrator]) {
      const error = await errorOf(client.put(`/rest/api/3/app/field/${fieldId}/value`, { body }));
      expect(error.status).toBe(403);
    }
    expect(await shown('Verdict')).toBe('sound\nand safe');
  });

  test('is found by its type and by its key, takes an issue by its id, and several values', async () => {
    const fields =
      await forge.get<{ name: string; key: string; schema: { custom: string } }[]>(
        '/rest/api/3/field',
      );
    const { key, schema } = fields.find(({ name }) => name === 'Reasons') ?? expect.fail();
    expect(await forge.setField('10003', schema.custom, ['a', 'b'])).toMatchObject({
      way: 'app-field',
    });
    expect(await shown('Reasons')).toEqual(['a', 'b']);
    await forge.setField('10003', key, null);
    expect(await shown('Reasons')).toBeNull();
  });

  test('is written by an app that does not know its own id, too', async () => {
    const unaware = await site.forgeApp(forgeFields, { knowsItsId: false });
    expect(await unaware.setField(ISSUE, 'Verdict', 'still sound')).toMatchObject({
      way: 'app-field',
    });
    expect(await shown('Verdict')).toBe('still sound');
  });

  test('is not written by another Forge app, which is told whose it is', async () => {
    const other = await site.forgeApp([], { id: '1d1e4d5c-0000-4000-8000-000000000001' });
    const error = await errorOf(other.setField(ISSUE, 'Verdict', 'forged'));
    expect(error.status).toBe(400);
    expect(error.diagnosis).toMatchObject({ cause: 'CS-FIELD-OF-APP', confidence: 'certain' });
    expect(await shown('Verdict')).not.toBe('forged');
  });
});

describe('a field on no screen', () => {
  test('is set with the override by an app that may, after the plain edit was refused', async () => {
    await administrator.setField(ISSUE, 'Summary', 'Find the site location');
    site.calls();
    expect(await administrator.setField(ISSUE, 'Site location', 'Lisbon')).toEqual({
      way: 'override',
      fieldId: 'customfield_10042',
    });
    expect(site.calls()).toEqual([
      `PUT /issue/${ISSUE}`,
      `GET /issue/${ISSUE}/editmeta`,
      'GET /mypermissions?permissions=ADMINISTER',
      `PUT /issue/${ISSUE}?overrideScreenSecurity=true`,
    ]);
    expect(await shown('Site location')).toBe('Lisbon');
  });

  test('is refused to an app that may not, with the ways that there are', async () => {
    const error = await errorOf(app.setField(ISSUE, 'Site location', 'Oslo'));
    expect(error.code).toBe('JIRA_BAD_REQUEST');
    expect(error.diagnosis).toMatchObject({
      cause: 'CS-FIELD-NOT-ON-SCREEN',
      confidence: 'certain',
    });
    expect(error.hint).toContain('put it on the edit screen');
    expect(error.hint).toContain('add ADMIN to `scopes`');
    expect(site.calls().filter((call) => call.startsWith('PUT'))).toEqual([`PUT /issue/${ISSUE}`]);
  });

  test('is refused where no override is allowed', async () => {
    const options = { allowOverride: false };
    const error = await errorOf(administrator.setField(ISSUE, 'Site location', 'Oslo', options));
    expect(error.hint).toContain('allowOverride is false');
    expect(await shown('Site location')).not.toBe('Oslo');
  });

  test('of another project is not reached by an override', async () => {
    const error = await errorOf(administrator.setField(ISSUE, 'customfield_10073', 'North'));
    expect(error.diagnosis?.cause).toBe('CS-FIELD-NOT-ON-SCREEN');
    expect(error.hint).toContain('context of the field');
  });

  test('and of the own Connect app is an ordinary field', async () => {
    const own = await site.connectApp('note-app', ['ADMIN'], {
      jiraIssueFields: [modules.jiraIssueFields[3]],
    });
    expect(await own.setField(ISSUE, 'note-app__note', 'x')).toMatchObject({ way: 'override' });
  });
});

describe('any other field', () => {
  test('is a plain edit of one call, with its value checked', async () => {
    await app.setField(ISSUE, 'Story points', 5);
    site.calls();
    expect(await app.setField(ISSUE, 'Severity', 'High', { notifyUsers: false })).toEqual({
      way: 'edit',
      fieldId: 'customfield_10063',
    });
    expect(site.calls()).toEqual([`PUT /issue/${ISSUE}?notifyUsers=false`]);
    expect(await shown('Severity')).toMatchObject({ value: 'High' });
    expect((await errorOf(app.setField(ISSUE, 'Story points', '5'))).code).toBe(
      'JIRA_FIELD_VALUE_INVALID',
    );
    expect((await errorOf(app.setField(ISSUE, 'Story pionts', 5))).message).toContain(
      "Did you mean 'Story points'?",
    );
  });

  test('that Jira computes is refused as that, and no override is tried', async () => {
    const error = await errorOf(administrator.setField(ISSUE, 'Status', 'Done'));
    expect(error.diagnosis).toMatchObject({ cause: 'CS-FIELD-READ-ONLY', confidence: 'certain' });
    expect(site.calls().filter((call) => call.startsWith('PUT'))).toHaveLength(1);
  });

  test('of an issue whose status forbids edits stays as it is', async () => {
    const error = await errorOf(administrator.setField('XX-22', 'Story points', 1));
    expect(error.diagnosis?.cause).toBe('CS-ISSUE-LOCKED');
  });

  test.each([
    ['nothing as a value', () => app.setField(ISSUE, 'Story points', undefined)],
    ['no issue', () => app.setField('../x', 'Story points', 1)],
  ])('%s sends nothing', async (_what, call) => {
    expect((await errorOf(call())).code).toMatch(/^JIRA_(?:FIELD_VALUE_INVALID|URL_REFUSED)$/);
    expect(site.calls()).toEqual([]);
  });

  test('an unknown option is refused', async () => {
    await expect(
      app.setField(ISSUE, 'x', 1, { allowOveride: true } as never),
    ).rejects.toMatchObject({ code: 'CONFIG_OPTION_UNKNOWN' });
  });

  test('the signal ends it', async () => {
    const reason = new Error('the user went away');
    const signal = AbortSignal.abort(reason);
    await expect(app.setField(ISSUE, 'Severity', 'High', { signal })).rejects.toBe(reason);
    await expect(app.setField(ISSUE, 'Trust level', 'x', { signal })).rejects.toBe(reason);
  });
});
