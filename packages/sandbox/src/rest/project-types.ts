import type { Hono } from 'hono';
import { requireAccount } from './account.ts';
import type { RestEnv } from './caller.ts';
import { failure } from './errors.ts';

const types = [
  { key: 'software', formattedKey: 'Software', colour: '#f15c75' },
  { key: 'service_desk', formattedKey: 'Service Desk', colour: '#67ab49' },
].map(({ key, formattedKey, colour }) => ({
  key,
  formattedKey,
  descriptionI18nKey: `jira.project.type.${key}.description`,
  icon: '',
  color: colour,
}));

/** Before the resource /project/{projectIdOrKey}, which would take `type` for a key. */
export function addProjectTypeRoutes(rest: Hono<RestEnv>): void {
  for (const path of ['/project/type', '/project/type/accessible']) {
    rest.get(path, (c) => {
      requireAccount(c);
      return c.json(types);
    });
  }

  rest.get('/project/type/:key', (c) => {
    requireAccount(c);
    const found = types.find(({ key }) => key === c.req.param('key'));
    if (!found) throw failure(404, 'The project type does not exist.');
    return c.json(found);
  });
}
