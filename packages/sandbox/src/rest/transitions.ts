import type { Context, Hono } from 'hono';
import { recordChange } from '../site/changes.ts';
import type { Status } from '../site/projects.ts';
import type { RestEnv } from './caller.ts';
import { cannotBeSet, failure, fieldErrors } from './errors.ts';
import { findIssue } from './issues.ts';
import { requireOnIssue } from './permission.ts';
import { readJson } from './request-body.ts';
import { statusBody } from './statuses.ts';
import { tellOfEdit } from './webhook-changes.ts';

interface Transition {
  id: string;
  to: Status;
}

/** The workflow leads from every status to every other, without a screen in between. */
export function addTransitionRoutes(rest: Hono<RestEnv>): void {
  rest.get('/issue/:issue/transitions', (c) => {
    const { site, caller, version } = c.var;
    const issue = findIssue(c);
    // Without the permission there are none, and no error.
    const may = site.permissions.holds(caller.accountId, 'TRANSITION_ISSUES', issue.projectId);
    const wanted = c.req.query('transitionId');
    const open = (may ? transitions(c) : []).filter(
      ({ id }) => wanted === undefined || id === wanted,
    );
    return c.json({
      expand: 'transitions',
      transitions: open.map(({ id, to }) => ({
        id,
        name: to.name,
        to: statusBody(site, to.id, version),
        hasScreen: false,
        isGlobal: true,
        isInitial: false,
        isAvailable: true,
        isConditional: false,
        looped: false,
      })),
    });
  });

  rest.post('/issue/:issue/transitions', async (c) => {
    const { site } = c.var;
    const body = await readJson(c);
    const { issue, accountId } = requireOnIssue(c, 'TRANSITION_ISSUES', {
      status: 400,
      message: 'You do not have permission to transition this issue.',
    });
    const { id } = (body.transition ?? {}) as Record<string, unknown>;
    if (id === undefined) throw failure(400, "Missing 'transition' identifier");
    const transition = transitions(c).find((each) => each.id === String(id));
    if (!transition) throw failure(400, `Transition id '${id}' is not valid for this issue.`);
    const named = [...Object.keys(body.fields ?? {}), ...Object.keys(body.update ?? {})];
    if (named.length > 0) {
      throw fieldErrors(
        Object.fromEntries(named.map((name) => [name, cannotBeSet(name)])),
        'The transitions of this site have no screen: set fields with PUT /issue.',
      );
    }
    const from = site.projects.statuses().find((status) => status.id === issue.statusId);
    site.issues.setStatus(issue.id, transition.to.id, site.now());
    const change = recordChange(site, issue.id, accountId, [
      {
        field: 'status',
        fieldId: 'status',
        fieldtype: 'jira',
        from: String(issue.statusId),
        fromString: from?.name ?? null,
        to: String(transition.to.id),
        toString: transition.to.name,
      },
    ]);
    tellOfEdit(c, issue, change, 'issue_generic');
    site.events.emit('issue-updated', { key: issue.key, accountId, fields: ['status'] });
    return c.body(null, 204);
  });
}

/** Ids as Jira gives them to a new workflow: 11, 21, 31. */
function transitions(c: Context<RestEnv>): Transition[] {
  return c.var.site.projects.statuses().map((to, index) => ({ id: `${index + 1}1`, to }));
}
