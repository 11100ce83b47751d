import { documentFromText, isDocument } from '../site/document.ts';
import { type Field, priorities } from '../site/fields.ts';
import type { Site } from '../site/site.ts';

/** Either what is to be stored (null clears the field), or what is wrong. */
export type CheckedValue = { value: unknown } | { error: string };

const maximumTextLength = 255;

/** Checks what a caller wants to set a field to. */
export function checkValue(site: Site, field: Field, value: unknown, version: 2 | 3): CheckedValue {
  if (field.id === 'summary') return checkSummary(value);
  if (value === null) return { value: null };
  switch (field.kind) {
    case 'text':
      return checkText(value);
    case 'number':
      return typeof value === 'number' && Number.isFinite(value)
        ? { value }
        : { error: 'Operation value must be a number' };
    case 'document':
      return checkDocument(value, version);
    case 'labels':
      return checkLabels(value);
    case 'priority':
      return checkPriority(value);
    case 'user':
      return checkUser(site, value);
    case 'derived':
      return { error: `Field '${field.id}' is set by Jira.` };
  }
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
