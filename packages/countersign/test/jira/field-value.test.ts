import { describe, expect, test } from 'vitest';
import { isJiraApiError, type JiraApiError } from '../../src/index.ts';
import { adf } from '../../src/jira/adf.ts';
import { shapeListItem, shapeValue, type ValueField } from '../../src/jira/field-value.ts';

const JIRA = 'com.atlassian.jira.plugin.system.customfieldtypes:';
const CONNECT = 'com.atlassian.plugins.atlassian-connect-plugin:my-app__field';
const FORGE = 'ari:cloud:ecosystem::extension/1/2/static/field';

const custom = (custom: string, type = 'any', items?: string): ValueField => ({
  id: 'customfield_1',
  name: 'Region',
  schema: { type, custom, customId: 1, ...(items === undefined ? {} : { items }) },
});
const jira = (type: string) => custom(`${JIRA}${type}`);
const system = (id: string): ValueField => ({ id, name: id, schema: { type: 'any', system: id } });

function errorOf(field: ValueField, value: unknown): JiraApiError {
  try {
    expect.fail(`it was taken: ${JSON.stringify(shapeValue(field, value))}`);
  } catch (error) {
    if (isJiraApiError(error)) return error;
    throw error;
  }
}

const user = { accountId: '5b10ac8d82e05b22cc7d4ef5' };
const document = adf.doc(adf.paragraph('x'));

const taken: [field: string, ValueField, given: unknown, sent: unknown][] = [
  ['the summary', system('summary'), 'Moved', 'Moved'],
  ['the description', system('description'), 'One\n\nTwo', adf.fromText('One\n\nTwo')],
  ['the description', system('description'), document, document],
  ['the description', system('description'), '', null],
  ['the priority', system('priority'), 'High', { name: 'High' }],
  ['the priority', system('priority'), { id: 2 }, { id: '2' }],
  ['the priority', system('priority'), 2, { id: '2' }],
  ['the components', system('components'), ['App', { id: '1' }], [{ name: 'App' }, { id: '1' }]],
  ['the labels', system('labels'), ['a', 'b'], ['a', 'b']],
  ['the assignee', system('assignee'), user.accountId, user],
  ['the assignee', system('assignee'), user, user],
  ['the assignee', system('assignee'), { id: user.accountId }, user],
  ['the due date', system('duedate'), '2024-02-29', '2024-02-29'],
  ['the due date', system('duedate'), new Date('2026-11-24T23:00:00Z'), '2026-11-24'],
  ['the due date', system('duedate'), { year: 2026, month: 3, day: 1 }, '2026-03-01'],
  ['the project', system('project'), 'XX', { key: 'XX' }],
  ['the project', system('project'), '10000', { id: '10000' }],
  ['the parent', system('parent'), 'XX-1', { key: 'XX-1' }],
  [
    'the estimates',
    system('timetracking'),
    { originalEstimate: '1w 2d', remainingEstimate: '3.5h' },
    { originalEstimate: '1w 2d', remainingEstimate: '3.5h' },
  ],
  ['a text field', jira('textfield'), 'Hall 3', 'Hall 3'],
  ['a text field', jira('textfield'), '', ''],
  ['a text area', jira('textarea'), 'x', adf.fromText('x')],
  ['a number field', jira('float'), 0.5, 0.5],
  ['a date picker', jira('datepicker'), '2026-11-24', '2026-11-24'],
  [
    'a date time picker',
    jira('datetime'),
    new Date(Date.UTC(2026, 10, 24, 9, 30)),
    '2026-11-24T09:30:00.000+0000',
  ],
  ['a date time picker', jira('datetime'), '2026-11-24T09:30Z', '2026-11-24T09:30:00.000+0000'],
  [
    'a date time picker',
    jira('datetime'),
    '2026-11-24T09:30:01.123456+05:30',
    '2026-11-24T09:30:01.123+0530',
  ],
  [
    'a date time picker',
    jira('datetime'),
    { epochMilliseconds: 0 },
    '1970-01-01T00:00:00.000+0000',
  ],
  ['a select', jira('select'), 'High', { value: 'High' }],
  ['a select', jira('radiobuttons'), { id: 10 }, { id: '10' }],
  ['a multi-select', jira('multiselect'), ['a', { value: 'b' }], [{ value: 'a' }, { value: 'b' }]],
  ['a multi-select', jira('multicheckboxes'), [], []],
  [
    'a cascading select',
    jira('cascadingselect'),
    ['Europe', 'Portugal'],
    { value: 'Europe', child: { value: 'Portugal' } },
  ],
  ['a cascading select', jira('cascadingselect'), ['Europe'], { value: 'Europe' }],
  [
    'a cascading select',
    jira('cascadingselect'),
    { value: 'Europe', child: 'Portugal' },
    { value: 'Europe', child: { value: 'Portugal' } },
  ],
  ['a user picker', jira('userpicker'), user.accountId, user],
  ['a multi-user picker', jira('multiuserpicker'), [user.accountId, user], [user, user]],
  ['a group picker', jira('grouppicker'), 'admins', { name: 'admins' }],
  ['a group picker', jira('grouppicker'), { groupId: '1-2' }, { groupId: '1-2' }],
  ['a version picker', jira('multiversion'), ['1.0'], [{ name: '1.0' }]],
  ['a URL field', jira('url'), 'https://example.com/a?b', 'https://example.com/a?b'],
  ['a labels field', jira('labels'), ['a'], ['a']],
  ["a Connect app's number", custom(CONNECT, 'number'), 1, 1],
  ["a Connect app's select", custom(CONNECT, 'option2'), 'High', { value: 'High' }],
  ["a Connect app's multi-select", custom(CONNECT, 'array', 'option2'), [1], [{ id: '1' }]],
  ["a Connect app's text", custom(CONNECT, 'string'), 'a\nb', 'a\nb'],
  ["a Forge app's users", custom(FORGE, 'array', 'user'), [user.accountId], [user]],
  ["a Forge app's object", custom(FORGE, 'any'), { amount: 1 }, { amount: 1 }],
  ['a field of an unknown type', custom('com.pyxis.greenhopper.jira:gh-sprint', 'array'), 7, 7],
  ['a field without a schema', { id: 'customfield_1', name: 'customfield_1' }, ['x'], ['x']],
];

