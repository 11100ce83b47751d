import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { isJiraApiError, type JiraApiError, type JiraClient } from '../../src/index.ts';
import { createJiraClient } from '../../src/jira/client.ts';
import type { JiraCredentials } from '../../src/jira/credentials.ts';
import { type FieldsSite, startFieldsSite } from './fields-site.ts';
import { type RecordingSite, startRecordingSite } from './recording-site.ts';

const ISSUE = 'XX-21';

async function errorOf(call: Promise<unknown>): Promise<JiraApiError> {
  const error = await call.then(
    (value) => expect.fail(`it was edited: ${JSON.stringify(value)}`),
    (caught: unknown) => caught,
  );
  if (isJiraApiError(error)) return error;
  throw error;
}

describe('on a site', () => {
  let site: FieldsSite;
  let app: JiraClient;
  beforeAll(async () => {
    site = await startFieldsSite();
    app = await site.connectApp('edit-app', ['READ', 'WRITE']);
  });
  afterAll(() => site.close());
  beforeEach(() => void site.calls());

  const fieldsOf = async () =>
    (await app.get<{ fields: Record<string, unknown> }>(`/rest/api/3/issue/${ISSUE}`)).fields;

  test('every kind of field takes its value in the form that comes to mind', async () => {
    const accountId = site.site.people[2]?.accountId ?? '';
    await app.editIssue(ISSUE, {
      fields: {
        Summary: 'Moved',
        Description: 'One\n\nTwo',
        Priority: 'High',
        Labels: ['office'],
        Assignee: accountId,
        'Due date': '2026-12-24',
        Severity: 'Medium',
        Platforms: ['Web', { value: 'iOS' }],
        Place: ['Europe', 'Portugal'],
        'Target date': new Date('2026-11-24T12:00:00Z'),
        'Opening time': '2026-11-24T09:30:00+01:00',
        'Site manager': { accountId },
        Contacts: [accountId],
        Notes: 'By hand.',
        Plan: 'https://example.com/plan',
        Equipment: ['desk'],
        'Story points': 5,
      },
    });
    expect(await fieldsOf()).toMatchObject({
      ...{ summary: 'Moved', labels: ['office'], priority: { name: 'High' } },
      ...{ duedate: '2026-12-24', assignee: { accountId } },
      description: { type: 'doc', content: [{ type: 'paragraph' }, { type: 'paragraph' }] },
      customfield_10063: { value: 'Medium' },
      customfield_10064: [{ value: 'Web' }, { value: 'iOS' }],
      customfield_10065: { value: 'Europe', child: { value: 'Portugal' } },
      customfield_10066: '2026-11-24',
      customfield_10067: '2026-11-24T08:30:00.000+0000',
      customfield_10068: { accountId },
      customfield_10072: [{ accountId }],
      ...{ customfield_10070: 'https://example.com/plan', customfield_10071: ['desk'] },
      customfield_10050: 5,
    });
  });

  test('operations, properties and the issue as it is afterwards', async () => {
    await app.editIssue(ISSUE, { fields: { Platforms: ['Web'], Labels: ['a', 'b'] } });
    const issue = await app.editIssue<{ fields: Record<string, unknown> }>(ISSUE, {
      update: {
        Labels: [{ add: 'c' }, { remove: 'a' }],
        Platforms: [{ add: 'Android' }, { remove: 'Web' }],
        Severity: [{ set: 'High' }],
      },
      properties: [{ key: 'note', value: { x: 1 } }],
      returnIssue: true,
    });
    expect(issue.fields).toMatchObject({
      labels: ['b', 'c'],
      customfield_10064: [{ value: 'Android' }],
      customfield_10063: { value: 'High' },
    });
    expect(await app.get(`/rest/api/3/issue/${ISSUE}/properties/note`)).toMatchObject({
      value: { x: 1 },
    });
  });

  test.each([
    ['a value of another type', { fields: { 'Story points': '5' } }, 'takes a number'],
    ['an operation that is no list', { update: { Labels: { add: 'x' } } }, 'list of operations'],
    ['an item that is none', { update: { Labels: [{ add: 'x y' }] } }, 'without blanks'],
  ])('%s is refused before the edit is sent', async (_what, options, message) => {
    const error = await errorOf(app.editIssue(ISSUE, options as never));
    expect(error.code).toBe('JIRA_FIELD_VALUE_INVALID');
    expect(error.message).toContain(message);
    expect(site.calls().filter((call) => call.startsWith('PUT'))).toEqual([]);
  });

  test('a field given by its id is checked as well', async () => {
    const error = await errorOf(app.editIssue(ISSUE, { fields: { customfield_10050: '5' } }));
    expect(error.message).toContain("'Story points' (customfield_10050)");
  });

  test('an option that there is none of is refused by Jira, and the diagnosis has the nearest one', async () => {
    const error = await errorOf(app.editIssue(ISSUE, { fields: { Severity: 'Hgih' } }));
    expect(error).toMatchObject({ code: 'JIRA_BAD_REQUEST', status: 400 });
    expect(error.errors.customfield_10063).toBe("Option value 'Hgih' is not valid");
    expect(error.diagnosis?.cause).toBe('CS-BAD-VALUE');
    expect(error.diagnosis?.evidence).toContain("Did you mean 'High'?");
    expect(error.hint).toBe('It takes Low, Medium, High.');
  });

  test.each([
    ['is on no screen', 'customfield_10042', 'CS-FIELD-NOT-ON-SCREEN'],
    ['is of another project', 'customfield_10073', 'CS-FIELD-NOT-ON-SCREEN'],
    ['does not exist', 'customfield_99999', 'CS-FIELD-UNKNOWN'],
    ['Jira computes', 'created', 'CS-FIELD-READ-ONLY'],
  ])('a field that %s is told from others, by one more call', async (_what, id, cause) => {
    await app.editIssue(ISSUE, { fields: { Summary: 'x' } });
    site.calls();
    const error = await errorOf(app.editIssue(ISSUE, { fields: { [id]: null } }));
    expect(error.diagnosis).toMatchObject({ cause, confidence: 'certain' });
    expect(error.diagnosis?.evidence).toContain(id);
    expect(error.hint).toBe(error.diagnosis?.fix);
    expect(site.calls()).toEqual([`PUT /issue/${ISSUE}`, `GET /issue/${ISSUE}/editmeta`]);
  });

  test('somebody who may not edit the issue is told so, whatever the field', async () => {
    const fields = { customfield_10061: 'North' };
    const error = await errorOf(site.person(1).editIssue(ISSUE, { fields }));
    expect(error.diagnosis).toMatchObject({ cause: 'CS-PERMISSION', confidence: 'likely' });
    expect(error.hint).toContain('Edit Issues');
  });

  test('an override without the scope ADMIN is refused before any call about the issue', async () => {
    for (const flag of ['overrideScreenSecurity', 'overrideEditableFlag'] as const) {
      const options = { fields: { customfield_10042: 'x' }, [flag]: true };
      const error = await errorOf(app.editIssue(ISSUE, options));
      expect(error.code).toBe('JIRA_OVERRIDE_REFUSED');
      expect(error.message).toContain('READ, WRITE and lacks ADMIN');
      expect(error.diagnosis?.cause).toBe('CS-FIELD-OVERRIDE');
    }
    expect(site.calls().filter((call) => !call.includes('/field'))).toEqual([]);
  });

  test('nor does it work for a person', async () => {
    const options = { fields: { customfield_10042: 'x' }, overrideScreenSecurity: true };
    const error = await errorOf(site.person(0).editIssue(ISSUE, options));
    expect(error.message).toContain('allows them to apps alone');
  });

  test('an app with the scope ADMIN overrides; its permission is looked up once', async () => {
    const administrator = await site.connectApp('edit-admin', ['ADMIN']);
    const options = {
      ...{ fields: { customfield_10042: 'x' } },
      ...{ overrideScreenSecurity: true, overrideEditableFlag: true },
    };
    await administrator.editIssue('XX-22', options);
    await administrator.editIssue('XX-22', options);
    expect(site.calls().filter((call) => call.includes('mypermissions'))).toHaveLength(1);
  });
});

