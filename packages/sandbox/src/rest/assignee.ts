import type { Hono } from 'hono';
import { recordChange } from '../site/changes.ts';
import type { RestEnv } from './caller.ts';
import { failure, fieldErrors } from './errors.ts';
import { isEditable } from './issue-edit.ts';
import { requireOnIssue } from './permission.ts';
import { readJson } from './request-body.ts';
import { tellOfEdit } from './webhook-changes.ts';

export function addAssigneeRoutes(rest: Hono<RestEnv>): void {
  rest.put('/issue/:issue/assignee', async (c) => {
    const { site } = c.var;
    const body = await readJson(c);
    const { issue, accountId: caller } = requireOnIssue(c, 'ASSIGN_ISSUES', {
      message: 'You do not have permission to assign issues.',
    });
    if (!isEditable(site, issue)) {
      throw failure(
        400,
        'You are not allowed to edit this issue due to its current status in the workflow.',
      );
    }
    if (!('accountId' in body)) throw fieldErrors({ assignee: "'accountId' is required." });
    const wanted = body.accountId;
    // "-1" is the default assignee of the project, which here is nobody.
    const assignee = wanted === null || wanted === '-1' ? null : String(wanted);
    if (
      assignee !== null &&
      !site.permissions.holds(assignee, 'ASSIGNABLE_USER', issue.projectId)
    ) {
      throw fieldErrors({ assignee: `User '${assignee}' cannot be assigned issues.` });
    }
    const before = (issue.values.assignee ?? null) as string | null;
    const nameOf = (id: string | null) => (id && site.users.find(id)?.displayName) ?? null;
    site.issues.update(issue.id, { assignee }, site.now());
    const change = recordChange(site, issue.id, caller, [
      {
        field: 'assignee',
        fieldId: 'assignee',
        fieldtype: 'jira',
        from: before,
        fromString: nameOf(before),
        to: assignee,
        toString: nameOf(assignee),
      },
    ]);
    if (before !== assignee) tellOfEdit(c, issue, change);
    site.events.emit('issue-updated', { key: issue.key, accountId: caller, fields: ['assignee'] });
    return c.body(null, 204);
  });
}