describe('what is sent', () => {
  test.each(taken)('for %s', (_what, field, given, sent) => {
    expect(shapeValue(field, given)).toEqual(sent);
  });

  test.each(taken.filter(([, { id }]) => id !== 'summary'))('null clears %s', (_what, field) => {
    expect(shapeValue(field, null)).toBeNull();
  });
});

const refused: [string, ValueField, given: unknown, expected: string, said: string][] = [
  ['no summary', system('summary'), null, 'text', 'null'],
  ['a blank summary', system('summary'), ' ', 'text', 'text'],
  ['two lines', system('summary'), 'a\nb', 'one line of text', 'text with a line break'],
  ['too long', jira('textfield'), 'x'.repeat(256), 'at most 255', 'text of 256 characters'],
  ['a number as text', jira('float'), '5', 'a number', 'text'],
  ['no number', jira('float'), Number.NaN, 'a number', 'NaN'],
  ['a big integer', jira('float'), 5n, 'a number', 'a bigint'],
  ['text as a number', jira('textfield'), 5, 'text', 'a number'],
  ['no such day', jira('datepicker'), '2026-02-30', 'a date', 'text'],
  ['an invalid Date', jira('datepicker'), new Date('x'), 'a date', 'a Date'],
  ['no offset', jira('datetime'), '2026-11-24T09:30:00', 'with its offset from UTC', 'text'],
  ['no such time', jira('datetime'), '2026-11-24T25:30:00Z', 'with its offset', 'text'],
  ['an address', jira('userpicker'), 'a@b.example', 'an accountId and no address', 'text'],
  ['a user name', jira('userpicker'), { name: 'robin' }, 'a user', 'an object with name'],
  ['one label', system('labels'), 'a', 'a list of labels', 'text'],
  ['a label with a blank', system('labels'), ['a b'], 'a label without blanks', 'text'],
  ['no item', system('labels'), [null], 'a list of labels', 'null'],
  ['one option of many', jira('multiselect'), 'a', 'a list of options', 'text'],
  ['a list of options', jira('select'), ['a'], 'an option', 'a list of 1'],
  ['three levels', jira('cascadingselect'), ['a', 'b', 'c'], 'an option and one below', 'a list'],
  ['no URL', jira('url'), 'example.com', 'a URL', 'text'],
  ['an estimate', system('timetracking'), { originalEstimate: 'soon' }, 'estimates', 'an object'],
  ['true', jira('float'), true, 'a number', 'true'],
  ['nothing', jira('float'), undefined, 'a value', 'nothing'],
  ['HTML', system('description'), { html: '<p>' }, 'text, or an Atlassian document', 'html'],
  [
    'an empty text node',
    system('description'),
    { type: 'doc', version: 1, content: [{ type: 'paragraph', content: [{ type: 'text' }] }] },
    'content[0].content[0] is a text node without text',
    'an object',
  ],
];

