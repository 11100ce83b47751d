import { beforeEach, describe, expect, test } from 'vitest';
import { isJiraApiError, type JiraApiError } from '../../src/index.ts';
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

async function errorOf(fields: Record<string, unknown>): Promise<JiraApiError> {
  const error = await names.toIds(fields).then(
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
    expect(await names.toIds(fields)).toEqual(expected);
  });

  test('whose id is the name of another one is meant by its id', async () => {
    listed.push({ id: 'customfield_1', name: 'summary', custom: true });
    expect(await names.toIds({ summary: 'x' })).toEqual({ summary: 'x' });
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
      expect(await names.toIds({ [name]: 'x' })).toEqual({ customfield_7: 'x' });
    },
  );

  test('whose name two have is ambiguous, and both ids are said', async () => {
    listed.push({ id: 'customfield_10077', name: 'Site location', custom: true });
    const error = await errorOf({ 'Site location': 'x' });
    expect(error.code).toBe('JIRA_FIELD_AMBIGUOUS');
    expect(error.message).toContain('customfield_10042, customfield_10077');
    expect(await names.toIds({ customfield_10077: 'x', Summary: 'y' })).toEqual({
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
  test('is not needed for custom fields by their ids, nor for none', async () => {
    expect(await names.toIds({ customfield_1: 'x', customfield_99999: 'y' })).toEqual({
      customfield_1: 'x',
      customfield_99999: 'y',
    });
    expect(await names.toIds({})).toEqual({});
    expect(loads).toBe(0);
  });

  test('is loaded once for all calls, one after another and at once', async () => {
    await Promise.all(Array.from({ length: 10 }, () => names.toIds({ Summary: 'x' })));
    await names.toIds({ 'Site location': 'x' });
    expect(loads).toBe(1);
  });

  test('is loaded again after five minutes', async () => {
    await names.toIds({ Summary: 'x' });
    time += 5 * MINUTE - 1;
    await names.toIds({ Summary: 'x' });
    expect(loads).toBe(1);
    time += 1;
    listed = [{ id: 'customfield_1', name: 'Summary', custom: true }];
    expect(await names.toIds({ Summary: 'x' })).toEqual({ customfield_1: 'x' });
    expect(loads).toBe(2);
  });

  test('is loaded again for a name that it lacks: the field may be younger', async () => {
    await names.toIds({ Summary: 'x' });
    time += 1000;
    listed.push({ id: 'customfield_2', name: 'Brand new', custom: true });
    expect(await names.toIds({ 'Brand new': 'x' })).toEqual({ customfield_2: 'x' });
    expect(loads).toBe(2);
  });

  test('is loaded once more, and not over and over, for many unknown names at once', async () => {
    await names.toIds({ Summary: 'x' });
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
    await expect(names.toIds({ Summary: 'x' })).rejects.toBe(failure);
    load = async () => listed;
    expect(await names.toIds({ Summary: 'x' })).toEqual({ summary: 'x' });
    expect(loads).toBe(2);
  });
});
