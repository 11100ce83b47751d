import type { Context, Hono } from 'hono';
import type { StoredIssue } from '../site/issues.ts';
import { Records, type StoredRecord } from '../site/records.ts';
import type { Site } from '../site/site.ts';
import { requireAccount } from './account.ts';
import type { RestEnv } from './caller.ts';
import { failure, issueNotFound } from './errors.ts';
import { issueBody } from './issue-body.ts';
import { readJson } from './request-body.ts';
import { type Told, tell } from './webhook-changes.ts';

const linkTypes = [
  { id: '10000', name: 'Blocks', inward: 'is blocked by', outward: 'blocks' },
  { id: '10001', name: 'Cloners', inward: 'is cloned by', outward: 'clones' },
  { id: '10002', name: 'Duplicate', inward: 'is duplicated by', outward: 'duplicates' },
  { id: '10003', name: 'Relates', inward: 'relates to', outward: 'relates to' },
];

/** The inward issue owns the record; the outward one is its other issue. */
interface Link {
  typeId: string;
}

export function addIssueLinkRoutes(rest: Hono<RestEnv>): void {
  rest.get('/issueLinkType', (c) => {
    requireAccount(c);
    return c.json({ issueLinkTypes: linkTypes.map((type) => typeBody(c, type)) });
  });

  rest.get('/issueLinkType/:id', (c) => {
    requireAccount(c);
    const type = linkTypes.find(({ id }) => id === c.req.param('id'));
    if (!type) throw failure(404, `No issue link type with id '${c.req.param('id')}' found.`);
    return c.json(typeBody(c, type));
  });

  rest.post('/issueLink', async (c) => {
    const { site } = c.var;
    const body = await readJson(c);
    if (body.comment !== undefined) {
      throw failure(400, 'The sandbox does not model the comment of a new link.');
    }
    const { id, name } = (body.type ?? {}) as Record<string, unknown>;
    const type = linkTypes.find((each) => each.id === String(id) || each.name === name);
    if (!type) throw failure(404, `No issue link type with name '${name ?? id}' found.`);
    const inward = namedIssue(c, body.inwardIssue);
    const outward = namedIssue(c, body.outwardIssue);
    for (const issue of [inward, outward]) {
      if (!site.permissions.holds(c.var.caller.accountId, 'LINK_ISSUES', issue.projectId)) {
        throw failure(404, `No Link Issue Permission for issue '${issue.key}'`);
      }
    }
    const owner = { issueId: inward.id, otherIssueId: outward.id };
    tell(c, linkTold('issuelink_created', links(site).add({ typeId: type.id }, owner)));
    return c.body(null, 201);
  });

  rest.get('/issueLink/:id', (c) => {
    const { link, inward, outward } = findLink(c);
    const type = linkTypes.find(({ id }) => id === link.data.typeId);
    return c.json({
      id: String(link.id),
      self: `${c.var.site.url}/rest/api/${c.var.version}/issueLink/${link.id}`,
      type: type && typeBody(c, type),
      inwardIssue: linkedIssueBody(c, inward),
      outwardIssue: linkedIssueBody(c, outward),
    });
  });

  rest.delete('/issueLink/:id', (c) => {
    const { link, inward, outward } = findLink(c);
    const { site, caller } = c.var;
    const may = [inward, outward].some((issue) =>
      site.permissions.holds(caller.accountId, 'LINK_ISSUES', issue.projectId),
    );
    if (!may) throw failure(404, `No Link Issue Permission for issue '${inward.key}'`);
    links(site).remove(link.id);
    tell(c, linkTold('issuelink_deleted', link));
    return c.body(null, 204);
  });
}

type LinkEvent = 'issuelink_created' | 'issuelink_deleted';

/** The same event for each link of an issue. */
export function linksTold(site: Site, event: LinkEvent, { id }: StoredIssue): Told[] {
  return links(site)
    .ofIssue(id)
    .map((link) => linkTold(event, link));
}

function linkTold(event: LinkEvent, { id, issueId, otherIssueId, data }: StoredRecord<Link>): Told {
  const type = linkTypes.find((each) => each.id === data.typeId);
  return {
    event,
    variables: {},
    payload: () => ({
      issueLink: {
        id,
        sourceIssueId: issueId,
        destinationIssueId: otherIssueId,
        issueLinkType: {
          id: Number(type?.id),
          name: type?.name,
          outwardName: type?.outward,
          inwardName: type?.inward,
          isSubTaskLinkType: false,
          isSystemLinkType: false,
        },
        systemLink: false,
      },
    }),
  };
}

function links(site: Site): Records<Link> {
  return new Records<Link>(site.database, 'link');
}

function namedIssue(c: Context<RestEnv>, reference: unknown): StoredIssue {
  const { key, id } = (reference ?? {}) as Record<string, unknown>;
  return visibleIssue(c, String(key ?? id ?? ''));
}

function visibleIssue(c: Context<RestEnv>, keyOrId: string): StoredIssue {
  const { site, caller } = c.var;
  const issue = site.issues.find(keyOrId);
  if (!issue || !site.permissions.holds(caller.accountId, 'BROWSE_PROJECTS', issue.projectId)) {
    throw failure(404, issueNotFound);
  }
  return issue;
}

function findLink(c: Context<RestEnv>): {
  link: StoredRecord<Link>;
  inward: StoredIssue;
  outward: StoredIssue;
} {
  const id = c.req.param('id') ?? '';
  const link = links(c.var.site).find(id);
  if (!link) throw failure(404, `No issue link with id '${id}' exists.`);
  return {
    link,
    inward: visibleIssue(c, String(link.issueId)),
    outward: visibleIssue(c, String(link.otherIssueId)),
  };
}

function typeBody(c: Context<RestEnv>, type: (typeof linkTypes)[number]) {
  const self = `${c.var.site.url}/rest/api/${c.var.version}/issueLinkType/${type.id}`;
  return { ...type, self };
}

function linkedIssueBody(c: Context<RestEnv>, issue: StoredIssue) {
  return issueBody(c.var.site, issue, c.var.version, [
    'summary',
    'status',
    'priority',
    'issuetype',
  ]);
}
