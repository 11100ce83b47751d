import type { Context, Hono } from 'hono';
import { recordEdit } from '../site/changes.ts';
import type { StoredIssue } from '../site/issues.ts';
import { issueTypes, type Project } from '../site/projects.ts';
import type { IssueEvent } from '../site/site.ts';
import type { RestEnv } from './caller.ts';
import { cannotBeSet, failure, fieldErrors, issueNotFound } from './errors.ts';
import { allowedValues } from './field-bodies.ts';
import { fieldSchema } from './field-schema.ts';
import { checkValue } from './field-values.ts';
import { type IssueBody, issueBody } from './issue-body.ts';
import {
  checkChanges,
  isEditable,
  isOfProject,
  isSettable,
  readChanges,
  readOverrides,
  readProperties,
  settableFields,
  valuesAsGiven,
} from './issue-edit.ts';
import { readJson, readList } from './request-body.ts';
import { propertyTold, tell, tellOfEdit, tellOfNewIssue } from './webhook-changes.ts';

const notEditable =
  'You are not allowed to edit this issue due to its current status in the workflow.';

export function addIssueRoutes(rest: Hono<RestEnv>): void {
  rest.post('/issue', createIssue);
  rest.get('/issue/:issue', (c) => {
    const wanted = readList(c.req.queries('fields'));
    return c.json(issueBody(c.var.site, findIssue(c), c.var.version, wanted));
  });
  rest.put('/issue/:issue', editIssue);
  rest.get('/issue/:issue/editmeta', readEditMeta);
}

/** The issue of the path, where the caller may see it. */
export function findIssue(c: Context<RestEnv>): StoredIssue {
  const { site, caller } = c.var;
  const issue = site.issues.find(c.req.param('issue') ?? '');
  if (!issue || !site.permissions.holds(caller.accountId, 'BROWSE_PROJECTS', issue.projectId)) {
    throw failure(404, issueNotFound);
  }
  return issue;
}

async function editIssue(c: Context<RestEnv>): Promise<Response> {
  const { site, caller, version } = c.var;
  const body = await readJson(c);
  const query = new URL(c.req.url).searchParams;
  // An anonymous edit is not answered by 401 or 404: Jira finds no field that may be set.
  const issue =
    caller.as === 'anonymous' ? site.issues.find(c.req.param('issue') ?? '') : findIssue(c);
  if (!issue) throw failure(404, issueNotFound);
  const overrides = readOverrides(site, caller, query);
  const changes = readChanges(body, valuesAsGiven(site, issue));
  const properties = readProperties(body);
  if (!site.permissions.holds(caller.accountId, 'EDIT_ISSUES', issue.projectId)) {
    throw fieldErrors(
      Object.fromEntries([...changes.keys()].map((fieldId) => [fieldId, cannotBeSet(fieldId)])),
      caller.as === 'anonymous' ? undefined : 'Call with a user or an app that may edit issues.',
    );
  }
  if (!overrides.editableFlag && !isEditable(site, issue)) {
    throw failure(
      400,
      notEditable,
      'Move the issue to another status, or send overrideEditableFlag=true, as an app with the scope ADMIN.',
    );
  }
  const settable = settableFields(site, caller, issue, overrides);
  const values = checkChanges(site, changes, settable, version);
  site.issues.update(issue.id, values, site.now());
  const change = recordEdit(site, issue, values, caller.accountId ?? '');
  for (const [key, value] of properties) site.properties.set('issue', issue.id, key, value);
  tellOfEdit(c, issue, change);
  for (const [key] of properties) tell(c, propertyTold(site, 'issue_property_set', issue, key));
  site.events.emit('issue-updated', {
    key: issue.key,
    accountId: caller.accountId ?? '',
    fields: [...changes.keys()],
  });
  if (query.get('returnIssue') !== 'true') return c.body(null, 204);
  return c.json(issueBody(site, site.issues.find(issue.key) ?? issue, version, []));
}

async function createIssue(c: Context<RestEnv>): Promise<Response> {
  return c.json(createIssueFrom(c, await readJson(c)), 201);
}

