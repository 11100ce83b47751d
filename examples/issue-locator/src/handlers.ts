import { isJiraApiError } from 'countersign';
import type { ErrorRequestHandler, RequestHandler } from 'express';
import { PLACES } from './places.ts';

/** The location of the issue that the panel is shown on, and those that there are to choose from. */
export const showLocation: RequestHandler = async ({ caller }, response) => {
  const issueKey = caller.context?.jira?.issue?.key;
  if (issueKey === undefined) {
    response.status(400).json({ error: 'Open this page on an issue.' });
    return;
  }
  const { fields } = await caller.jira.get<{ fields: Record<string, string | null> }>(
    `/rest/api/3/issue/${encodeURIComponent(issueKey)}`,
    { query: { fields: 'customfield_10042' } },
  );
  const location = fields.customfield_10042 ?? null;
  // Most people stay where they were the last time.
  const suggested = location ?? (await caller.installation.settings.get('lastLocation')) ?? null;
  response.json({ issueKey, location, suggested, places: PLACES });
};

/** Writes it. The issue is the one that the token names, not one that the browser names. */
export const saveLocation: RequestHandler = async ({ caller, body }, response) => {
  const issueKey = caller.context?.jira?.issue?.key;
  if (issueKey === undefined || !PLACES.some(({ name }) => name === body?.location)) {
    response.status(400).json({ error: 'Open this page on an issue, and pick a location.' });
    return;
  }
  await caller.jira.editIssue(issueKey, {
    fields: { 'Site location': body.location },
    overrideScreenSecurity: true, // the field is on no screen
    overrideEditableFlag: true, // and the issue may be closed
  });
  await caller.installation.settings.set('lastLocation', body.location);
  response.json({ issueKey, location: body.location });
};

/** Whoever looks at the page learns that it failed; why stands in the log. */
export const answerError: ErrorRequestHandler = (error, _request, response, _next) => {
  console.error(isJiraApiError(error) ? `${error.message} ${error.hint}` : error);
  response
    .status(isJiraApiError(error) ? error.httpStatus : 500)
    .json({ error: 'Jira did not take it. See the log.' });
};
