import type { Context, Hono } from 'hono';
import { recordEdit } from '../site/changes.ts';
import type { StoredIssue } from '../site/issues.ts';
import type { Caller, RestEnv } from './caller.ts';
import { failure, issueNotFound } from './errors.ts';
import { checkValue } from './field-values.ts';
import { readJson } from './request-body.ts';
import { tellOfEdit } from './webhook-changes.ts';

/** How a Forge app writes its own custom fields, also those that nobody else can write. */
export function addAppFieldRoutes(rest: Hono<RestEnv>): void {
  rest.put('/app/field/:field/value', writeValues);
}

async function writeValues(c: Context<RestEnv>): Promise<Response> {
  const { site, caller, version } = c.var;
  const { updates } = await readJson(c);
  if (!c.req.path.startsWith('/ex/')) {
    throw failure(403, 'Connect apps and people cannot access this resource.');
  }
  const field = site.fields.findByIdOrKey(c.req.param('field') ?? '');
  if (!field?.custom) throw failure(404, 'The custom field was not found.');
  if (field.app?.host !== 'forge' || field.app.appKey !== appKeyOf(caller)) {
    throw failure(403, 'Only the app that provides the custom field can update its values.');
  }
  const writes = readUpdates(c, updates).map(({ issue, value }) => {
    const checked = checkValue(site, field, value, version);
    if ('error' in checked) throw failure(400, checked.error);
    return { issue, value: checked.value };
  });
  for (const { issue, value } of writes) {
    site.issues.update(issue.id, { [field.id]: value }, site.now());
    const change = recordEdit(site, issue, { [field.id]: value }, caller.accountId ?? '');
    tellOfEdit(c, issue, change);
    site.events.emit('issue-updated', {
      key: issue.key,
      accountId: caller.accountId ?? '',
      fields: [field.id],
    });
  }
  return c.body(null, 204);
}

function appKeyOf(caller: Caller): string | undefined {
  if (caller.as === 'app') return caller.appKey;
  return caller.as === 'user' ? caller.throughApp?.appKey : undefined;
}

function readUpdates(
  c: Context<RestEnv>,
  updates: unknown,
): { issue: StoredIssue; value: unknown }[] {
  const { site, caller } = c.var;
  if (!Array.isArray(updates) || updates.length === 0) {
    throw failure(400, "'updates' must be a list of { issueIds, value }.");
  }
  return updates.flatMap((update: { issueIds?: unknown; value?: unknown } | null) => {
    const { issueIds, value } = update ?? {};
    if (!Array.isArray(issueIds) || !issueIds.every(Number.isInteger) || value === undefined) {
      throw failure(400, "Each update has 'issueIds', a list of numbers, and a 'value'.");
    }
    return issueIds.map((id: number) => {
      const issue = site.issues.find(String(id));
      if (!issue || !site.permissions.holds(caller.accountId, 'BROWSE_PROJECTS', issue.projectId)) {
        throw failure(404, issueNotFound);
      }
      return { issue, value };
    });
  });
}