/** Creates what the body of a request asks for, and gives the body of its answer. */
export function createIssueFrom(
  c: Context<RestEnv>,
  body: Record<string, unknown>,
): Pick<IssueBody, 'id' | 'key' | 'self'> {
  const { site, caller, version } = c.var;
  if (caller.as === 'anonymous') {
    throw failure(
      400,
      'Anonymous users do not have permission to create issues in this project. Please try logging in first.',
    );
  }
  const changes = readChanges(body, {});
  const properties = readProperties(body);
  const errors: Record<string, string> = {};
  const project = findNamed(site.projects.all(), changes.get('project'), 'key');
  if (project && !site.permissions.holds(caller.accountId, 'CREATE_ISSUES', project.id)) {
    throw fieldErrors({ project: 'You do not have permission to create issues in this project.' });
  }
  if (!project) errors.project = 'Specify a valid project ID or key';
  const type = findNamed(issueTypes, changes.get('issuetype'), 'name');
  if (!type) errors.issuetype = 'Specify a valid issue type';
  if (!changes.has('summary')) errors.summary = 'You must specify a summary of the issue.';
  changes.delete('project');
  changes.delete('issuetype');
  const values: Record<string, unknown> = {
    reporter: caller.accountId,
    creator: caller.accountId,
    priority: '3',
  };
  for (const [fieldId, wanted] of changes) {
    const field = site.fields.find(fieldId);
    const settable =
      field && isSettable(field, false) && (!project || isOfProject(field, project.id));
    const checked = settable
      ? checkValue(site, field, wanted, version)
      : { error: cannotBeSet(fieldId) };
    if ('error' in checked) errors[fieldId] = checked.error;
    else values[fieldId] = checked.value;
  }
  if (!project || !type || Object.keys(errors).length > 0) throw fieldErrors(errors);
  const issue = site.issues.create({
    project,
    typeId: type.id,
    statusId: firstStatusId(c),
    values,
    at: site.now(),
  });
  for (const [name, value] of properties) site.properties.set('issue', issue.id, name, value);
  const { id, key, self } = issueBody(site, issue, version, ['summary']);
  tellOfNewIssue(c, issue);
  for (const [name] of properties) tell(c, propertyTold(site, 'issue_property_set', issue, name));
  site.events.emit('issue-created', issueEvent(issue, caller.accountId));
  return { id, key, self };
}

export function issueEvent(issue: StoredIssue, accountId: string | undefined): IssueEvent {
  const { id, key, projectId } = issue;
  return { id: String(id), key, projectId: String(projectId), accountId: accountId ?? '' };
}

function firstStatusId(c: Context<RestEnv>): number {
  const [first] = c.var.site.projects.statuses();
  if (!first) throw new Error('The site has no status.');
  return first.id;
}

/** `{"id": "10000"}` or `{"key": "XX"}`, `{"name": "Task"}`. */
function findNamed<T extends Project | (typeof issueTypes)[number]>(
  all: readonly T[],
  reference: unknown,
  nameProperty: 'key' | 'name',
): T | undefined {
  const { id, [nameProperty]: name } = (reference ?? {}) as Record<string, unknown>;
  return all.find((each) => {
    const own = (each as unknown as Record<string, unknown>)[nameProperty];
    return id === undefined ? own === name : String(each.id) === String(id);
  });
}

function readEditMeta(c: Context<RestEnv>): Response {
  const { site, caller, version } = c.var;
  const issue = findIssue(c);
  const overrides = readOverrides(site, caller, new URL(c.req.url).searchParams);
  const fields = Object.fromEntries(
    settableFields(site, caller, issue, overrides).map((field) => [
      field.id,
      {
        required: field.id === 'summary',
        schema: fieldSchema(field),
        name: field.name,
        key: field.key,
        operations: field.kind === 'labels' || field.list ? ['add', 'set', 'remove'] : ['set'],
        ...allowedValues(site, field, version),
      },
    ]),
  );
  return c.json({ fields });
}
