import type { Context, Hono } from 'hono';
import { adminAccountId } from '../site/seed.ts';
import type { Site } from '../site/site.ts';
import { requireAccount } from './account.ts';
import { avatarUrl } from './avatars.ts';
import type { RestEnv } from './caller.ts';
import { failure } from './errors.ts';
import { findProject } from './projects.ts';

interface Role {
  id: number;
  name: string;
  description: string;
}

const administrators: Role = {
  id: 10002,
  name: 'Administrators',
  description: 'Who administers a project.',
};
/** Jira puts the user of every app into this role, in every project. */
const appRole: Role = {
  id: 10003,
  name: 'atlassian-addons-project-access',
  description: 'What the apps of the site may do in a project.',
};
const roles = [administrators, appRole];

/** By name, as in the body of a project. */
export function roleUrls(site: Site, projectId: number, version: 2 | 3): Record<string, string> {
  const base = `${site.url}/rest/api/${version}/project/${projectId}/role`;
  return Object.fromEntries(roles.map(({ id, name }) => [name, `${base}/${id}`]));
}

export function addRoleRoutes(rest: Hono<RestEnv>): void {
  rest.get('/role', (c) => {
    requireAccount(c);
    return c.json(roles.map((role) => roleBody(c, role, `role/${role.id}`)));
  });

  rest.get('/role/:id', (c) => {
    requireAccount(c);
    const role = findRole(c);
    return c.json(roleBody(c, role, `role/${role.id}`));
  });

  rest.get('/project/:project/role', (c) => {
    const { id } = findProject(c, c.req.param('project'));
    return c.json(roleUrls(c.var.site, id, c.var.version));
  });

  rest.get('/project/:project/role/:id', (c) => {
    const project = findProject(c, c.req.param('project'));
    const role = findRole(c);
    return c.json(roleBody(c, role, `project/${project.id}/role/${role.id}`));
  });

  rest.get('/project/:project/roledetails', (c) => {
    const project = findProject(c, c.req.param('project'));
    return c.json(
      roles.map(({ id, name, description }) => ({
        self: `${c.var.site.url}/rest/api/${c.var.version}/project/${project.id}/role/${id}`,
        name,
        id,
        description,
        admin: id === administrators.id,
        default: true,
        roleConfigurable: id !== appRole.id,
        translatedName: name,
      })),
    );
  });
}

function findRole(c: Context<RestEnv>): Role {
  const wanted = c.req.param('id');
  const role = roles.find(({ id }) => String(id) === wanted);
  if (!role) throw failure(404, `Can not retrieve a role actor for a null project role: ${wanted}`);
  return role;
}

function roleBody(c: Context<RestEnv>, role: Role, path: string): Record<string, unknown> {
  const { site, version } = c.var;
  const members =
    role === administrators
      ? site.users.people().filter(({ accountId }) => accountId === adminAccountId)
      : site.users.all().filter(({ accountType }) => accountType === 'app');
  return {
    self: `${site.url}/rest/api/${version}/${path}`,
    ...role,
    actors: members.map(({ accountId, displayName }, index) => ({
      id: role.id * 10 + index,
      displayName,
      type: 'atlassian-user-role-actor',
      avatarUrl: avatarUrl(site, 'user'),
      actorUser: { accountId },
    })),
  };
}