describe('what is refused before anything is sent', () => {
  test.each(refused)('%s', (_what, field, given, expected, said) => {
    const error = errorOf(field, given);
    expect(error.code).toBe('JIRA_FIELD_VALUE_INVALID');
    expect(error.message).toContain(expected);
    expect(error.message).toContain(said);
    expect(error.message).toContain(field.id);
    expect(error.hint).toMatch(/For example|null clears/);
  });

  test('names the field by both its names, and does not repeat the value', () => {
    const error = errorOf(jira('float'), 'a private remark');
    expect(error.message).toBe(
      "The field 'Region' (customfield_1) takes a number; text was given.",
    );
    expect(JSON.stringify(error)).not.toContain('private');
  });
});

describe('where Jira says what a field takes', () => {
  const allowedValues = [
    { id: '10', value: 'Low' },
    { id: '11', value: 'High', children: [{ id: '12', value: 'Highest' }] },
  ];
  const field = { ...jira('select'), allowedValues };
  const cascading = { ...jira('cascadingselect'), allowedValues };

  test('an option is taken by its value and by its id, also as text', () => {
    expect(shapeValue(field, 'High')).toEqual({ value: 'High' });
    expect(shapeValue(field, { id: '10' })).toEqual({ id: '10' });
    expect(shapeValue(field, '10')).toEqual({ id: '10' });
    expect(shapeValue(cascading, ['High', 'Highest'])).toMatchObject({
      child: { value: 'Highest' },
    });
  });

  test('another is refused, with the nearest one and all that there are', () => {
    const error = errorOf(field, 'Hihg');
    expect(error.message).toBe(
      "The field 'Region' (customfield_1) has no option 'Hihg' here. Did you mean 'High'?",
    );
    expect(error.hint).toBe('It takes Low, High.');
    expect(errorOf(field, { id: 99 }).message).toContain("no option '99'");
    expect(errorOf(cascading, ['High', 'Low']).message).toContain("no option 'Low'");
  });

  test('a long list is cut', () => {
    const many = Array.from({ length: 200 }, (_, id) => ({ id: `${id}`, name: `Name ${id}` }));
    const { hint } = errorOf({ ...system('priority'), allowedValues: many }, 'Utmost');
    expect(hint).toMatch(/Name 9 and 190 more\.$/);
  });
});

test('one item of a list is shaped like those of the whole list', () => {
  expect(shapeListItem(jira('multiselect'), 'a')).toEqual({ value: 'a' });
  expect(shapeListItem(jira('select'), 'a')).toBe('a');
  expect(() => shapeListItem(system('labels'), 'a b')).toThrow('without blanks');
});
