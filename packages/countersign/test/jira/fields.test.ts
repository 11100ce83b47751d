import { beforeEach, describe, expect, test } from 'vitest';
import { isJiraApiError, JiraApiError } from '../../src/index.ts';
import { createFieldNames, type FieldNames, type JiraField } from '../../src/jira/fields.ts';

const MINUTE = 60_000;
const SUMMARY: JiraField = { id: 'summary', name: 'Summary', custom: false };
const LOCATION: JiraField = { id: 'customfield_10042', name: 'Site location', custom: true };

let listed: JiraField[];
let loads: number;
let load: () => Promise<readonly JiraField[]>;
let time: number;
let names: FieldNames;
beforeEach(() => {
  listed = [SUMMARY, LOCATION];
  loads = 0;
  time = 1_700_000_000_000;
  load = async () => [...listed];
  names = createFieldNames(
    () => {
      loads++;
      return load();
    },
    () => time,
  );
});

/** The values that were given, by the ids of their fields. */
async function idsOf(fields: Record<string, unknown>): Promise<Record<string, unknown>> {
  const resolved = await names.resolve(fields);
  return Object.fromEntries(resolved.map(({ field, value }) => [field.id, value]));
}

async function errorOf(fields: Record<string, unknown>): Promise<JiraApiError> {
  const error = await idsOf(fields).then(
    (ids) => expect.fail(JSON.stringify(ids)),
    (caught: unknown) => caught,
  );
  if (isJiraApiError(error)) return error;
  throw error;
}

describe('a field', () => {
  test.each([
    ['by its name', { 'Site location': 'Hall 3' }, { customfield_10042: 'Hall 3' }],
    ['by its id', { customfield_10042: 'Hall 3' }, { customfield_10042: 'Hall 3' }],
    ['of Jira itself by its id', { summary: 'x' }, { summary: 'x' }],
    ['of Jira itself by its name', { Summary: 'x' }, { summary: 'x' }],
    [
      'among others, with its value as it is',
      { Summary: null, customfield_10042: { value: ['a'] } },
      { summary: null, customfield_10042: { value: ['a'] } },
    ],
  ])('is found %s', async (_name, fields, expected) => {
    expect(await idsOf(fields)).toEqual(expected);
  });

  test('of an app by its key, and of a Forge app by its type as well', async () => {
    const type = 'ari:cloud:ecosystem::extension/1/2/static/trust';
    listed.push(
      { id: 'customfield_20', name: 'Trust', custom: true, key: 'my-app__trust' },
      {
        ...{ id: 'customfield_21', name: 'Trust', custom: true, key: '1__PRODUCTION__trust' },
        schema: { type: 'string', custom: type },
      },
    );
    expect(await idsOf({ 'my-app__trust': 'x', [type]: 'y' })).toEqual({
      customfield_20: 'x',
      customfield_21: 'y',
    });
    expect(await idsOf({ '1__PRODUCTION__trust': 'y' })).toEqual({ customfield_21: 'y' });
    expect((await errorOf({ Trust: 'x' })).code).toBe('JIRA_FIELD_AMBIGUOUS');
    expect((await errorOf({ 'my-app__turst': 'x' })).message).toContain(
      "Did you mean 'my-app__trust'?",
    );
  });

  test('whose id is the name of another one is meant by its id', async () => {
    listed.push({ id: 'customfield_1', name: 'summary', custom: true });
    expect(await idsOf({ summary: 'x' })).toEqual({ summary: 'x' });
  });

  test('named in another case is unknown, and the right name is said', async () => {
    const error = await errorOf({ 'site location': 'x' });
    expect(error).toMatchObject({ code: 'JIRA_FIELD_UNKNOWN', path: '/rest/api/3/field' });
    expect(error.message).toBe(
      "Jira lists no field 'site location'. Did you mean 'Site location'?",
    );
  });

  test('whose id is misspelt is unknown, and the right id is said', async () => {
    expect((await errorOf({ sumary: 'x' })).message).toContain("Did you mean 'Summary'?");
    expect((await errorOf({ Summary: 'x', customfield_10043: 'y' })).message).toContain(
      "Did you mean 'customfield_10042'?",
    );
  });

  test('like no other is unknown, without a guess', async () => {
    expect((await errorOf({ 'Quarterly revenue forecast': 1 })).message).toBe(
      "Jira lists no field 'Quarterly revenue forecast'.",
    );
  });

  test.each(['constructor', 'toString', '__proto__', ''])(
    'named %j is like any other',
    async (name) => {
      expect((await errorOf({ [name]: 'x' })).code).toBe('JIRA_FIELD_UNKNOWN');
      listed.push({ id: 'customfield_7', name, custom: true });
      time += 1;
      expect(await idsOf({ [name]: 'x' })).toEqual({ customfield_7: 'x' });
    },
  );

  test('whose name two have is ambiguous, and both ids are said', async () => {
    listed.push({ id: 'customfield_10077', name: 'Site location', custom: true });
    const error = await errorOf({ 'Site location': 'x' });
    expect(error.code).toBe('JIRA_FIELD_AMBIGUOUS');
    expect(error.message).toContain('customfield_10042, customfield_10077');
    expect(await idsOf({ customfield_10077: 'x', Summary: 'y' })).toEqual({
      customfield_10077: 'x',
      summary: 'y',
    });
  });

  test('given twice, by name and by id, is an error that names it', async () => {
    const error = await errorOf({ 'Site location': 'a', customfield_10042: 'b' });
    expect(error.code).toBe('JIRA_FIELD_AMBIGUOUS');
    expect(error.message).toContain('customfield_10042 is given twice');
  });
});

