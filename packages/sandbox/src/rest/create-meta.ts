import type { Context, Hono } from 'hono';
import { issueTypes } from '../site/projects.ts';
import type { RestEnv } from './caller.ts';
import { failure } from './errors.ts';
import { fieldSchema } from './field-schema.ts';
import { isOfProject, isSettable } from './issue-edit.ts';
import { issueTypeBody } from './issue-types.ts';
import { readPage } from './paging.ts';
import { findProject } from './projects.ts';

const required = ['summary', 'project', 'issuetype'];

/** What an issue can be created with. Only those who may create issues in the project see it. */
export function addCreateMetaRoutes(rest: Hono<RestEnv>): void {
  rest.get('/issue/createmeta/:project/issuetypes', (c) => {
    requireCreate(c);
    const { startAt, maxResults } = readPage(c, 50);
    const page = issueTypes.slice(startAt, startAt + maxResults);
    return c.json({
      maxResults,
      startAt,
      total: issueTypes.length,
      issueTypes: page.map(({ id }) => {
        const { untranslatedName: _, ...body } = issueTypeBody(c.var.site, id, c.var.version);
        return body;
      }),
    });
  });

  rest.get('/issue/createmeta/:project/issuetypes/:type', (c) => {
    const projectId = requireCreate(c);
    if (!issueTypes.some(({ id }) => String(id) === c.req.param('type'))) {
      throw failure(404, 'The issue type does not exist in this project.');
    }
    const all = c.var.site.fields
      .all()
      .filter((field) => required.includes(field.id) || isSettable(field, false))
      .filter((field) => isOfProject(field, projectId));
    const { startAt, maxResults } = readPage(c, 50);
    const fields = all.slice(startAt, startAt + maxResults).map((field) => ({
      required: required.includes(field.id),
      schema: fieldSchema(field),
      name: field.name,
      key: field.key,
      fieldId: field.id,
      hasDefaultValue: field.id === 'priority',
      operations: field.kind === 'labels' ? ['add', 'set', 'remove'] : ['set'],
    }));
    return c.json({ maxResults, startAt, total: all.length, fields });
  });
}

/** The id of the project. */
function requireCreate(c: Context<RestEnv>): number {
  const { site, caller } = c.var;
  const { id } = findProject(c, c.req.param('project') ?? '');
  if (!site.permissions.holds(caller.accountId, 'CREATE_ISSUES', id)) {
    throw failure(404, 'The project does not exist, or you may not create issues in it.');
  }
  return id;
}
