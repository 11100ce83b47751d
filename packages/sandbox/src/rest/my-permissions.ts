import type { Context, Hono } from 'hono';
import { permissionTypes } from '../site/permissions.ts';
import type { RestEnv } from './caller.ts';
import { failure, issueNotFound } from './errors.ts';
import { findProject, visibleProjects } from './projects.ts';
import { readList } from './request-body.ts';

export function addMyPermissionsRoutes(rest: Hono<RestEnv>): void {
  rest.get('/mypermissions', (c) => {
    const { site, caller } = c.var;
    const wanted = readList(c.req.queries('permissions'));
    if (wanted.length === 0) {
      throw failure(400, "The 'permissions' query parameter is required.");
    }
    const projectIds = contextOf(c);
    const permissions = wanted.map((key, index) => {
      const permission = permissionTypes.find((each) => each.key === key);
      if (!permission) throw failure(400, `Unrecognized permission: ${key}`);
      const havePermission =
        permission.type === 'GLOBAL'
          ? site.permissions.holds(caller.accountId, key)
          : projectIds.some((id) => site.permissions.holds(caller.accountId, key, id));
      return [key, { id: String(index), ...permission, havePermission }];
    });
    return c.json({ permissions: Object.fromEntries(permissions) });
  });
}

/** The projects that count: that of the issue, the one that is named, or any. An id goes before a key. */
function contextOf(c: Context<RestEnv>): number[] {
  const { site, caller } = c.var;
  const projectKey = c.req.query('projectId') ?? c.req.query('projectKey');
  const issueKey = c.req.query('issueId') ?? c.req.query('issueKey');
  const project = projectKey === undefined ? undefined : findProject(c, projectKey);
  if (issueKey !== undefined) {
    const issue = site.issues.find(issueKey);
    const isVisible = visibleProjects(site, caller).some(({ id }) => id === issue?.projectId);
    if (!issue || !isVisible) throw failure(404, issueNotFound);
    return [issue.projectId];
  }
  return project ? [project.id] : site.projects.all().map(({ id }) => id);
}
