import { JiraApiError, nearest } from '../errors.ts';
import { adf, documentProblem } from './adf.ts';
import { dateText, dateTimeText } from './field-dates.ts';
import type { FieldSchema, JiraField } from './fields.ts';

/** What a field takes, as far as its schema tells. */
type Kind =
  | 'line'
  | 'document'
  | 'number'
  | 'date'
  | 'datetime'
  | 'user'
  | 'group'
  | 'label'
  | 'option'
  | 'cascade'
  | 'named'
  | 'project'
  | 'url'
  | 'timetracking'
  | 'parent'
  | 'text';

interface Shape {
  readonly kind: Kind;
  readonly list: boolean;
}

/** The part behind the colon of `com.atlassian.jira.plugin.system.customfieldtypes:…`, and what such a field takes. */
const CUSTOM_TYPES: Readonly<Record<string, Shape>> = {
  textfield: one('line'),
  readonlyfield: one('text'),
  textarea: one('document'),
  float: one('number'),
  importid: one('number'),
  datepicker: one('date'),
  datetime: one('datetime'),
  select: one('option'),
  radiobuttons: one('option'),
  multiselect: many('option'),
  multicheckboxes: many('option'),
  cascadingselect: one('cascade'),
  userpicker: one('user'),
  people: many('user'),
  multiuserpicker: many('user'),
  grouppicker: one('group'),
  multigrouppicker: many('group'),
  labels: many('label'),
  project: one('project'),
  version: one('named'),
  multiversion: many('named'),
  url: one('url'),
};

const SYSTEM_FIELDS: Readonly<Record<string, Shape>> = {
  summary: one('line'),
  description: one('document'),
  environment: one('document'),
  priority: one('named'),
  resolution: one('named'),
  issuetype: one('named'),
  security: one('named'),
  components: many('named'),
  versions: many('named'),
  fixVersions: many('named'),
  labels: many('label'),
  assignee: one('user'),
  reporter: one('user'),
  duedate: one('date'),
  project: one('project'),
  timetracking: one('timetracking'),
  parent: one('parent'),
};

/** Fields of apps say their type, and nothing more about their values. */
const PLAIN_TYPES: Readonly<Record<string, Kind>> = {
  number: 'number',
  date: 'date',
  datetime: 'datetime',
  user: 'user',
  group: 'group',
  option: 'option',
  option2: 'option',
};

const JIRA_TYPES = 'com.atlassian.jira.plugin.system.customfieldtypes:';
const APP_TYPES = /^(?:com\.atlassian\.plugins\.atlassian-connect-plugin:|ari:cloud:ecosystem::)/;
const MAX_LINE_LENGTH = 255;

function one(kind: Kind): Shape {
  return { kind, list: false };
}

function many(kind: Kind): Shape {
  return { kind, list: true };
}

function shapeOf({ system, custom, type, items }: FieldSchema): Shape | undefined {
  if (system !== undefined) return own(SYSTEM_FIELDS, system);
  if (custom?.startsWith(JIRA_TYPES)) return own(CUSTOM_TYPES, custom.slice(JIRA_TYPES.length));
  if (custom === undefined || !APP_TYPES.test(custom)) return undefined;
  const isList = type === 'array';
  const kind = own(PLAIN_TYPES, isList ? (items ?? '') : type);
  // Text of an app may be a line, several lines or a document: only Jira knows.
  return kind === undefined ? undefined : { kind, list: isList };
}

function own<T>(table: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}

/** What a value is checked with. */
export interface ValueField extends Pick<JiraField, 'id' | 'name' | 'schema'> {
  /** Of editmeta, where it was read. */
  readonly allowedValues?: readonly unknown[];
}

/**
 * Checks a value against the schema of its field, and gives it the form in which Jira takes it. Fields of a type that
 * is not known here keep their values as they are. Null clears a field.
 *
 * @throws JiraApiError JIRA_FIELD_VALUE_INVALID.
 * @see https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issues/#api-rest-api-3-issue-issueidorkey-put
 */
export function shapeValue(field: ValueField, value: unknown): unknown {
  if (value === undefined) throw refuse(field, value, 'a value', 'null clears the field');
  const shape = field.schema === undefined ? undefined : shapeOf(field.schema);
  if (value === null) {
    if (field.id === 'summary') throw refuse(field, value, 'text', "'Find the site location'");
    return null;
  }
  if (shape === undefined) return value;
  if (!shape.list) return shapeOne(field, shape.kind, value);
  if (!Array.isArray(value)) {
    throw refuse(field, value, `a list of ${KINDS[shape.kind].many}`, exampleOf(shape));
  }
  return value.map((item) => shapeItem(field, shape, item));
}

/** The same for one item of a list, as `add` and `remove` of an update take it. */
export function shapeListItem(field: ValueField, value: unknown): unknown {
  const shape = field.schema === undefined ? undefined : shapeOf(field.schema);
  return shape === undefined || !shape.list ? value : shapeItem(field, shape, value);
}

