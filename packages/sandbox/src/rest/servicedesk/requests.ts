import type { Context, Hono } from 'hono';
import { documentFromText, textOfDocument } from '../../site/document.ts';
import type { Comment, StoredIssue } from '../../site/issues.ts';
import { Records } from '../../site/records.ts';
import type { Site } from '../../site/site.ts';
import { requireAccount } from '../account.ts';
import type { RestEnv } from '../caller.ts';
import { issueEvent } from '../issues.ts';
import { readJson } from '../request-body.ts';
import { commentTold, tell, tellOfNewIssue } from '../webhook-changes.ts';
import { base, serviceDate, serviceFailure, servicePage, serviceUser } from './bodies.ts';
import { findDesk, findRequestType, requestTypes, type ServiceDesk } from './desks.ts';

/** What makes an issue of the service project a request. */
interface Request {
  deskId: string;
  requestTypeId: string;
}

const categories = { new: 'NEW', indeterminate: 'INDETERMINATE', done: 'DONE' };

export function addRequestRoutes(rest: Hono<RestEnv>): void {
  rest.post('/request', async (c) => {
    const { site } = c.var;
    const body = await readJson(c);
    const accountId = requireAccount(c);
    if (body.raiseOnBehalfOf !== undefined) {
      throw serviceFailure(400, 'The sandbox does not model raiseOnBehalfOf.');
    }
    const desk = findDesk(c, String(body.serviceDeskId ?? ''));
    const type = findRequestType(String(body.requestTypeId ?? ''));
    const { summary, description } = readFields(body.requestFieldValues);
    const [first] = site.projects.statuses();
    if (!first) throw new Error('The site has no status.');
    const issue = site.issues.create({
      project: desk.project,
      typeId: type.issueTypeId,
      statusId: first.id,
      values: {
        summary,
        ...(description === undefined ? {} : { description: documentFromText(description) }),
        priority: '3',
        reporter: accountId,
        creator: accountId,
      },
      at: site.now(),
    });
    requests(site).add({ deskId: desk.id, requestTypeId: type.id }, { issueId: issue.id });
    tellOfNewIssue(c, issue);
    site.events.emit('issue-created', issueEvent(issue, accountId));
    return c.json(requestBody(c, desk, issue), 201);
  });

  rest.get('/request', (c) => {
    const { site } = c.var;
    const accountId = requireAccount(c);
    const { serviceDeskId } = c.req.query();
    const own = requests(site)
      .all()
      .filter(({ data }) => serviceDeskId === undefined || data.deskId === serviceDeskId)
      .flatMap(({ issueId, data }) => {
        const issue = site.issues.find(String(issueId));
        return issue?.values.reporter === accountId
          ? requestBody(c, findDesk(c, data.deskId), issue)
          : [];
      });
    return c.json(servicePage(c, own));
  });

  rest.get('/request/:issue', (c) => {
    const { issue, desk } = findRequest(c);
    return c.json(requestBody(c, desk, issue));
  });

  rest.get('/request/:issue/status', (c) => {
    const { issue } = findRequest(c);
    return c.json(servicePage(c, [statusOf(c.var.site, issue)]));
  });

  rest.get('/request/:issue/comment', (c) => {
    const { issue } = findRequest(c);
    const all = c.var.site.issues.comments(issue.id);
    return c.json(
      servicePage(
        c,
        all.map((comment) => commentBody(c.var.site, issue, comment)),
      ),
    );
  });

  rest.post('/request/:issue/comment', async (c) => {
    const { site } = c.var;
    const { body, public: isPublic } = await readJson(c);
    const { issue } = findRequest(c);
    const accountId = requireAccount(c);
    if (typeof body !== 'string' || body === '') {
      throw serviceFailure(400, 'Comment body can not be empty!');
    }
    if (isPublic === false) {
      throw serviceFailure(400, 'The sandbox does not model internal comments.');
    }
    if (!site.permissions.holds(accountId, 'ADD_COMMENTS', issue.projectId)) {
      throw serviceFailure(403, 'You do not have permission to comment on this request.');
    }
    const comment = site.issues.addComment(issue.id, accountId, documentFromText(body), site.now());
    const commentId = String(comment.id);
    tell(c, commentTold(site, 'comment_created', issue, comment));
    site.events.emit('issue-commented', { ...issueEvent(issue, accountId), commentId });
    return c.json(commentBody(site, issue, comment), 201);
  });

  // Nobody else takes part in a request of this site, and no service level is agreed on.
  for (const path of ['/request/:issue/participant', '/request/:issue/sla']) {
    rest.get(path, (c) => {
      findRequest(c);
      return c.json(servicePage(c, []));
    });
  }
}