describe('with answers that a site may give', () => {
  let site: RecordingSite;
  let time: number;
  /** By method and path; the last one that fits. */
  let answers: [string, status: number, body?: unknown][];
  beforeAll(async () => {
    site = await startRecordingSite();
  });
  afterAll(() => site.close());
  beforeEach(() => {
    site.requests.length = 0;
    time = Date.now();
    answers = [
      ['GET /rest/api/3/field', 200, [{ id: 'customfield_1', name: 'Region', custom: true }]],
      ['PUT', 204],
    ];
    site.answer = ({ method, url = '' }, response) => {
      const [, status = 404, body] =
        answers.findLast(([start]) => `${method} ${url}`.startsWith(start)) ?? [];
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(body === undefined ? undefined : JSON.stringify(body));
    };
  });

  const connect = (scopes?: readonly string[]): JiraClient =>
    createJiraClient({
      credentials: { siteUrl: site.origin, appKey: 'my-app', sharedSecret: site.sharedSecret },
      now: () => time,
      ...(scopes === undefined ? {} : { descriptor: { key: 'my-app', scopes } }),
    });
  const override = { fields: { customfield_1: 'x' }, overrideScreenSecurity: true };
  const mayAdminister = (havePermission: unknown) => ({
    permissions: { ADMINISTER: { havePermission } },
  });
  const asked = (start: string) =>
    site.requests.filter(({ method, target }) => `${method} ${target}`.startsWith(start)).length;
  const cannot = {
    errorMessages: [],
    errors: {
      customfield_1:
        "Field 'customfield_1' cannot be set. It is not on the appropriate screen, or unknown.",
    },
  };

  test('an app user who does not administer Jira is refused, and asked for anew each time', async () => {
    answers.push(['GET /rest/api/3/mypermissions', 200, mayAdminister(false)]);
    const jira = connect(['ADMIN']);
    for (let time = 1; time <= 2; time++) {
      const error = await errorOf(jira.editIssue(ISSUE, override));
      expect(error.code).toBe('JIRA_OVERRIDE_REFUSED');
      expect(error.message).toContain('lacks the global permission Administer Jira');
      expect(asked('GET /rest/api/3/mypermissions')).toBe(time);
    }
    expect(asked('PUT')).toBe(0);
  });

  test('that it does is believed for five minutes', async () => {
    answers.push(['GET /rest/api/3/mypermissions', 200, mayAdminister(true)]);
    const jira = connect(['admin']);
    await jira.editIssue(ISSUE, override);
    time += 5 * 60_000 - 1;
    await jira.editIssue(ISSUE, override);
    expect(asked('GET /rest/api/3/mypermissions')).toBe(1);
    time += 1;
    await jira.editIssue(ISSUE, override);
    expect(asked('GET /rest/api/3/mypermissions')).toBe(2);
  });

  test.each([
    ['is refused', 403, { errorMessages: ['No.'] }],
    ['says nothing', 200, {}],
  ])('Jira decides where the look-up %s', async (_what, status, body) => {
    answers.push(['GET /rest/api/3/mypermissions', status, body]);
    await connect().editIssue(ISSUE, override);
    expect(asked('PUT')).toBe(1);
  });

  test.each([
    ['fails', 503, undefined],
    ['is no JSON', 200, undefined],
    ['has no fields', 200, { fields: null }],
    ['has the field', 200, { fields: { customfield_1: {} } }],
  ])('the first error stays what it was where editmeta %s', async (_what, status, body) => {
    answers.push(['PUT', 400, cannot], ['GET /rest/api/3/issue/XX-21/editmeta', status, body]);
    const jira = createJiraClient({
      credentials: { siteUrl: site.origin, appKey: 'my-app', sharedSecret: site.sharedSecret },
      maxTries: 1,
    });
    const error = await errorOf(jira.editIssue(ISSUE, { fields: { Region: 'x' } }));
    expect(error).toMatchObject({ code: 'JIRA_BAD_REQUEST', errors: cannot.errors });
    expect(error.diagnosis).toMatchObject({
      ...{ cause: 'CS-FIELD-NOT-ON-SCREEN', confidence: 'likely' },
    });
  });

  test('nothing more is asked where Jira names no field, or refuses for another reason', async () => {
    for (const [status, body] of [
      [400, { errorMessages: ['No.'], errors: {} }],
      [403, cannot],
    ] as const) {
      answers.push(['PUT', status, body]);
      await errorOf(connect().editIssue(ISSUE, { fields: { Region: 'x' } }));
    }
    expect(asked('GET /rest/api/3/issue')).toBe(0);
  });

  test.each<[string, JiraCredentials]>([
    ['OAuth', { baseUrl: '', kind: 'oauth', bearer: 'x' }],
    ['nobody', { baseUrl: '', anonymous: true }],
  ])('%s has no override', async (_who, credentials) => {
    const jira = createJiraClient({
      credentials: { ...credentials, baseUrl: site.origin } as never,
    });
    const error = await errorOf(jira.editIssue(ISSUE, override));
    expect(error.code).toBe('JIRA_OVERRIDE_REFUSED');
    expect(asked('PUT')).toBe(0);
  });
});