function shapeItem(field: ValueField, shape: Shape, item: unknown): unknown {
  if (item === null || item === undefined) {
    throw refuse(field, item, `a list of ${KINDS[shape.kind].many}`, exampleOf(shape));
  }
  return shapeOne(field, shape.kind, item);
}

function shapeOne(field: ValueField, kind: Kind, value: unknown): unknown {
  const shaped = SHAPERS[kind](value, field);
  if (shaped !== undefined) return shaped;
  throw refuse(field, value, KINDS[kind].one, KINDS[kind].example);
}

/** Undefined where the value is not of the kind. */
type Shaper = (value: unknown, field: ValueField) => unknown;

const SHAPERS: Readonly<Record<Kind, Shaper>> = {
  line(value, field) {
    if (typeof value !== 'string') return undefined;
    if (/[\r\n]/.test(value)) throw refuse(field, value, 'one line of text', "'Hall 3'");
    if (field.id === 'summary' && value.trim() === '') return undefined;
    if (value.length > MAX_LINE_LENGTH) {
      throw refuse(field, value, `at most ${MAX_LINE_LENGTH} characters`, "'Hall 3'");
    }
    return value;
  },
  text: (value) => (typeof value === 'string' ? value : undefined),
  document(value, field) {
    if (typeof value === 'string') return value === '' ? null : adf.fromText(value);
    const problem = documentProblem(value);
    if (problem === undefined) return value;
    if (!isObject(value) || value.type !== 'doc') return undefined;
    throw refuse(field, value, `a sound document, but ${problem}`, KINDS.document.example);
  },
  number: (value) => (typeof value === 'number' && Number.isFinite(value) ? value : undefined),
  date: dateText,
  datetime: dateTimeText,
  user(value, field) {
    const id =
      typeof value === 'string'
        ? value
        : isObject(value)
          ? (value.accountId ?? value.id)
          : undefined;
    if (typeof id === 'string' && id.includes('@')) {
      throw refuse(field, value, 'an accountId and no address', KINDS.user.example);
    }
    return typeof id === 'string' && /^[\w:.-]{1,128}$/.test(id) ? { accountId: id } : undefined;
  },
  group(value) {
    if (typeof value === 'string' && value !== '') return { name: value };
    return isObject(value) && (isText(value.name) || isText(value.groupId)) ? value : undefined;
  },
  label: (value) => (typeof value === 'string' && /^\S{1,255}$/.test(value) ? value : undefined),
  option: (value, field) => choose(value, field, 'value', field.allowedValues),
  cascade(value, field) {
    if (!Array.isArray(value)) {
      if (!isObject(value)) return undefined;
      const { child, ...parent } = value;
      return cascade(parent, child, field);
    }
    const [parent, child] = value;
    return value.length === 1 || value.length === 2 ? cascade(parent, child, field) : undefined;
  },
  named: (value, field) => choose(value, field, 'name', field.allowedValues),
  project(value) {
    if (typeof value === 'number' && Number.isInteger(value)) return { id: String(value) };
    if (typeof value === 'string') {
      if (/^\d+$/.test(value)) return { id: value };
      return /^[A-Z]\w*$/i.test(value) ? { key: value } : undefined;
    }
    return isObject(value) && (isText(value.id) || isText(value.key)) ? value : undefined;
  },
  url: (value) =>
    typeof value === 'string' && /^[a-z][a-z\d+.-]*:\S+$/i.test(value) && URL.canParse(value)
      ? value
      : undefined,
  timetracking(value) {
    if (!isObject(value)) return undefined;
    const names = Object.keys(value);
    const isKnown = names.every((name) => /^(?:original|remaining)Estimate$/.test(name));
    const isTime = Object.values(value).every(
      (time) =>
        isText(time) && time.split(' ').every((part) => /^\d+(?:\.\d+)?[wdhm]?$/.test(part)),
    );
    return names.length > 0 && isKnown && isTime ? value : undefined;
  },
  parent(value) {
    if (typeof value === 'string' && /^\w[\w-]*$/.test(value)) {
      return /^\d+$/.test(value) ? { id: value } : { key: value };
    }
    return isObject(value) && (isText(value.id) || isText(value.key)) ? value : undefined;
  },
};