function requests(site: Site): Records<Request> {
  return new Records<Request>(site.database, 'request');
}

/** Reporters see their requests, and agents see all. */
function findRequest(c: Context<RestEnv>): { issue: StoredIssue; desk: ServiceDesk } {
  const { site } = c.var;
  const accountId = requireAccount(c);
  const issue = site.issues.find(c.req.param('issue') ?? '');
  const request = issue && requests(site).ofIssue(issue.id)[0];
  const seen =
    issue !== undefined &&
    (issue.values.reporter === accountId ||
      site.permissions.holds(accountId, 'SERVICEDESK_AGENT', issue.projectId));
  if (!issue || !request || !seen) {
    throw serviceFailure(404, 'The request was not found, or you may not see it.');
  }
  return { issue, desk: findDesk(c, request.data.deskId) };
}

function readFields(values: unknown): { summary: string; description?: string } {
  const { summary, description, ...others } = (values ?? {}) as Record<string, unknown>;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) {
    throw serviceFailure(400, `The field '${unknown}' is not on the form of this request type.`);
  }
  if (typeof summary !== 'string' || summary.trim() === '') {
    throw serviceFailure(400, 'Your request could not be created: summary is required.');
  }
  if (description === undefined) return { summary };
  if (typeof description !== 'string') {
    throw serviceFailure(400, "'description' must be a string.");
  }
  return { summary, description };
}

function statusOf(site: Site, issue: StoredIssue): Record<string, unknown> {
  const status = site.projects.statuses().find(({ id }) => id === issue.statusId);
  return {
    status: status?.name,
    statusCategory: status && categories[status.category],
    statusDate: serviceDate(issue.updated),
  };
}

function requestBody(
  c: Context<RestEnv>,
  desk: ServiceDesk,
  issue: StoredIssue,
): Record<string, unknown> {
  const { site } = c.var;
  const request = requests(site).ofIssue(issue.id)[0];
  const type = requestTypes.find(({ id }) => id === request?.data.requestTypeId);
  const { summary, description, reporter } = issue.values;
  const field = (fieldId: string, label: string, value: unknown) => ({ fieldId, label, value });
  return {
    _expands: ['participant', 'status', 'sla', 'requestType', 'serviceDesk', 'comment'],
    issueId: String(issue.id),
    issueKey: issue.key,
    summary,
    requestTypeId: type?.id,
    serviceDeskId: desk.id,
    createdDate: serviceDate(issue.created),
    reporter: serviceUser(site, String(reporter)),
    requestFieldValues: [
      field('summary', 'Summary', summary),
      ...(description === undefined
        ? []
        : [field('description', 'Description', textOfDocument(description as Comment['body']))]),
    ],
    currentStatus: statusOf(site, issue),
    _links: {
      jiraRest: `${site.url}/rest/api/2/issue/${issue.id}`,
      web: `${site.url}/servicedesk/customer/portal/${desk.id}/${issue.key}`,
      agent: `${site.url}/browse/${issue.key}`,
      self: `${site.url}${base}/request/${issue.id}`,
    },
  };
}

function commentBody(site: Site, issue: StoredIssue, comment: Comment): Record<string, unknown> {
  return {
    _expands: [],
    id: String(comment.id),
    body: textOfDocument(comment.body),
    public: true,
    author: serviceUser(site, comment.author),
    created: serviceDate(comment.created),
    _links: { self: `${site.url}${base}/request/${issue.id}/comment/${comment.id}` },
  };
}
