import { isDocument, textOfDocument } from './document.ts';
import { type Field, priorities } from './fields.ts';
import type { StoredIssue } from './issues.ts';
import { Records, type StoredRecord } from './records.ts';
import type { Site } from './site.ts';

/** One field of a change, as the changelog shows it. */
export interface ChangedField {
  field: string;
  fieldId: string;
  fieldtype: 'jira' | 'custom';
  from: string | null;
  fromString: string | null;
  to: string | null;
  toString: string | null;
}

export interface Change {
  author: string;
  at: number;
  items: ChangedField[];
}

/** What was changed of an issue, the oldest first. */
export function changesOf(site: Site, issueId: number): StoredRecord<Change>[] {
  return changes(site).ofIssue(issueId);
}

/** @returns undefined where nothing was changed. */
export function recordChange(
  site: Site,
  issueId: number,
  author: string,
  items: ChangedField[],
): StoredRecord<Change> | undefined {
  if (items.length === 0) return undefined;
  return changes(site).add({ author, at: site.now(), items }, { issueId });
}

/**
 * What an edit has changed: `values` are the new ones, as they are stored.
 *
 * @returns undefined where all were the same before.
 */
export function recordEdit(
  site: Site,
  issue: StoredIssue,
  values: Readonly<Record<string, unknown>>,
  author: string,
): StoredRecord<Change> | undefined {
  const items = Object.entries(values).flatMap(([fieldId, value]): ChangedField[] => {
    const field = site.fields.find(fieldId);
    const before = issue.values[fieldId] ?? null;
    if (!field || JSON.stringify(before) === JSON.stringify(value)) return [];
    const [from, fromString] = shown(site, field, before);
    const [to, toText] = shown(site, field, value);
    const fieldtype = field.custom ? 'custom' : 'jira';
    const name = field.custom ? field.name : field.id;
    return [{ field: name, fieldId, fieldtype, from, fromString, to, toString: toText }];
  });
  return recordChange(site, issue.id, author, items);
}

/** The id of a value, where it has one, and its text. */
function shown(site: Site, field: Field, value: unknown): [string | null, string | null] {
  if (value === null || value === undefined) return [null, null];
  if (field.kind === 'user') {
    return [String(value), site.users.find(String(value))?.displayName ?? null];
  }
  if (field.kind === 'priority') {
    return [String(value), priorities.find(({ id }) => id === value)?.name ?? null];
  }
  if (isDocument(value)) return [null, textOfDocument(value)];
  if (field.kind === 'labels') return [null, (value as string[]).join(' ')];
  return [null, typeof value === 'object' ? JSON.stringify(value) : String(value)];
}

function changes(site: Site): Records<Change> {
  return new Records<Change>(site.database, 'change');
}
