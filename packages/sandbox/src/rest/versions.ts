import { isDeepStrictEqual } from 'node:util';
import type { Context, Hono } from 'hono';
import type { Project } from '../site/projects.ts';
import { Records, type StoredRecord } from '../site/records.ts';
import type { Site } from '../site/site.ts';
import type { RestEnv } from './caller.ts';
import { failure, fieldErrors } from './errors.ts';
import { readPage } from './paging.ts';
import { findProject } from './projects.ts';
import { readJson } from './request-body.ts';
import { projectVariables, type Told, tell } from './webhook-changes.ts';

interface Version {
  projectId: number;
  name: string;
  description: string;
  archived: boolean;
  released: boolean;
  startDate?: string;
  releaseDate?: string;
}

const maximumNameLength = 255;

export function addVersionRoutes(rest: Hono<RestEnv>): void {
  rest.post('/version', async (c) => {
    const { site } = c.var;
    const body = await readJson(c);
    const project = findProject(c, String(body.projectId ?? body.project ?? ''));
    requireAdminister(c, project.id);
    const { name, ...rest } = readVersion(c, project.id, body);
    if (name === undefined) throw fieldErrors({ name: 'You must specify a valid version name' });
    const start: Version = {
      projectId: project.id,
      name,
      description: '',
      archived: false,
      released: false,
    };
    const added = versions(site).add({ ...start, ...rest });
    tell(c, versionTold(site, 'jira:version_created', added));
    return c.json(versionBody(site, added, c.var.version), 201);
  });

  rest.get('/version/:id', (c) => c.json(versionBody(c.var.site, findVersion(c), c.var.version)));

  rest.put('/version/:id', async (c) => {
    const { site, version } = c.var;
    const body = await readJson(c);
    const { id, data } = findVersion(c);
    requireAdminister(c, data.projectId);
    versions(site).update(id, { ...data, ...readVersion(c, data.projectId, body, id) });
    const changed = findVersion(c);
    for (const event of editEvents(data, changed.data)) tell(c, versionTold(site, event, changed));
    return c.json(versionBody(site, changed, version));
  });

  rest.post('/version/:id/removeAndSwap', async (c) => {
    await readJson(c);
    const found = findVersion(c);
    requireAdminister(c, found.data.projectId);
    versions(c.var.site).remove(found.id);
    tell(c, versionTold(c.var.site, 'jira:version_deleted', found));
    return c.body(null, 204);
  });

  rest.get('/project/:project/versions', (c) => {
    const { id } = findProject(c, c.req.param('project'));
    return c.json(versionBodies(c.var.site, id, c.var.version));
  });

  rest.get('/project/:project/version', (c) => {
    const { site, version } = c.var;
    const { id } = findProject(c, c.req.param('project'));
    const query = c.req.query('query')?.toLowerCase() ?? '';
    const all = versionBodies(site, id, version).filter((each) =>
      String(each.name).toLowerCase().includes(query),
    );
    const { startAt, maxResults } = readPage(c, 50);
    const values = all.slice(startAt, startAt + maxResults);
    return c.json({
      self: `${site.url}/rest/api/${version}/project/${id}/version`,
      maxResults,
      startAt,
      total: all.length,
      isLast: startAt + values.length >= all.length,
      values,
    });
  });
}

/** As in the body of a project. */
export function versionBodies(
  site: Site,
  projectId: number,
  version: 2 | 3,
): Record<string, unknown>[] {
  return versions(site)
    .all()
    .filter(({ data }) => data.projectId === projectId)
    .map((each) => versionBody(site, each, version));
}

/** A version that is only released, or only taken back, was not also updated. */
function editEvents(
  { released: before, ...old }: Version,
  { released, ...rest }: Version,
): string[] {
  const others = isDeepStrictEqual(old, rest) ? [] : ['jira:version_updated'];
  if (released === before) return others;
  return [...others, released ? 'jira:version_released' : 'jira:version_unreleased'];
}

function versionTold(site: Site, event: string, version: StoredRecord<Version>): Told {
  return {
    event,
    variables: { ...projectVariables(site, version.data.projectId), 'version.id': version.id },
    payload: () => ({ version: versionBody(site, version, 2) }),
  };
}

function versions(site: Site): Records<Version> {
  return new Records<Version>(site.database, 'version');
}

function findVersion(c: Context<RestEnv>): StoredRecord<Version> {
  const { site, caller } = c.var;
  const id = c.req.param('id') ?? '';
  const found = versions(site).find(id);
  const seen =
    found && site.permissions.holds(caller.accountId, 'BROWSE_PROJECTS', found.data.projectId);
  if (!found || !seen) throw failure(404, `Could not find version for id '${id}'`);
  return found;
}

/** Versions and components are made by whoever administers the project. */
export function requireAdminister(c: Context<RestEnv>, projectId: Project['id']): void {
  const { site, caller } = c.var;
  const may = ['ADMINISTER', 'ADMINISTER_PROJECTS'].some((permission) =>
    site.permissions.holds(caller.accountId, permission, projectId),
  );
  if (!may) {
    throw failure(
      403,
      'You must have global or project administrator rights in order to modify this project.',
      'The caller needs the permission ADMINISTER_PROJECTS.',
    );
  }
}

function readVersion(
  c: Context<RestEnv>,
  projectId: number,
  body: Record<string, unknown>,
  ownId?: number,
): Partial<Omit<Version, 'projectId'>> {
  const { name, description, archived, released, startDate, releaseDate } = body;
  const errors: Record<string, string> = {};
  if (name !== undefined) {
    const taken = versions(c.var.site)
      .all()
      .some(({ id, data }) => id !== ownId && data.projectId === projectId && data.name === name);
    if (typeof name !== 'string' || name.trim() === '') {
      errors.name = 'You must specify a valid version name';
    } else if (name.length > maximumNameLength) {
      errors.name = `The version name must not exceed ${maximumNameLength} characters in length.`;
    } else if (taken) {
      errors.name = 'A version with this name already exists in this project.';
    }
  }
  for (const [field, value] of Object.entries({ startDate, releaseDate })) {
    const valid = typeof value === 'string' && /^\d{4}-\d\d-\d\d$/.test(value);
    if (value !== undefined && !valid) errors[field] = 'The date must have the form yyyy-MM-dd.';
  }
  for (const [field, value] of Object.entries({ archived, released })) {
    if (value !== undefined && typeof value !== 'boolean') errors[field] = 'Must be true or false.';
  }
  if (Object.keys(errors).length > 0) throw fieldErrors(errors);
  const given = { name, description, archived, released, startDate, releaseDate };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

function versionBody(
  site: Site,
  { id, data }: StoredRecord<Version>,
  version: 2 | 3,
): Record<string, unknown> {
  const today = new Date(site.now()).toISOString().slice(0, 10);
  const { releaseDate, released } = data;
  return {
    self: `${site.url}/rest/api/${version}/version/${id}`,
    id: String(id),
    ...data,
    ...(releaseDate === undefined ? {} : { overdue: !released && releaseDate < today }),
  };
}