describe('the list', () => {
  test('need not have the custom fields that are given by their ids, nor be had for none', async () => {
    expect(await idsOf({})).toEqual({});
    expect(loads).toBe(0);
    const ids = { customfield_10042: 'x', customfield_99999: 'y' };
    expect(await idsOf(ids)).toEqual(ids);
    expect((await names.resolve(ids))[0]?.field).toBe(LOCATION);
    expect(loads).toBe(1);
  });

  test.each([
    ['refused', new JiraApiError('JIRA_FORBIDDEN', 'No.', { status: 403 })],
    ['no list', new JiraApiError('JIRA_ANSWER_INVALID', 'No.', { status: 200 })],
    ['too long', new JiraApiError('JIRA_ANSWER_TOO_LARGE', 'No.', { status: 200 })],
  ])('that is %s does not stop an edit by ids', async (_what, failure) => {
    load = () => Promise.reject(failure);
    expect(await idsOf({ customfield_10042: 'x' })).toEqual({ customfield_10042: 'x' });
    await expect(names.resolve({ Summary: 'x' })).rejects.toBe(failure);
  });

  test.each([
    ['limits calls', new JiraApiError('JIRA_RATE_LIMITED', 'No.', { status: 429 })],
    ['is down', new JiraApiError('JIRA_UNAVAILABLE', 'No.', { status: 503 })],
  ])('stops an edit by ids where Jira %s: the edit would fail as well', async (_what, failure) => {
    load = () => Promise.reject(failure);
    await expect(names.resolve({ customfield_10042: 'x' })).rejects.toBe(failure);
  });

  test('is waited for no longer than the signal of the caller allows, and others still get it', async () => {
    const list = Promise.withResolvers<readonly JiraField[]>();
    load = () => list.promise;
    const controller = new AbortController();
    const reason = new Error('the user went away');
    const aborted = names.resolve({ Summary: 'x' }, controller.signal);
    const other = names.resolve({ Summary: 'x' });
    controller.abort(reason);
    await expect(aborted).rejects.toBe(reason);
    list.resolve(listed);
    expect(await other).toHaveLength(1);
    expect(loads).toBe(1);
    await expect(names.resolve({ customfield_1: 'x' }, controller.signal)).rejects.toBe(reason);
  });

  test('is loaded once for all calls, one after another and at once', async () => {
    await Promise.all(Array.from({ length: 10 }, () => idsOf({ Summary: 'x' })));
    await idsOf({ 'Site location': 'x' });
    expect(loads).toBe(1);
  });

  test('is loaded again after five minutes', async () => {
    await idsOf({ Summary: 'x' });
    time += 5 * MINUTE - 1;
    await idsOf({ Summary: 'x' });
    expect(loads).toBe(1);
    time += 1;
    listed = [{ id: 'customfield_1', name: 'Summary', custom: true }];
    expect(await idsOf({ Summary: 'x' })).toEqual({ customfield_1: 'x' });
    expect(loads).toBe(2);
  });

  test('is loaded again for a name that it lacks: the field may be younger', async () => {
    await idsOf({ Summary: 'x' });
    time += 1000;
    listed.push({ id: 'customfield_2', name: 'Brand new', custom: true });
    expect(await idsOf({ 'Brand new': 'x' })).toEqual({ customfield_2: 'x' });
    expect(loads).toBe(2);
  });

  test('is loaded once more, and not over and over, for many unknown names at once', async () => {
    await idsOf({ Summary: 'x' });
    time += 1000;
    await Promise.all(Array.from({ length: 10 }, (_, index) => errorOf({ [`no ${index}`]: 'x' })));
    expect(loads).toBe(2);
  });

  test('that was loaded for this very call is not loaded twice', async () => {
    expect((await errorOf({ Nothing: 'x' })).code).toBe('JIRA_FIELD_UNKNOWN');
    expect(loads).toBe(1);
  });

  test('that could not be loaded is the error of the call, and is tried again next time', async () => {
    const failure = new Error('Jira is down');
    load = () => Promise.reject(failure);
    await expect(idsOf({ Summary: 'x' })).rejects.toBe(failure);
    load = async () => listed;
    expect(await idsOf({ Summary: 'x' })).toEqual({ summary: 'x' });
    expect(loads).toBe(2);
  });
});
