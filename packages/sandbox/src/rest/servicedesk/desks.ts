import type { Context, Hono } from 'hono';
import { type Project, projectType } from '../../site/projects.ts';
import type { Site } from '../../site/site.ts';
import { requireAccount } from '../account.ts';
import type { RestEnv } from '../caller.ts';
import { issueBody } from '../issue-body.ts';
import { parseJql } from '../jql.ts';
import { visibleProjects } from '../projects.ts';
import { findIssues } from '../search.ts';
import { base, serviceDate, serviceFailure, servicePage } from './bodies.ts';

/** The service project of the site is its one service desk. */
export interface ServiceDesk {
  id: string;
  project: Project;
}

export interface RequestType {
  id: string;
  name: string;
  description: string;
  issueTypeId: number;
}

export const requestTypes: readonly RequestType[] = [
  { id: '1', name: 'Get help', description: 'Ask for anything.', issueTypeId: 10001 },
  { id: '2', name: 'Report a bug', description: 'Something is broken.', issueTypeId: 10002 },
];

export function addServiceDeskRoutes(rest: Hono<RestEnv>): void {
  rest.get('/info', (c) =>
    c.json({
      version: '5.0.0-SNAPSHOT',
      platformVersion: '1001.0.0-SNAPSHOT',
      buildDate: serviceDate(0),
      buildChangeSet: '0',
      isLicensedForUse: true,
      _links: { self: `${c.var.site.url}${base}/info` },
    }),
  );

  rest.get('/servicedesk', (c) =>
    c.json(
      servicePage(
        c,
        desks(c).map((desk) => deskBody(c.var.site, desk)),
      ),
    ),
  );
  rest.get('/servicedesk/:desk', (c) => c.json(deskBody(c.var.site, findDesk(c))));

  rest.get('/servicedesk/:desk/requesttype', (c) => {
    const desk = findDesk(c);
    return c.json(
      servicePage(
        c,
        requestTypes.map((type) => requestTypeBody(c.var.site, desk, type)),
      ),
    );
  });

  rest.get('/servicedesk/:desk/requesttype/:type', (c) =>
    c.json(requestTypeBody(c.var.site, findDesk(c), findRequestType(c.req.param('type')))),
  );

  rest.get('/servicedesk/:desk/requesttype/:type/field', (c) => {
    findDesk(c);
    findRequestType(c.req.param('type'));
    const field = (fieldId: string, name: string, required: boolean) => ({
      fieldId,
      name,
      description: '',
      required,
      defaultValues: [],
      validValues: [],
      presetValues: [],
      jiraSchema: { type: 'string', system: fieldId },
      visible: true,
    });
    return c.json({
      requestTypeFields: [
        field('summary', 'Summary', true),
        field('description', 'Description', false),
      ],
      canRaiseOnBehalfOf: false,
      canAddRequestParticipants: false,
    });
  });

  rest.get('/servicedesk/:desk/queue', (c) => {
    const desk = findDesk(c);
    requireAgent(c, desk);
    return c.json(servicePage(c, [queueBody(c, desk)]));
  });

  rest.get('/servicedesk/:desk/queue/1/issue', (c) => {
    const desk = findDesk(c);
    requireAgent(c, desk);
    const found = findIssues(c.var.site, c.var.caller, parseJql(queueJql(desk)));
    const fields = ['summary', 'status', 'reporter', 'created'];
    return c.json(
      servicePage(
        c,
        found.map((issue) => issueBody(c.var.site, issue, 2, fields)),
      ),
    );
  });
}

function desks(c: Context<RestEnv>): ServiceDesk[] {
  requireAccount(c);
  return visibleProjects(c.var.site, c.var.caller)
    .filter((project) => projectType(project) === 'service_desk')
    .map((project, index) => ({ id: String(index + 1), project }));
}

export function findDesk(c: Context<RestEnv>, id: string = c.req.param('desk') ?? ''): ServiceDesk {
  const found = desks(c).find((desk) => desk.id === id || String(desk.project.id) === id);
  if (!found) throw serviceFailure(404, 'The service desk was not found.');
  return found;
}

export function findRequestType(id: string): RequestType {
  const found = requestTypes.find((type) => type.id === id);
  if (!found) throw serviceFailure(404, 'The request type was not found.');
  return found;
}

function deskBody(site: Site, { id, project }: ServiceDesk): Record<string, unknown> {
  return {
    id,
    projectId: String(project.id),
    projectName: project.name,
    projectKey: project.key,
    _links: { self: `${site.url}${base}/servicedesk/${id}` },
  };
}

function requestTypeBody(
  site: Site,
  desk: ServiceDesk,
  { id, name, description, issueTypeId }: RequestType,
): Record<string, unknown> {
  return {
    _expands: ['field'],
    id,
    _links: { self: `${site.url}${base}/servicedesk/${desk.id}/requesttype/${id}` },
    name,
    description,
    helpText: '',
    issueTypeId: String(issueTypeId),
    serviceDeskId: desk.id,
    portalId: desk.id,
    groupIds: [],
    icon: { id: '10300', _links: { iconUrls: {} } },
    canCreateRequest: true,
  };
}

function requireAgent(c: Context<RestEnv>, { project }: ServiceDesk): void {
  const { site, caller } = c.var;
  if (!site.permissions.holds(caller.accountId, 'SERVICEDESK_AGENT', project.id)) {
    throw serviceFailure(403, 'Only agents of the service desk may see its queues.');
  }
}

function queueJql({ project }: ServiceDesk): string {
  return `project = ${project.key}`;
}

function queueBody(c: Context<RestEnv>, desk: ServiceDesk): Record<string, unknown> {
  return {
    id: '1',
    name: 'All requests',
    jql: queueJql(desk),
    fields: ['issuekey', 'summary', 'status', 'reporter', 'created'],
    _links: { self: `${c.var.site.url}${base}/servicedesk/${desk.id}/queue/1` },
  };
}
