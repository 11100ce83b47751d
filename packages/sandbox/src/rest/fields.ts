import type { Context, Hono } from 'hono';
import type { Field } from '../site/fields.ts';
import type { RestEnv } from './caller.ts';
import { failure, fieldErrors } from './errors.ts';
import { customFieldTypes, fieldSchema } from './field-schema.ts';
import { readPage } from './paging.ts';
import { visibleProjects } from './projects.ts';
import { readJson, readList } from './request-body.ts';

export function addFieldRoutes(rest: Hono<RestEnv>): void {
  rest.get('/field', (c) => c.json(visibleFields(c).map(fieldBody)));
  rest.post('/field', createField);
  rest.get('/field/search', searchFields);
  rest.post('/screens/addToDefault/:field', addToDefaultScreen);
}

/** Custom fields belong to projects, and who sees none of those sees none of them. */
function visibleFields(c: Context<RestEnv>): Field[] {
  const { site, caller } = c.var;
  const visible = new Set(visibleProjects(site, caller).map(({ id }) => id));
  const isSeen = ({ projects }: Field): boolean =>
    projects === undefined ? visible.size > 0 : projects.some((id) => visible.has(id));
  return site.fields.all().filter((field) => !field.custom || isSeen(field));
}

function fieldBody(field: Field): Record<string, unknown> {
  return {
    id: field.id,
    key: field.key,
    name: field.name,
    untranslatedName: field.name,
    custom: field.custom,
    orderable: field.kind !== 'derived',
    navigable: true,
    searchable: true,
    clauseNames: field.custom ? [`cf[${field.id.slice(12)}]`, field.name] : [field.id],
    schema: fieldSchema(field),
  };
}

function searchFields(c: Context<RestEnv>): Response {
  const { startAt, maxResults } = readPage(c, 50);
  const types = readList(c.req.queries('type'));
  const ids = readList(c.req.queries('id'));
  const query = (c.req.query('query') ?? '').toLowerCase();
  const all = visibleFields(c).filter(
    ({ id, name, custom, description = '' }) =>
      (types.length === 0 || types.includes(custom ? 'custom' : 'system')) &&
      (ids.length === 0 || ids.includes(id)) &&
      (query === '' || `${name}\n${description}`.toLowerCase().includes(query)),
  );
  const values = all.slice(startAt, startAt + maxResults).map((field) => ({
    id: field.id,
    key: field.key,
    name: field.name,
    schema: fieldSchema(field),
    description: field.description ?? '',
    isLocked: field.app !== undefined,
  }));
  return c.json({
    self: `${c.var.site.url}/rest/api/${c.var.version}/field/search`,
    ...{ maxResults, startAt, total: all.length },
    isLast: startAt + values.length >= all.length,
    values,
  });
}

async function createField(c: Context<RestEnv>): Promise<Response> {
  const { site } = c.var;
  const body = await readJson(c);
  requireAdminister(c);
  const { name, type, description = '' } = body;
  const errors: Record<string, string> = {};
  if (typeof name !== 'string' || name.trim() === '' || name.length > 255) {
    errors.name = 'A custom field has a name of 1 to 255 characters.';
  }
  if (typeof description !== 'string') errors.description = 'The description must be a string.';
  const shape = customFieldTypes[String(type)];
  if (!shape)
    errors.type = `The type of custom field '${String(type).slice(0, 100)}' is not known.`;
  if (!shape || Object.keys(errors).length > 0) throw fieldErrors(errors);
  const field = site.fields.create({
    name: String(name),
    type: String(type),
    description: String(description),
    ...shape,
  });
  return c.json(fieldBody(field), 201);
}

function addToDefaultScreen(c: Context<RestEnv>): Response {
  const { site } = c.var;
  requireAdminister(c);
  const field = site.fields.find(c.req.param('field') ?? '');
  if (!field?.custom) throw failure(404, 'The field does not exist, or is no custom field.');
  if (field.onScreen) throw failure(400, `The field ${field.id} is on the screen already.`);
  site.fields.putOnScreen(field.id);
  return c.json({});
}

function requireAdminister(c: Context<RestEnv>): void {
  const { site, caller } = c.var;
  if (site.permissions.holds(caller.accountId, 'ADMINISTER')) return;
  throw failure(403, 'Only Jira administrators can do this.');
}
