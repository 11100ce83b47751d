import type { Hono } from 'hono';
import { issueTypes, type Project } from '../site/projects.ts';
import { adminAccountId } from '../site/seed.ts';
import type { Site } from '../site/site.ts';
import type { RestEnv } from './caller.ts';
import { componentBodies } from './components.ts';
import { failure } from './errors.ts';
import { issueTypeBody } from './issue-types.ts';
import { findProject, projectBody } from './projects.ts';
import { roleUrls } from './roles.ts';
import { statusBody } from './statuses.ts';
import { userBody } from './users.ts';
import { versionBodies } from './versions.ts';

/** What one project alone shows. */
function detailsBody(site: Site, project: Project, version: 2 | 3): Record<string, unknown> {
  return {
    expand: 'description,lead,issueTypes,url,projectKeys,permissions,insight',
    ...projectBody(site, project, version),
    description: '',
    lead: userBody(site, adminAccountId, version),
    assigneeType: 'UNASSIGNED',
    components: componentBodies(site, project.id, version),
    issueTypes: issueTypes.map(({ id }) => issueTypeBody(site, id, version)),
    versions: versionBodies(site, project.id, version),
    roles: roleUrls(site, project.id, version),
    properties: {},
  };
}

export function addProjectDetailsRoutes(rest: Hono<RestEnv>): void {
  rest.get('/project/:project', (c) => {
    const project = findProject(c, c.req.param('project'));
    return c.json(detailsBody(c.var.site, project, c.var.version));
  });

  rest.get('/project/:project/statuses', (c) => {
    const { site, version } = c.var;
    findProject(c, c.req.param('project'));
    const statuses = site.projects.statuses().map(({ id }) => statusBody(site, id, version));
    return c.json(
      issueTypes.map(({ id, name }) => ({
        self: `${site.url}/rest/api/${version}/issuetype/${id}`,
        id: String(id),
        name,
        subtask: false,
        statuses,
      })),
    );
  });

  rest.get('/project/:project/hierarchy', (c) => {
    const { id } = findProject(c, c.req.param('project'));
    const level = {
      level: 0,
      name: 'Base',
      issueTypes: issueTypes.map((type) => ({ id: type.id, name: type.name, avatarId: 10300 })),
    };
    return c.json({ projectId: id, hierarchy: [level] });
  });

  rest.get('/issuetype/project', (c) => {
    const projectId = c.req.query('projectId');
    if (projectId === undefined || !/^\d+$/.test(projectId)) {
      throw failure(400, "The 'projectId' query parameter must be the id of a project.");
    }
    findProject(c, projectId);
    return c.json(issueTypes.map(({ id }) => issueTypeBody(c.var.site, id, c.var.version)));
  });
}
