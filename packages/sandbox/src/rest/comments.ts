import type { Context, Hono } from 'hono';
import type { AtlassianDocument } from '../site/document.ts';
import type { Comment, StoredIssue } from '../site/issues.ts';
import { requireAccount } from './account.ts';
import type { RestEnv } from './caller.ts';
import { failure, fieldErrors } from './errors.ts';
import { checkDocument } from './field-values.ts';
import { commentBody } from './issue-body.ts';
import { findIssue, issueEvent } from './issues.ts';
import { readPage } from './paging.ts';
import { mayChange } from './permission.ts';
import { readJson } from './request-body.ts';
import { commentTold, tell } from './webhook-changes.ts';

export function addCommentRoutes(rest: Hono<RestEnv>): void {
  rest.get('/issue/:issue/comment', (c) => {
    const { site, version } = c.var;
    const issue = findIssue(c);
    const all = site.issues.comments(issue.id);
    const { startAt, maxResults } = readPage(c, 100);
    const page = all.slice(startAt, startAt + maxResults);
    return c.json({
      startAt,
      maxResults,
      total: all.length,
      comments: page.map((comment) => commentBody(site, issue, comment, version)),
    });
  });

  rest.post('/issue/:issue/comment', async (c) => {
    const { site, caller, version } = c.var;
    const { body } = await readJson(c);
    const issue = findIssue(c);
    const { accountId } = caller;
    if (
      accountId === undefined ||
      !site.permissions.holds(accountId, 'ADD_COMMENTS', issue.projectId)
    ) {
      throw failure(403, 'You do not have permission to comment on this issue.');
    }
    const document = readDocument(body, version);
    const comment = site.issues.addComment(issue.id, accountId, document, site.now());
    tell(c, commentTold(site, 'comment_created', issue, comment));
    site.events.emit('issue-commented', {
      ...issueEvent(issue, accountId),
      commentId: String(comment.id),
    });
    return c.json(commentBody(site, issue, comment, version), 201);
  });

  rest.get('/issue/:issue/comment/:id', (c) => {
    const { issue, comment } = findComment(c);
    return c.json(commentBody(c.var.site, issue, comment, c.var.version));
  });

  rest.put('/issue/:issue/comment/:id', async (c) => {
    const { site, version } = c.var;
    const { body } = await readJson(c);
    const { comment } = changeable(c, 'EDIT');
    const document = readDocument(body, version);
    site.issues.updateComment(comment.id, requireAccount(c), document, site.now());
    const changed = findComment(c);
    tell(c, commentTold(site, 'comment_updated', changed.issue, changed.comment));
    return c.json(commentBody(site, changed.issue, changed.comment, version));
  });

  rest.delete('/issue/:issue/comment/:id', (c) => {
    const { site } = c.var;
    const { issue, comment } = changeable(c, 'DELETE');
    site.issues.deleteComment(comment.id);
    tell(c, commentTold(site, 'comment_deleted', issue, comment));
    return c.body(null, 204);
  });

  rest.post('/comment/list', async (c) => {
    const { site, caller, version } = c.var;
    const { ids } = await readJson(c);
    if (!Array.isArray(ids) || ids.length === 0 || ids.length > 1000) {
      throw failure(400, "'ids' must be an array of 1 to 1000 comment ids.");
    }
    const values = ids.flatMap((id) => {
      const found = site.issues.findComment(Number(id));
      const issue = found && site.issues.find(String(found.issueId));
      if (!issue || !site.permissions.holds(caller.accountId, 'BROWSE_PROJECTS', issue.projectId)) {
        return [];
      }
      return commentBody(site, issue, found.comment, version);
    });
    const total = values.length;
    return c.json({ maxResults: 1000, startAt: 0, total, isLast: true, values });
  });
}

function findComment(c: Context<RestEnv>): { issue: StoredIssue; comment: Comment } {
  const issue = findIssue(c);
  const id = c.req.param('id') ?? '';
  const found = /^\d+$/.test(id) ? c.var.site.issues.findComment(Number(id)) : undefined;
  if (found?.issueId !== issue.id) throw failure(404, `Can not find a comment for the id: ${id}.`);
  return { issue, comment: found.comment };
}

function changeable(
  c: Context<RestEnv>,
  action: 'EDIT' | 'DELETE',
): { issue: StoredIssue; comment: Comment } {
  const found = findComment(c);
  const { author } = found.comment;
  if (!mayChange(c, { action, what: 'COMMENTS', author }, found.issue.projectId)) {
    throw failure(
      400,
      `You do not have the permission to ${action.toLowerCase()} the comment with id: '${found.comment.id}'`,
    );
  }
  return found;
}

function readDocument(body: unknown, version: 2 | 3): AtlassianDocument {
  const checked = checkDocument(body, version);
  if ('error' in checked) throw fieldErrors({ comment: checked.error });
  if (checked.value === null) throw fieldErrors({ comment: 'Comment body can not be empty!' });
  return checked.value as AtlassianDocument;
}
