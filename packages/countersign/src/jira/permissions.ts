import { ConfigError, isJiraApiError, JiraApiError, refuseUnknownOptions } from '../errors.ts';
import type { JiraCalls } from './calls.ts';

/** What a user must be allowed to do: everything of it. */
export interface PermissionQuestion {
  /** Global permissions, such as `ADMINISTER`. */
  global?: readonly string[];
  /** Permissions of projects, such as `EDIT_ISSUES`: held in every project and for every issue that is named. */
  project?: readonly string[];
  /** By id or key. */
  projects?: readonly (string | number)[];
  /** By id or key. */
  issues?: readonly (string | number)[];
}

/** A permission that the user does not have: everywhere, in a project, or for an issue, as the question names it. */
export interface MissingPermission {
  readonly permission: string;
  readonly project?: string;
  readonly issue?: string;
}

/** What each check can be given. */
export interface PermissionCallOptions {
  /** Ends the check; it then rejects with the signal's reason. */
  signal?: AbortSignal;
  /** How long each of its calls may take with all its tries, in milliseconds. Overrides the client's. */
  timeoutMs?: number;
}

const QUESTION: ReadonlySet<string> = new Set(['global', 'project', 'projects', 'issues']);
/** Of Jira: it takes so many projects and so many issues in one call. */
const MAX_IDS = 1000;

/**
 * What of the question the user may not do; an empty list says yes to all of it.
 *
 * A permission counts only where Jira's answer says it of this very project or issue. What does not exist, or what the
 * app may not see, is missing; nobody (an accountId that is undefined or empty) has no permission, and Jira is not asked.
 *
 * @throws JiraApiError, also for a permission that Jira does not know; JIRA_ANSWER_INVALID where the answer does not have
 * the documented form. ConfigError where the question asks nothing.
 * @see https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-permissions/#api-rest-api-3-permissions-check-post
 */
export async function missingPermissions(
  calls: JiraCalls,
  accountId: string | undefined,
  question: PermissionQuestion,
  options: PermissionCallOptions = {},
): Promise<MissingPermission[]> {
  const asked = readQuestion(question);
  if (typeof accountId !== 'string' || accountId === '') return asked.flatMap(missingOf);
  const places = asked.flatMap(({ place }) => (place === undefined ? [] : [place]));
  const ids = await idsOf(calls, places, options);
  const held = await ask(calls, { accountId, question, ids, options });
  return asked
    .filter(({ permission, place }) => {
      if (place === undefined) return !held.has(nameOf('global', permission));
      const id = ids.get(place);
      return id === undefined || !held.has(nameOf(place.kind, permission, id));
    })
    .flatMap(missingOf);
}

/** A project or an issue. */
interface Place {
  readonly kind: 'project' | 'issue';
  /** Its id or key, as the question has it. */
  readonly name: string;
}

/** One permission, somewhere. */
interface Asked {
  readonly permission: string;
  /** Undefined for a global one. */
  readonly place: Place | undefined;
}

function missingOf({ permission, place }: Asked): MissingPermission[] {
  return [{ permission, ...(place === undefined ? undefined : { [place.kind]: place.name }) }];
}

/** Every permission at every place. A question without any would be answered by yes. */
function readQuestion(question: PermissionQuestion): Asked[] {
  refuseUnknownOptions('jira.can', question, QUESTION);
  const { global = [], project = [], projects = [], issues = [] } = question;
  for (const list of [global, project, projects, issues]) {
    if (!Array.isArray(list)) throw empty('permissions, projects and issues are given as lists');
  }
  const places: Place[] = [
    ...projects.map((name) => ({ kind: 'project' as const, name: nameIn(name) })),
    ...issues.map((name) => ({ kind: 'issue' as const, name: nameIn(name) })),
  ];
  if (project.length > 0 && places.length === 0) {
    throw empty('permissions of projects are asked for, and no project and no issue is named');
  }
  if (places.length > 0 && project.length === 0) {
    throw empty('projects or issues are named, and no permission of them is asked for');
  }
  if (global.length + project.length === 0) throw empty('no permission is asked for');
  for (const permission of [...global, ...project]) {
    if (typeof permission === 'string' && permission !== '') continue;
    throw empty('a permission is named by its key, such as EDIT_ISSUES');
  }
  return [
    ...global.map((permission) => ({ permission, place: undefined })),
    ...project.flatMap((permission) => places.map((place) => ({ permission, place }))),
  ];
}

/** What is neither text nor a number is the name of nothing: a project may have the key UNDEFINED. */
function nameIn(name: unknown): string {
  return typeof name === 'string' || typeof name === 'number' ? String(name) : '';
}

function empty(what: string): ConfigError {
  return new ConfigError('CONFIG_OPTION_INVALID', `jira.can: ${what}.`, {
    hint: "As in { global: ['ADMINISTER'] } or { project: ['EDIT_ISSUES'], issues: ['XX-21'] }. Nobody may be let in by a question that asks nothing.",
  });
}