const KINDS: Readonly<Record<Kind, { one: string; many: string; example: string }>> = {
  line: { one: 'text', many: 'texts', example: "'Hall 3'" },
  text: { one: 'text', many: 'texts', example: "'Hall 3'" },
  document: {
    one: 'text, or an Atlassian document',
    many: 'documents',
    example: "adf.fromText('Two paragraphs.\\n\\nThe second.')",
  },
  number: { one: 'a number', many: 'numbers', example: '5' },
  date: { one: 'a date', many: 'dates', example: "'2026-11-24'" },
  datetime: {
    one: 'a time with its offset from UTC',
    many: 'times',
    example: "'2026-11-24T09:30:00+01:00'",
  },
  user: { one: 'a user', many: 'users', example: "{ accountId: '5b10ac8d82e05b22cc7d4ef5' }" },
  group: { one: 'a group', many: 'groups', example: "{ name: 'jira-administrators' }" },
  label: { one: 'a label without blanks', many: 'labels without blanks', example: "'office'" },
  option: { one: 'an option', many: 'options', example: "{ value: 'High' }" },
  cascade: {
    one: 'an option and one below it',
    many: 'options',
    example: "['Europe', 'Portugal']",
  },
  named: { one: 'a name or an id', many: 'names or ids', example: "{ name: 'High' }" },
  project: { one: 'a project', many: 'projects', example: "{ key: 'XX' }" },
  url: { one: 'a URL', many: 'URLs', example: "'https://example.com'" },
  timetracking: {
    one: 'estimates',
    many: 'estimates',
    example: "{ originalEstimate: '1w 2d', remainingEstimate: '3h 30m' }",
  },
  parent: { one: 'an issue', many: 'issues', example: "{ key: 'XX-1' }" },
};

function exampleOf({ kind, list }: Shape): string {
  const { example } = KINDS[kind];
  return list ? `[${example}]` : example;
}

/** Something of a list that Jira knows, by its id or by its name. */
function choose(
  value: unknown,
  field: ValueField,
  nameProperty: 'name' | 'value',
  allowed: readonly unknown[] | undefined,
): Record<string, unknown> | undefined {
  const wanted = reference(value, nameProperty);
  if (wanted === undefined || allowed === undefined || allowed.length === 0) return wanted;
  const id = wanted.id;
  const name = wanted[nameProperty];
  const options = allowed.filter(isObject);
  if (options.some((option) => (isText(id) ? String(option.id) === id : nameOf(option) === name))) {
    return wanted;
  }
  // Text may have been meant as an id.
  if (typeof value === 'string' && options.some((option) => String(option.id) === value)) {
    return { id: value };
  }
  const names = options.map(nameOf).filter(isText);
  const near = isText(name) ? nearest(name, names) : undefined;
  throw new JiraApiError(
    'JIRA_FIELD_VALUE_INVALID',
    `The field ${titleOf(field)} has no option '${String(id ?? name).slice(0, 40)}' here.${near === undefined ? '' : ` Did you mean '${near}'?`}`,
    { hint: `It takes ${listed(names)}.` },
  );
}

function reference(value: unknown, nameProperty: 'name' | 'value') {
  if (typeof value === 'number' && Number.isInteger(value)) return { id: String(value) };
  if (isText(value)) return { [nameProperty]: value };
  if (!isObject(value)) return undefined;
  const { id } = value;
  if (typeof id === 'number' && Number.isInteger(id)) return { ...value, id: String(id) };
  return isText(id) || isText(value[nameProperty]) ? value : undefined;
}

function cascade(parent: unknown, child: unknown, field: ValueField) {
  const chosen = choose(parent, field, 'value', field.allowedValues);
  if (chosen === undefined) return undefined;
  if (child === undefined || child === null) return chosen;
  const option = field.allowedValues
    ?.filter(isObject)
    .find(({ id, value }) =>
      isText(chosen.id) ? String(id) === chosen.id : value === chosen.value,
    );
  const children = option === undefined ? undefined : option.children;
  const below = choose(child, field, 'value', Array.isArray(children) ? children : undefined);
  return below === undefined ? undefined : { ...chosen, child: below };
}

function nameOf(option: Record<string, unknown>): unknown {
  return option.value ?? option.name;
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, 10).map((name) => name.slice(0, 40));
  return `${shown.join(', ')}${names.length > shown.length ? ` and ${names.length - shown.length} more` : ''}`;
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function titleOf({ id, name }: Pick<JiraField, 'id' | 'name'>): string {
  return name === id ? `'${id}'` : `'${name}' (${id})`;
}

/** The value itself stays out of the message: it may be long, and it may be private. */
function refuse(field: ValueField, value: unknown, expected: string, example: string) {
  return new JiraApiError(
    'JIRA_FIELD_VALUE_INVALID',
    `The field ${titleOf(field)} takes ${expected}; ${describe(value)} was given.`,
    { hint: `For example ${example}. Nothing was sent.` },
  );
}

function describe(value: unknown): string {
  switch (typeof value) {
    case 'string': {
      if (value === '') return 'an empty text';
      const lineBreak = /[\r\n]/.test(value) ? ' with a line break' : '';
      return value.length > MAX_LINE_LENGTH
        ? `text of ${value.length} characters${lineBreak}`
        : `text${lineBreak}`;
    }
    case 'number':
      return Number.isFinite(value) ? 'a number' : String(value);
    case 'boolean':
      return String(value);
    case 'object': {
      if (value === null) return 'null';
      if (Array.isArray(value)) return `a list of ${value.length}`;
      if (value instanceof Date) return 'a Date';
      const names = Object.keys(value).slice(0, 5);
      return names.length === 0 ? 'an empty object' : `an object with ${names.join(', ')}`;
    }
    default:
      return typeof value === 'undefined' ? 'nothing' : `a ${typeof value}`;
  }
}
