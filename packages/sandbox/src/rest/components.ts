import type { Context, Hono } from 'hono';
import { Records, type StoredRecord } from '../site/records.ts';
import type { Site } from '../site/site.ts';
import type { RestEnv } from './caller.ts';
import { failure, fieldErrors } from './errors.ts';
import { readPage } from './paging.ts';
import { findProject } from './projects.ts';
import { readJson } from './request-body.ts';
import { userBody } from './users.ts';
import { requireAdminister } from './versions.ts';

interface Component {
  projectId: number;
  name: string;
  description?: string;
  leadAccountId?: string;
  assigneeType: string;
}

const assigneeTypes = ['PROJECT_DEFAULT', 'COMPONENT_LEAD', 'PROJECT_LEAD', 'UNASSIGNED'];

export function addComponentRoutes(rest: Hono<RestEnv>): void {
  rest.post('/component', async (c) => {
    const { site, version } = c.var;
    const body = await readJson(c);
    if (typeof body.project !== 'string') {
      throw fieldErrors({ project: 'The project of the component is required, by its key.' });
    }
    const project = findProject(c, body.project);
    requireAdminister(c, project.id);
    const { name, ...rest } = readComponent(c, project.id, body);
    if (name === undefined) throw fieldErrors({ name: 'The component name is required.' });
    const start: Component = { projectId: project.id, name, assigneeType: 'PROJECT_DEFAULT' };
    return c.json(componentBody(site, components(site).add({ ...start, ...rest }), version), 201);
  });

  rest.get('/component/:id', (c) =>
    c.json(componentBody(c.var.site, findComponent(c), c.var.version)),
  );

  rest.put('/component/:id', async (c) => {
    const { site, version } = c.var;
    const body = await readJson(c);
    const { id, data } = findComponent(c);
    requireAdminister(c, data.projectId);
    components(site).update(id, { ...data, ...readComponent(c, data.projectId, body, id) });
    return c.json(componentBody(site, findComponent(c), version));
  });

  rest.delete('/component/:id', (c) => {
    const { id, data } = findComponent(c);
    requireAdminister(c, data.projectId);
    components(c.var.site).remove(id);
    return c.body(null, 204);
  });

  rest.get('/project/:project/components', (c) => {
    const { id } = findProject(c, c.req.param('project'));
    return c.json(componentBodies(c.var.site, id, c.var.version));
  });

  rest.get('/project/:project/component', (c) => {
    const { site, version } = c.var;
    const { id } = findProject(c, c.req.param('project'));
    const all = componentBodies(site, id, version);
    const { startAt, maxResults } = readPage(c, 50);
    const values = all
      .slice(startAt, startAt + maxResults)
      // No issue of the site has a component.
      .map((each) => ({ ...each, issueCount: 0 }));
    return c.json({
      self: `${site.url}/rest/api/${version}/project/${id}/component`,
      maxResults,
      startAt,
      total: all.length,
      isLast: startAt + values.length >= all.length,
      values,
    });
  });
}

/** As in the body of a project. */
export function componentBodies(
  site: Site,
  projectId: number,
  version: 2 | 3,
): Record<string, unknown>[] {
  return components(site)
    .all()
    .filter(({ data }) => data.projectId === projectId)
    .map((each) => componentBody(site, each, version));
}

function components(site: Site): Records<Component> {
  return new Records<Component>(site.database, 'component');
}

function findComponent(c: Context<RestEnv>): StoredRecord<Component> {
  const { site, caller } = c.var;
  const id = c.req.param('id') ?? '';
  const found = components(site).find(id);
  const seen =
    found && site.permissions.holds(caller.accountId, 'BROWSE_PROJECTS', found.data.projectId);
  if (!found || !seen) throw failure(404, `The component with id ${id} does not exist.`);
  return found;
}

function readComponent(
  c: Context<RestEnv>,
  projectId: number,
  body: Record<string, unknown>,
  ownId?: number,
): Partial<Omit<Component, 'projectId'>> {
  const { site } = c.var;
  const { name, description, leadAccountId, assigneeType } = body;
  const errors: Record<string, string> = {};
  if (name !== undefined) {
    const taken = components(site)
      .all()
      .some(({ id, data }) => id !== ownId && data.projectId === projectId && data.name === name);
    if (typeof name !== 'string' || name.trim() === '') {
      errors.name = 'The component name is required.';
    } else if (taken) {
      errors.name = `A component with the name ${name} already exists in this project.`;
    }
  }
  if (leadAccountId !== undefined && !site.users.find(String(leadAccountId))) {
    errors.leadAccountId = 'The user does not exist.';
  }
  if (assigneeType !== undefined && !assigneeTypes.includes(String(assigneeType))) {
    errors.assigneeType = `Must be one of ${assigneeTypes.join(', ')}.`;
  }
  if (Object.keys(errors).length > 0) throw fieldErrors(errors);
  const given = { name, description, leadAccountId, assigneeType };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

function componentBody(
  site: Site,
  { id, data: { projectId, leadAccountId, ...data } }: StoredRecord<Component>,
  version: 2 | 3,
): Record<string, unknown> {
  const lead = leadAccountId === undefined ? null : userBody(site, leadAccountId, version);
  return {
    self: `${site.url}/rest/api/${version}/component/${id}`,
    id: String(id),
    ...data,
    ...(lead === null ? {} : { lead }),
    realAssigneeType: data.assigneeType,
    isAssigneeTypeValid: false,
    project: site.projects.find(projectId)?.key,
    projectId,
  };
}
