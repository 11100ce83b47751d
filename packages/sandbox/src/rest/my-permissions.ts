import type { Hono } from 'hono';
import { permissionTypes } from '../site/permissions.ts';
import type { RestEnv } from './caller.ts';
import { failure, issueNotFound } from './errors.ts';
import { visibleProjects } from './projects.ts';
import { readList } from './request-body.ts';

export function addMyPermissionsRoutes(rest: Hono<RestEnv>): void {
  rest.get('/mypermissions', (c) => {
    const { site, caller } = c.var;
    const wanted = readList(c.req.queries('permissions'));
    if (wanted.length === 0) {
      throw failure(400, "The 'permissions' query parameter is required.");
    }
    const projects = visibleProjects(site, caller);
    const projectKey = c.req.query('projectKey') ?? c.req.query('projectId');
    if (projectKey !== undefined) {
      const project = site.projects.find(projectKey);
      if (!project || !projects.some(({ id }) => id === project.id)) {
        throw failure(404, `No project could be found with key '${projectKey}'.`);
      }
    }
    const issueKey = c.req.query('issueKey') ?? c.req.query('issueId');
    if (issueKey !== undefined && (projects.length === 0 || !site.issues.find(issueKey))) {
      throw failure(404, issueNotFound);
    }
    const permissions = wanted.map((key, index) => {
      const permission = permissionTypes.find((each) => each.key === key);
      if (!permission) throw failure(400, `Unrecognized permission: ${key}`);
      const havePermission = site.permissions.holds(caller.accountId, key);
      return [key, { id: String(index), ...permission, havePermission }];
    });
    return c.json({ permissions: Object.fromEntries(permissions) });
  });
}
