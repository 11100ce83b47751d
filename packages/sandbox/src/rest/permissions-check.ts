import type { Context, Hono } from 'hono';
import { permissionTypes } from '../site/permissions.ts';
import type { Site } from '../site/site.ts';
import type { RestEnv } from './caller.ts';
import { failure } from './errors.ts';
import { readJson } from './request-body.ts';

const maximumIds = 1000;

export function addPermissionsCheckRoutes(rest: Hono<RestEnv>): void {
  rest.get('/permissions', (c) =>
    c.json({
      permissions: Object.fromEntries(permissionTypes.map((type) => [type.key, { ...type }])),
    }),
  );

  rest.post('/permissions/check', async (c) => {
    const { site } = c.var;
    const body = await readJson(c);
    const accountId = whoseRights(c, body.accountId);
    const globalPermissions = readNames(body.globalPermissions, 'GLOBAL', 'globalPermissions');
    const groups = readArray(body.projectPermissions, 'projectPermissions').map(readGroup);
    checkAmount(groups);
    const granted = new Map<string, { projects: Set<number>; issues: Set<number> }>();
    for (const { permissions, projects, issues } of groups) {
      for (const permission of permissions) {
        const grant = granted.get(permission) ?? { projects: new Set(), issues: new Set() };
        granted.set(permission, grant);
        const holds = (projectId: number): boolean =>
          site.permissions.holds(accountId, permission, projectId);
        for (const id of projects) if (knownProject(site, id) && holds(id)) grant.projects.add(id);
        for (const id of issues) {
          const issue = site.issues.find(String(id));
          if (issue && holds(issue.projectId)) grant.issues.add(id);
        }
      }
    }
    return c.json({
      globalPermissions: globalPermissions.filter((name) =>
        site.permissions.holds(accountId, name),
      ),
      projectPermissions: [...granted].map(([permission, { projects, issues }]) => ({
        permission,
        issues: [...issues],
        projects: [...projects],
      })),
    });
  });
}

/**
 * Whom the answer is about: the caller, where nobody is named. An app that signs its call may ask about anybody, others
 * with Administer Jira.
 */
function whoseRights(c: Context<RestEnv>, wanted: unknown): string | undefined {
  const { site, caller } = c.var;
  if (wanted === undefined || wanted === null) return caller.accountId;
  if (typeof wanted !== 'string' || !site.users.find(wanted)) {
    throw failure(400, 'The account ID is invalid.');
  }
  const isConnectApp = caller.as === 'app' && caller.host === undefined;
  const mayAsk = wanted === caller.accountId || isConnectApp;
  if (!mayAsk && !site.permissions.holds(caller.accountId, 'ADMINISTER')) {
    throw failure(
      403,
      'You do not have permission to check the permissions of other users.',
      'Only Connect apps and administrators may ask about others: call as the user that is asked about.',
    );
  }
  return wanted;
}

interface Group {
  permissions: string[];
  projects: number[];
  issues: number[];
}

function readGroup(value: unknown): Group {
  const { permissions, projects, issues } = (value ?? {}) as Record<string, unknown>;
  const names = readNames(permissions, 'PROJECT', 'permissions');
  if (names.length === 0) {
    throw failure(400, 'projectPermissions needs at least one project permission.');
  }
  return {
    permissions: names,
    projects: readIds(projects, 'projects'),
    issues: readIds(issues, 'issues'),
  };
}

function readArray(value: unknown, name: string): unknown[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw failure(400, `'${name}' must be an array.`);
  return value.filter((item) => item !== null);
}

function readNames(value: unknown, type: 'GLOBAL' | 'PROJECT', name: string): string[] {
  const names = readArray(value, name).filter((item) => type === 'GLOBAL' || item !== '');
  for (const key of names) {
    if (permissionTypes.some((each) => each.key === key && each.type === type)) continue;
    const kind = type === 'GLOBAL' ? 'global' : 'project';
    throw failure(400, `Unrecognized ${kind} permission: ${String(key)}`);
  }
  return names as string[];
}

function readIds(value: unknown, name: string): number[] {
  const ids = readArray(value, name);
  if (ids.every((id) => Number.isSafeInteger(id))) return ids as number[];
  throw failure(400, `'${name}' must be an array of ids, which are numbers.`);
}

/** Jira counts those that exist; here all count, those that do not exist too. */
function checkAmount(groups: readonly Group[]): void {
  for (const kind of ['projects', 'issues'] as const) {
    const ids = new Set(groups.flatMap((group) => group[kind]));
    if (ids.size > maximumIds) {
      throw failure(400, `A maximum of ${maximumIds} ${kind} can be checked.`);
    }
  }
}

function knownProject(site: Site, id: number): boolean {
  return site.projects.find(id) !== undefined;
}
