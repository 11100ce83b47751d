import {
  type SchemaMismatchBehavior,
  SchemaMismatchError,
  type SchemaMismatchIssue,
  type SchemaMismatchReport,
} from 'jira.js/core';

/** An issue of zod, as far as it is read here. */
interface ZodIssue {
  readonly code?: string;
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly expected?: unknown;
  readonly values?: readonly unknown[];
  readonly keys?: readonly string[];
  readonly errors?: readonly (readonly ZodIssue[])[];
  readonly issues?: readonly ZodIssue[];
}

const MAX_SHOWN_LENGTH = 40;
/** There are no more of them than fields of schemas, but a program runs long. */
const MAX_WARNED = 10_000;
const warned = new Set<string>();

/**
 * Does what was asked for with an answer that its schema does not describe.
 *
 * @throws SchemaMismatchError of jira.js.
 */
export function reportMismatch(
  behavior: SchemaMismatchBehavior,
  endpoint: string,
  { error, body }: { error: { readonly issues: readonly unknown[] }; body: unknown },
): void {
  if (behavior === 'silent') return;
  const report: SchemaMismatchReport = {
    endpoint,
    issues: flatten(error.issues as readonly ZodIssue[], body),
  };
  if (typeof behavior === 'function') {
    behavior(report);
    return;
  }
  if (behavior === 'throw') {
    throw new SchemaMismatchError(`The answer to ${endpoint} does not match its schema`, report, {
      cause: error,
    });
  }
  for (const issue of report.issues) warnOnce(endpoint, issue);
}

/** An answer that is no JSON at all, where JSON was promised. */
export function notJson(endpoint: string, contentType: string): SchemaMismatchError {
  return new SchemaMismatchError(`The answer to ${endpoint} is ${contentType}, and no JSON`, {
    endpoint,
    issues: [{ path: '', expected: 'application/json', received: contentType }],
  });
}

/** One line a field, however many elements of a list have it. */
function warnOnce(endpoint: string, { path, expected, received }: SchemaMismatchIssue): void {
  const place = path.replaceAll(/(?<=^|\.)\d+(?=\.|$)/g, '*');
  const line = `${endpoint} answered with what the schema of jira.js does not describe: ${place || 'the answer'} is ${received}, expected ${expected}. The answer is given unvalidated; see onSchemaMismatch.`;
  if (warned.has(line) || warned.size >= MAX_WARNED) return;
  warned.add(line);
  console.warn(`[countersign] ${line}`);
}

/** A union is told by the complaints of its branches. */
function flatten(
  issues: readonly ZodIssue[],
  body: unknown,
  above: readonly PropertyKey[] = [],
): SchemaMismatchIssue[] {
  return issues.flatMap((issue) => {
    const path = [...above, ...issue.path];
    const inner = issue.errors?.flat() ?? issue.issues;
    if (inner !== undefined && inner.length > 0) return flatten(inner, body, path);
    return [{ path: path.map(String).join('.'), ...complaint(issue, body, path) }];
  });
}

/** Types and paths; a value only where it was to be one of a list, and so is no text of a person's. */
function complaint(
  { code, message, expected, values, keys }: ZodIssue,
  body: unknown,
  path: readonly PropertyKey[],
): Pick<SchemaMismatchIssue, 'expected' | 'received'> {
  if (keys !== undefined) {
    return { expected: 'no undocumented keys', received: `undocumented: ${keys.join(', ')}` };
  }
  const value = path.reduce<unknown>(
    (at, key) => (at as Record<PropertyKey, unknown> | undefined | null)?.[key],
    body,
  );
  if (values !== undefined) {
    const shown = typeof value === 'string' ? JSON.stringify(value) : nameOf(value);
    return { expected: values.map(String).join(' | '), received: shown.slice(0, MAX_SHOWN_LENGTH) };
  }
  // The messages of the others name a limit or a format, and no value.
  return {
    expected: code === 'invalid_type' ? String(expected) : message,
    received: nameOf(value),
  };
}

function nameOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}
