import * as z from 'zod';
import { nearest } from '../../errors.ts';
import { CONDITIONS } from './words.ts';

/** What a shape says beside zod: its warnings, and what depends on where the app is reached. */
export interface Remark {
  /** A URL below the app's baseUrl. */
  readonly isBelowApp?: true;
  /** Words that are known; another one is a warning. They are compared without regard to case. */
  readonly words?: readonly string[];
  /** What such a word is called: `event of a webhook`. */
  readonly what?: string;
}

/** Remarks by the shape they belong to. */
export const remarks: z.core.$ZodRegistry<Remark> = z.registry<Remark>();

/** Says `is missing` where there is nothing, and what it should be where there is something else. */
export function expected(what: string): { error: z.core.$ZodErrorMap } {
  return {
    error: (issue) => (issue.input === undefined ? 'is missing' : `must be ${what}`),
  };
}

/** Any text but an empty one. */
export const text: z.ZodType = z.string(expected('a text')).regex(/\S/, 'must not be empty');

export const flag: z.ZodType = z.boolean(expected('true or false'));

export const integer: z.ZodType = z.int(expected('a whole number'));

export function shortText(maxLength: number): z.ZodType {
  return z
    .string(expected('a text'))
    .regex(/\S/, 'must not be empty')
    .max(maxLength, `must have at most ${maxLength} characters`);
}

export const texts: z.ZodType = z.array(text, expected('a list of texts'));

/** An object whose fields nobody looks into. */
export const anything: z.ZodType = z.record(z.string(), z.unknown(), expected('an object'));

/** An object that may hold more than is known here. */
export function object(shape: Readonly<Record<string, z.ZodType>>): z.ZodObject {
  return z.looseObject(shape, expected('an object'));
}

/** A word of a closed list, in either case. */
export function oneOf(words: readonly string[], what: string): z.ZodType {
  return z.string(expected(`one of ${words.join(', ')}`)).superRefine((value, context) => {
    if (words.some((word) => word.toLowerCase() === value.toLowerCase())) return;
    context.addIssue({ code: 'custom', message: unknownWord(value, words, what) });
  });
}

/** A word of an open list: one that is not known is a warning. */
export function knownWord(words: readonly string[], what: string): z.ZodType {
  return z.string(expected('a text')).register(remarks, { words, what });
}

/** What is said of a word that nobody knows. */
export function unknownWord(value: string, words: readonly string[], what: string): string {
  const near = nearest(value, words);
  const shown = `'${value.slice(0, 60)}' is no known ${what}`;
  if (near !== undefined) return `${shown}; did you mean '${near}'?`;
  return words.length > 10 ? shown : `${shown}; known are ${words.join(', ')}`;
}

/** @see https://developer.atlassian.com/cloud/jira/platform/modules/web-panel/ (key) */
export const moduleKey: z.ZodType = z
  .string(expected('a text'))
  .regex(/^[a-zA-Z0-9-]{1,100}$/, 'must be 1 to 100 letters, digits and dashes');

/** A URL below the app's own, or a path of it. */
export const appUrlPath: z.ZodType = z
  .string(expected('a URL below the baseUrl'))
  .register(remarks, { isBelowApp: true });

const name = 'an object such as { "value": "My panel" }';

export const i18nText: z.ZodType = z.looseObject(
  { value: shortText(1500), i18n: text.optional() },
  expected(name),
);

export const icon: z.ZodType = z.looseObject(
  { url: text, width: integer.optional(), height: integer.optional() },
  expected('an object such as { "url": "/icon.svg", "width": 24, "height": 24 }'),
);

const COMBINED = ['condition', 'or', 'and', 'conditions'];

const condition: z.ZodType = z
  .looseObject(
    {
      condition: knownWord(CONDITIONS, 'condition').optional(),
      invert: flag.optional(),
      params: anything.optional(),
      or: z.lazy(() => conditions).optional(),
      and: z.lazy(() => conditions).optional(),
      type: text.optional(),
      conditions: z.lazy(() => conditions).optional(),
    },
    expected('an object such as { "condition": "user_is_logged_in" }'),
  )
  .refine(
    (value) => COMBINED.some((field) => value[field] !== undefined),
    'must name a condition, or combine some with "or" or "and"',
  );

/** @see https://developer.atlassian.com/cloud/jira/platform/conditions/ */
export const conditions: z.ZodType = z.array(condition, expected('a list of conditions'));
