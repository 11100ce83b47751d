import { documentFromText, isDocument } from '../site/document.ts';
import { type Field, priorities } from '../site/fields.ts';
import type { Site } from '../site/site.ts';

/** Either what is to be stored (null clears the field), or what is wrong. */
export type CheckedValue = { value: unknown } | { error: string };

const maximumTextLength = 255;

// Of a field of an app: no more values than this.
const maximumListLength = 100;

/** Checks what a caller wants to set a field to. */
export function checkValue(site: Site, field: Field, value: unknown, version: 2 | 3): CheckedValue {
  if (field.id === 'summary') return checkSummary(value);
  if (value === null) return { value: null };
  if (!field.list) return checkOne(site, field, value, version);
  if (!Array.isArray(value)) return { error: 'data was not an array' };
  if (value.length > maximumListLength) return { error: 'There are too many values.' };
  const values: unknown[] = [];
  for (const item of value) {
    const checked = item === null ? { value: null } : checkOne(site, field, item, version);
    if ('error' in checked) return checked;
    if (checked.value === null) return { error: 'data was not an array of values' };
    values.push(checked.value);
  }
  return { value: values.length === 0 ? null : values };
}

function checkOne(site: Site, field: Field, value: unknown, version: 2 | 3): CheckedValue {
  switch (field.kind) {
    case 'text':
      return checkText(value);
    case 'longtext':
      return typeof value === 'string'
        ? { value: value === '' ? null : value }
        : { error: 'Operation value must be a string' };
    case 'number':
      return typeof value === 'number' && Number.isFinite(value)
        ? { value }
        : { error: 'Operation value must be a number' };
    case 'document':
      return checkDocument(value, version);
    case 'date':
      return checkDate(value);
    case 'datetime':
      return checkDateTime(value);
    case 'url':
      return checkUrl(value);
    case 'labels':
      return checkLabels(value);
    case 'priority':
      return checkPriority(value);
    case 'select':
      return checkOption(site, field, value);
    case 'cascade':
      return checkCascade(site, field, value);
    case 'user':
      return checkUser(site, value);
    case 'group':
      return typeof asObject(value).name === 'string'
        ? { value: { name: asObject(value).name } }
        : { error: 'The group is not valid.' };
    case 'object':
      return typeof value === 'object' && !Array.isArray(value)
        ? { value }
        : { error: 'Operation value must be an object' };
    case 'derived':
    case 'property':
      return { error: `Field '${field.id}' is set by Jira.` };
  }
}

function checkDate(value: unknown): CheckedValue {
  if (typeof value !== 'string') return { error: 'Operation value must be a string' };
  return isDay(value) ? { value } : { error: `Error parsing date string: ${value.slice(0, 40)}` };
}

function isDay(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return false;
  const time = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

/** As Jira writes it: milliseconds, and an offset without a colon. */
function checkDateTime(value: unknown): CheckedValue {
  if (typeof value !== 'string') return { error: 'Operation value must be a string' };
  const form = /^(\d{4}-\d\d-\d\d)(T\d\d:\d\d:\d\d\.\d{3})([+-]\d\d)(\d\d)$/.exec(value);
  const time = form === null ? Number.NaN : Date.parse(`${form[1]}${form[2]}${form[3]}:${form[4]}`);
  return isDay(form?.[1] ?? '') && !Number.isNaN(time)
    ? { value: new Date(time).toISOString().replace('Z', '+0000') }
    : { error: `Error parsing date string: ${value.slice(0, 40)}` };
}

function checkUrl(value: unknown): CheckedValue {
  if (typeof value !== 'string') return { error: 'Operation value must be a string' };
  return /^[a-z][a-z\d+.-]*:\S+$/i.test(value) && URL.canParse(value)
    ? { value }
    : { error: 'The URL is not valid.' };
}

function checkOption(site: Site, field: Field, wanted: unknown): CheckedValue {
  const { id, value } = asObject(wanted);
  const option = site.fieldOptions
    .of(field.id)
    .filter(({ parentId }) => parentId === undefined)
    .find((each) => (id === undefined ? each.value === value : String(each.id) === String(id)));
  if (option) return { value: option.id };
  if (id === undefined && value === undefined) {
    return { error: `Specify a valid 'id' or 'name' for ${field.name}` };
  }
  return {
    error: `Option ${id === undefined ? 'value' : 'id'} '${String(id ?? value).slice(0, 60)}' is not valid`,
  };
}

function checkCascade(site: Site, field: Field, wanted: unknown): CheckedValue {
  const parent = checkOption(site, field, wanted);
  if ('error' in parent) {
    return { error: "Could not find valid 'id' or 'value' in the Parent Option object." };
  }
  const { child } = asObject(wanted);
  if (child === undefined || child === null) return { value: { parent: parent.value } };
  const { id, value } = asObject(child);
  const option = site.fieldOptions
    .of(field.id)
    .filter(({ parentId }) => parentId === parent.value)
    .find((each) => (id === undefined ? each.value === value : String(each.id) === String(id)));
  return option
    ? { value: { parent: parent.value, child: option.id } }
    : { error: "Could not find valid 'id' or 'value' in the Child Option object." };
}

function checkSummary(value: unknown): CheckedValue {
  if (value !== null && typeof value !== 'string') {
    return { error: 'Operation value must be a string' };
  }
  if (value === null || value.trim() === '') {
    return { error: 'You must specify a summary of the issue.' };
  }
  if (/[\r\n]/.test(value)) {
    return { error: 'The summary is invalid because it contains newline characters.' };
  }
  if (value.length > maximumTextLength) {
    return { error: `Summary can't exceed ${maximumTextLength} characters.` };
  }
  return { value };
}

function checkText(value: unknown): CheckedValue {
  if (typeof value !== 'string') return { error: 'Operation value must be a string' };
  if (value.length > maximumTextLength) {
    return {
      error: `The entered text is too long. It exceeds the allowed limit of ${maximumTextLength} characters.`,
    };
  }
  return { value: value === '' ? null : value };
}

/** v3 takes a document, v2 takes text. */
export function checkDocument(value: unknown, version: 2 | 3): CheckedValue {
  if (version === 2) {
    return typeof value === 'string'
      ? { value: value === '' ? null : documentFromText(value) }
      : { error: 'Operation value must be a string' };
  }
  return isDocument(value)
    ? { value }
    : {
        error: 'Operation value must be an Atlassian Document (see the Atlassian Document Format)',
      };
}

function checkLabels(value: unknown): CheckedValue {
  if (!Array.isArray(value)) return { error: 'Operation value must be an array' };
  for (const label of value) {
    if (typeof label !== 'string' || label === '') return { error: 'A label must be a string' };
    if (/\s/.test(label))
      return { error: `The label '${label}' contains spaces which is invalid.` };
  }
  return { value: [...new Set(value)].sort() };
}

function checkPriority(value: unknown): CheckedValue {
  const { id, name } = asObject(value);
  const priority = priorities.find((each) => each.id === id || each.name === name);
  return priority ? { value: priority.id } : { error: 'The priority selected is invalid.' };
}

function checkUser(site: Site, value: unknown): CheckedValue {
  const { accountId, id } = asObject(value);
  const wanted = accountId ?? id;
  if (wanted === null) return { value: null };
  const user = typeof wanted === 'string' ? site.users.find(wanted) : undefined;
  return user
    ? { value: user.accountId }
    : { error: 'User does not exist, or the value is not {"accountId": "..."}.' };
}

function asObject(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
