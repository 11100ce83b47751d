import type { Caller } from './caller.ts';
import { ConfigError, refuseUnknownOptions, TokenError } from './errors.ts';
import type { MissingPermission, PermissionQuestion } from './jira/permissions.ts';

/** What the caller's user must be allowed to do: everything of it. */
export interface AuthorizeQuestion {
  /** Global permissions, such as `ADMINISTER`. */
  readonly global?: readonly string[];
  /** Permissions in a project, such as `BROWSE_PROJECTS`. */
  readonly project?: readonly string[];
  /** Permissions for an issue, such as `EDIT_ISSUES`. */
  readonly issue?: readonly string[];
  /** The projects that `project` is asked of, by id or key. Default: the one of `caller.context`. */
  readonly projects?: readonly (string | number)[];
  /** The issues that `issue` is asked of, by id or key. Default: the one of `caller.context`. */
  readonly issues?: readonly (string | number)[];
}

/** Lets a caller go on, or rejects. */
export type Authorize = (caller: Caller, question: AuthorizeQuestion) => Promise<void>;

/** At most a few hundred bytes each. */
const MAX_ANSWERS = 5000;
const QUESTION: ReadonlySet<string> = new Set(['global', 'project', 'issue', 'projects', 'issues']);
const LISTS = ['global', 'project', 'issue'] as const;

/**
 * Adapters call this where a route is declared, so that a typing error is seen at start and not at the first request.
 *
 * @throws ConfigError CONFIG_OPTION_UNKNOWN, CONFIG_OPTION_INVALID.
 */
export function checkAuthorizeQuestion(question: AuthorizeQuestion): void {
  if (typeof question !== 'object' || question === null) {
    throw wrong('it needs an object of permissions');
  }
  refuseUnknownOptions('authorize', question, QUESTION);
  const asked = LISTS.flatMap((name) => {
    const keys: readonly unknown[] = question[name] ?? [];
    if (Array.isArray(keys) && keys.every((key) => typeof key === 'string' && key !== '')) {
      return keys;
    }
    throw wrong(`${name} is a list of the keys of permissions`);
  });
  if (asked.length === 0) throw wrong('no permission is asked for');
  for (const [places, permissions] of [
    ['projects', 'project'],
    ['issues', 'issue'],
  ] as const) {
    const named = question[places];
    if (named === undefined) continue;
    if (!Array.isArray(named) || named.length === 0) throw wrong(`${places} is an empty list`);
    if ((question[permissions] ?? []).length === 0) {
      throw wrong(`${places} are named, and no permission of them is asked for`);
    }
  }
}

/**
 * Asks Jira whether the caller's user may do something, and remembers the answer for a moment, a yes as well as a no.
 * Nothing but an answer of Jira is remembered.
 *
 * @param cacheSeconds 0 asks each time.
 */
export function createAuthorize(cacheSeconds: number, now: () => number): Authorize {
  const answers = new Map<string, { missing: Promise<MissingPermission[]>; endsAt: number }>();

  const ask = (caller: Caller, questions: readonly PermissionQuestion[]) => {
    const { accountId, installation, tokenKind } = caller;
    const key = JSON.stringify([
      installation.clientKey,
      accountId,
      tokenKind === 'forge',
      questions,
    ]);
    const known = answers.get(key);
    if (known !== undefined && known.endsAt > now()) return known.missing;
    answers.delete(key);
    const missing = missingOf(caller, questions);
    // From when it was asked: the answer may be as old as that.
    answers.set(key, { missing, endsAt: now() + cacheSeconds * 1000 });
    missing.catch(() => {
      if (answers.get(key)?.missing === missing) answers.delete(key);
    });
    const oldest = answers.keys().next().value;
    if (answers.size > MAX_ANSWERS && oldest !== undefined) answers.delete(oldest);
    return missing;
  };

  return async (caller, question) => {
    checkAuthorizeQuestion(question);
    if (caller.accountId === undefined || caller.accountId === '') {
      throw refused('The request names no user, and nobody may do nothing.');
    }
    const [first, ...others] = await ask(caller, questionsOf(caller, question));
    if (first !== undefined) throw refused(missingText([first, ...others]));
  };
}

/** One for each list of permissions, in the terms of `jira.can`. */
function questionsOf(caller: Caller, question: AuthorizeQuestion): PermissionQuestion[] {
  const { global = [], project = [], issue = [] } = question;
  const place = caller.context?.jira;
  const questions: PermissionQuestion[] = [];
  if (global.length > 0) questions.push({ global });
  if (project.length > 0) {
    questions.push({ project, projects: placesOf('project', question.projects, place?.project) });
  }
  if (issue.length > 0) {
    questions.push({ project: issue, issues: placesOf('issue', question.issues, place?.issue) });
  }
  return questions;
}

function placesOf(
  kind: 'project' | 'issue',
  named: readonly (string | number)[] | undefined,
  place: { readonly id: string; readonly key: string } | undefined,
): readonly (string | number)[] {
  if (named !== undefined) return named;
  // The id asks for no look-up, and stays when an issue is moved.
  const id: unknown = place?.id ?? place?.key;
  if ((typeof id === 'string' && id !== '') || typeof id === 'number') return [id];
  throw refused(`The caller's token names no ${kind}, and the route asks for permissions of one.`);
}

async function missingOf(
  caller: Caller,
  questions: readonly PermissionQuestion[],
): Promise<MissingPermission[]> {
  // A Connect app may ask about everybody; on Forge only who administers Jira may ask about somebody else. A page of
  // Connect may be shown on a site that the app calls by Forge.
  const byForge = caller.tokenKind === 'forge' || (await caller.jira.host()) === 'forge';
  const jira = byForge ? caller.as() : caller.jira;
  const missing = await Promise.all(
    questions.map((question) => jira.missingPermissions(caller.accountId, question)),
  );
  return missing.flat();
}

function missingText(missing: readonly MissingPermission[]): string {
  const shown = missing.slice(0, 5).map(({ permission, project, issue }) => {
    const place =
      project !== undefined
        ? ` in the project ${project}`
        : issue === undefined
          ? ''
          : ` for the issue ${issue}`;
    return `${permission.slice(0, 100)}${place.slice(0, 100)}`;
  });
  const more = missing.length > shown.length ? ` and ${missing.length - shown.length} more` : '';
  return `The user lacks ${shown.join(', ')}${more}.`;
}

function refused(message: string): TokenError {
  return new TokenError('TOKEN_PERMISSION_MISSING', message);
}

function wrong(what: string): ConfigError {
  return new ConfigError('CONFIG_OPTION_INVALID', `authorize: ${what}.`, {
    hint: "As in { global: ['ADMINISTER'] } or { issue: ['EDIT_ISSUES'] }. Nobody may be let in by a question that asks nothing.",
  });
}
