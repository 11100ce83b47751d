import type { Hono } from 'hono';
import type { AtlassianDocument } from '../site/document.ts';
import type { RestEnv } from './caller.ts';
import { failure, fieldErrors } from './errors.ts';
import { checkDocument } from './field-values.ts';
import { commentBody } from './issue-body.ts';
import { findIssue, issueEvent } from './issues.ts';
import { readPage } from './paging.ts';
import { readJson } from './request-body.ts';

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
    if (accountId === undefined || !site.permissions.holds(accountId, 'ADD_COMMENTS')) {
      throw failure(403, 'You do not have permission to comment on this issue.');
    }
    const checked = checkDocument(body, version);
    if ('error' in checked) throw fieldErrors({ comment: checked.error });
    if (checked.value === null) throw fieldErrors({ comment: 'Comment body can not be empty!' });
    const document = checked.value as AtlassianDocument;
    const comment = site.issues.addComment(issue.id, accountId, document, site.now());
    site.events.emit('issue-commented', {
      ...issueEvent(issue, accountId),
      commentId: String(comment.id),
    });
    return c.json(commentBody(site, issue, comment, version), 201);
  });
}
