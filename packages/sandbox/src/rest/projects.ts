import type { Context, Hono } from 'hono';
import { type Project, projectType } from '../site/projects.ts';
import type { Site } from '../site/site.ts';
import { avatarUrls } from './avatars.ts';
import type { Caller, RestEnv } from './caller.ts';
import { failure } from './errors.ts';
import { readPage } from './paging.ts';

export function projectBody(site: Site, project: Project, version: 2 | 3): Record<string, unknown> {
  return {
    self: `${site.url}/rest/api/${version}/project/${project.id}`,
    id: String(project.id),
    key: project.key,
    name: project.name,
    projectTypeKey: projectType(project),
    avatarUrls: avatarUrls(site, 'project'),
    simplified: false,
    style: 'classic',
    isPrivate: false,
  };
}

/** Projects and their issues are seen with Browse Projects. */
export function visibleProjects(site: Site, caller: Caller): Project[] {
  return site.projects
    .all()
    .filter(({ id }) => site.permissions.holds(caller.accountId, 'BROWSE_PROJECTS', id));
}

/** The project of this key or id, where the caller may see it. */
export function findProject(c: Context<RestEnv>, keyOrId: string): Project {
  const project = visibleProjects(c.var.site, c.var.caller).find(
    ({ id, key }) => key === keyOrId.toUpperCase() || String(id) === keyOrId,
  );
  if (!project) throw failure(404, `No project could be found with key '${keyOrId}'.`);
  return project;
}

export function addProjectRoutes(rest: Hono<RestEnv>): void {
  rest.get('/project', (c) => c.json(visibleBodies(c)));

  rest.get('/project/search', (c) => {
    const all = visibleBodies(c);
    const { startAt, maxResults } = readPage(c, 50);
    const values = all.slice(startAt, startAt + maxResults);
    return c.json({
      self: `${c.var.site.url}/rest/api/${c.var.version}/project/search`,
      maxResults,
      startAt,
      total: all.length,
      isLast: startAt + values.length >= all.length,
      values,
    });
  });
}

function visibleBodies(c: Context<RestEnv>): Record<string, unknown>[] {
  const { site, caller, version } = c.var;
  return visibleProjects(site, caller).map((project) => projectBody(site, project, version));
}
