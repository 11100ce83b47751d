import type { Context, Hono } from 'hono';
import type { FieldOption } from '../site/field-options.ts';
import type { Field } from '../site/fields.ts';
import type { RestEnv } from './caller.ts';
import { failure } from './errors.ts';
import { readPage } from './paging.ts';
import { readJson } from './request-body.ts';

/**
 * The options of a select field that a Connect app declares: for that app, and for administrators. Those of other fields
 * have a resource of their own.
 */
export function addFieldOptionRoutes(rest: Hono<RestEnv>): void {
  rest.get('/field/:fieldKey/option', (c) => {
    const all = c.var.site.fieldOptions.of(requireField(c).id).map(optionBody);
    const { startAt, maxResults } = readPage(c, 50);
    const values = all.slice(startAt, startAt + maxResults);
    return c.json({
      ...{ maxResults, startAt, total: all.length },
      isLast: startAt + values.length >= all.length,
      values,
    });
  });
  rest.post('/field/:fieldKey/option', async (c) => {
    const field = requireField(c);
    return c.json(optionBody(c.var.site.fieldOptions.add(field.id, await readOption(c))));
  });
  rest.get('/field/:fieldKey/option/:optionId', (c) =>
    c.json(optionBody(requireOption(c, requireField(c)))),
  );
  rest.put('/field/:fieldKey/option/:optionId', async (c) => {
    const field = requireField(c);
    const id = readId(c);
    const body = await readJson(c);
    if (body.id !== id) {
      throw failure(400, 'The option ID of the path and of the body must be the same.');
    }
    const option = { ...(await readOption(c)), id };
    return c.json(optionBody(c.var.site.fieldOptions.save(field.id, option)));
  });
  rest.delete('/field/:fieldKey/option/:optionId', (c) => {
    const { site } = c.var;
    const field = requireField(c);
    const { id } = requireOption(c, field);
    const isUsed = site.issues.all().some(({ values }) => {
      const value = values[field.id];
      return Array.isArray(value) ? value.includes(id) : value === id;
    });
    if (isUsed) throw failure(409, 'The option is selected in issues.');
    site.fieldOptions.remove(field.id, id);
    return c.body(null, 204);
  });
}

function optionBody({ id, value, properties, config }: FieldOption): Record<string, unknown> {
  return {
    id,
    value,
    properties: properties ?? {},
    config: config ?? { scope: { projects: [], projects2: [], global: {} }, attributes: [] },
  };
}

function requireField(c: Context<RestEnv>): Field {
  const { site, caller } = c.var;
  const key = c.req.param('fieldKey') ?? '';
  const field = site.fields.findByIdOrKey(key);
  if (field?.app?.host !== 'connect' || field.kind !== 'select' || field.key !== key) {
    throw failure(404, `No select field of a Connect app has the key '${key.slice(0, 100)}'.`);
  }
  const owns = caller.as === 'app' && caller.appKey === field.app.appKey;
  if (!owns && !site.permissions.holds(caller.accountId, 'ADMINISTER')) {
    throw failure(403, 'Only the app that provides the field and administrators may do this.');
  }
  return field;
}

function readId(c: Context<RestEnv>): number {
  const id = c.req.param('optionId') ?? '';
  if (!/^[1-9]\d{0,14}$/.test(id)) throw failure(404, `No option has the ID '${id.slice(0, 40)}'.`);
  return Number(id);
}

function requireOption(c: Context<RestEnv>, field: Field): FieldOption {
  const id = readId(c);
  const option = c.var.site.fieldOptions.find(field.id, id);
  if (!option) throw failure(404, `No option has the ID '${id}'.`);
  return option;
}

async function readOption(c: Context<RestEnv>): Promise<Omit<FieldOption, 'id'>> {
  const { value, properties, config } = await readJson(c);
  if (typeof value !== 'string' || value.trim() === '' || value.length > 255) {
    throw failure(400, 'The value of an option has 1 to 255 characters.');
  }
  for (const [name, object] of Object.entries({ properties, config })) {
    if (object !== undefined && (typeof object !== 'object' || object === null)) {
      throw failure(400, `'${name}' must be an object.`);
    }
  }
  return {
    value,
    ...(properties === undefined ? {} : { properties: properties as Record<string, unknown> }),
    ...(config === undefined ? {} : { config: config as Record<string, unknown> }),
  };
}
