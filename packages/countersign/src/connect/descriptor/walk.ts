import * as z from 'zod';
import { nearest } from '../../errors.ts';
import { type DescriptorProblem, type Path, problem } from './problem.ts';
import { remarks, unknownWord } from './values.ts';

/**
 * What a shape cannot say: fields and words that nobody knows, and URLs that lead away from the app.
 *
 * @param appUrl - where the app is reached, without a slash at its end; undefined where that is not known.
 */
export function walk(
  shape: z.core.$ZodType,
  value: unknown,
  appUrl: string | undefined,
): DescriptorProblem[] {
  const problems: DescriptorProblem[] = [];
  visit(shape, value, []);
  return problems;

  function visit(given: z.core.$ZodType, item: unknown, path: Path): void {
    const at = bare(given);
    if (typeof item === 'string') visitText(at, item, path);
    if (at instanceof z.ZodArray && Array.isArray(item)) {
      for (const [index, each] of item.entries()) visit(at.element, each, [...path, index]);
    }
    if (!(at instanceof z.ZodObject) || typeof item !== 'object' || item === null) return;
    const fields: Readonly<Record<string, z.core.$ZodType>> = at.shape;
    for (const [name, each] of Object.entries(item)) {
      if (Object.hasOwn(fields, name)) {
        visit(fields[name] as z.core.$ZodType, each, [...path, name]);
      } else {
        problems.push(problem('warning', [...path, name], unknownField(path, name, fields)));
      }
    }
  }

  function visitText(at: z.core.$ZodType, item: string, path: Path): void {
    const { words, what = 'word', isBelowApp = false } = remarks.get(at) ?? {};
    if (words?.some((word) => word.toLowerCase() === item.toLowerCase()) === false) {
      problems.push(problem('warning', path, unknownWord(item, words, what)));
    }
    if (!isBelowApp) return;
    if (item === '') problems.push(problem('error', path, 'must not be empty'));
    else if (leadsAway(item, appUrl)) {
      problems.push(problem('error', path, 'must be relative to the baseUrl, such as /panel'));
    }
  }
}

/** Without what makes it optional or late. */
function bare(shape: z.core.$ZodType): z.core.$ZodType {
  if (shape instanceof z.ZodOptional) return bare(shape.unwrap());
  return shape instanceof z.ZodLazy ? bare(shape.unwrap()) : shape;
}

function leadsAway(url: string, appUrl: string | undefined): boolean {
  if (!/^(?:[a-z][a-z0-9+.-]*:|[/\\]{2})/i.test(url)) return false;
  return appUrl === undefined || (url !== appUrl && !/^[/?#]/.test(rest(url, appUrl)));
}

function rest(url: string, appUrl: string): string {
  return url.startsWith(appUrl) ? url.slice(appUrl.length) : '';
}

function unknownField(path: Path, name: string, fields: object): string {
  const kind =
    path.length === 1 && path[0] === 'modules'
      ? 'is no module that is known here'
      : 'is no field that is known here';
  // Of two or three letters nearly everything is near.
  const near = name.length < 4 ? undefined : nearest(name, Object.keys(fields));
  return near === undefined ? kind : `${kind}; did you mean '${near}'?`;
}