/** The ids, which is all that Jira's check takes. What is not found has none. */
async function idsOf(
  calls: JiraCalls,
  places: readonly Place[],
  options: PermissionCallOptions,
): Promise<Map<Place, string>> {
  const byName = new Map<string, Promise<string | undefined>>();
  for (const { kind, name } of places) {
    const key = `${kind} ${name}`;
    if (!byName.has(key)) byName.set(key, idOf(calls, { kind, name }, options));
  }
  const found = await Promise.all(
    places.map(async (place) => [place, await byName.get(`${place.kind} ${place.name}`)] as const),
  );
  return new Map(found.flatMap(([place, id]) => (id === undefined ? [] : [[place, id] as const])));
}

async function idOf(
  calls: JiraCalls,
  { kind, name }: Place,
  options: PermissionCallOptions,
): Promise<string | undefined> {
  // An id as Jira writes it: what comes back has to be the same text.
  if (/^[1-9]\d{0,14}$/.test(name)) return name;
  if (!/^[A-Za-z][\w-]*$/.test(name)) return undefined;
  try {
    const answer = await calls.get<{ id?: unknown } | undefined>(
      `/rest/api/3/${kind}/${name}`,
      kind === 'issue' ? { ...options, query: { fields: 'key' } } : options,
    );
    if (/^\d+$/.test(String(answer?.id))) return String(answer?.id);
    throw unexpected(`GET /rest/api/3/${kind}/${name} was answered without an id`);
  } catch (error) {
    if (isJiraApiError(error) && error.code === 'JIRA_NOT_FOUND') return undefined;
    throw error;
  }
}

interface Check {
  readonly accountId: string;
  readonly question: PermissionQuestion;
  readonly ids: ReadonlyMap<Place, string>;
  readonly options: PermissionCallOptions;
}

/** Everything that Jira says the user has, by {@link nameOf}. */
async function ask(
  calls: JiraCalls,
  { accountId, question, ids, options }: Check,
): Promise<Set<string>> {
  const idsOfKind = (kind: Place['kind']): number[] => [
    ...new Set([...ids].filter(([place]) => place.kind === kind).map(([, id]) => Number(id))),
  ];
  const projects = chunks(idsOfKind('project'));
  const issues = chunks(idsOfKind('issue'));
  const global = question.global ?? [];
  const bodies: Record<string, unknown>[] = Array.from(
    { length: Math.max(projects.length, issues.length) },
    (_, index) => ({
      accountId,
      projectPermissions: [
        {
          permissions: question.project,
          projects: projects[index] ?? [],
          issues: issues[index] ?? [],
        },
      ],
    }),
  );
  if (global.length > 0) {
    bodies[0] = { accountId, ...bodies[0], globalPermissions: global };
  }
  const answers = await Promise.all(
    bodies.map(async (body) => {
      const answer = await calls.post('/rest/api/3/permissions/check', {
        ...options,
        body,
        // It only asks, although it is a POST.
        idempotent: true,
      });
      return readGrants(answer, body);
    }),
  );
  return new Set(answers.flat());
}

function chunks(ids: readonly number[]): number[][] {
  return Array.from({ length: Math.ceil(ids.length / MAX_IDS) }, (_, index) =>
    ids.slice(index * MAX_IDS, (index + 1) * MAX_IDS),
  );
}

function nameOf(kind: 'global' | Place['kind'], permission: string, id = ''): string {
  return `${kind} ${id} ${permission}`;
}

/** Anything but the documented form is an error: it says nothing, and so it says no yes. */
function readGrants(answer: unknown, asked: Readonly<Record<string, unknown>>): string[] {
  const { globalPermissions, projectPermissions } = (answer ?? {}) as Record<string, unknown>;
  const held: string[] = [];
  if (asked.globalPermissions !== undefined) {
    for (const permission of listIn(globalPermissions)) {
      held.push(nameOf('global', String(permission)));
    }
  }
  if (asked.projectPermissions !== undefined) {
    for (const grant of listIn(projectPermissions)) {
      const { permission, projects, issues } = (grant ?? {}) as Record<string, unknown>;
      if (typeof permission !== 'string') throw unexpectedCheck();
      for (const id of listIn(projects)) held.push(nameOf('project', permission, String(id)));
      for (const id of listIn(issues)) held.push(nameOf('issue', permission, String(id)));
    }
  }
  return held;
}

function listIn(value: unknown): unknown[] {
  if (Array.isArray(value)) return value;
  throw unexpectedCheck();
}

function unexpectedCheck(): JiraApiError {
  return unexpected('POST /rest/api/3/permissions/check was answered in another form');
}

function unexpected(what: string): JiraApiError {
  return new JiraApiError('JIRA_ANSWER_INVALID', `${what}.`, {
    hint: 'Nothing is known of the permissions: treat it as a no. Call it with jira.fetch and look at the answer.',
  });
}
