import type { Hono } from 'hono';
import type { RestEnv } from './caller.ts';
import { failure, RestError } from './errors.ts';
import { issueBody } from './issue-body.ts';
import { createIssueFrom } from './issues.ts';
import { visibleProjects } from './projects.ts';
import { readJson } from './request-body.ts';

const maximumIssues = 100;
const maximumNewIssues = 50;

export function addIssueBulkRoutes(rest: Hono<RestEnv>): void {
  rest.post('/issue/bulkfetch', async (c) => {
    const { site, caller, version } = c.var;
    const { issueIdsOrKeys, fields } = await readJson(c);
    if (!Array.isArray(issueIdsOrKeys) || issueIdsOrKeys.length === 0) {
      throw failure(400, "'issueIdsOrKeys' must be an array of ids or keys.");
    }
    if (issueIdsOrKeys.length > maximumIssues) {
      throw failure(400, `At most ${maximumIssues} issues can be fetched at once.`);
    }
    if (fields !== undefined && !Array.isArray(fields)) {
      throw failure(400, "'fields' must be an array of field ids.");
    }
    const visible = new Set(visibleProjects(site, caller).map(({ id }) => id));
    const found = issueIdsOrKeys
      .flatMap((name) => site.issues.find(String(name)) ?? [])
      .filter(({ projectId }) => visible.has(projectId))
      .sort((one, other) => one.id - other.id);
    // What does not exist, or may not be seen, is left out without an error.
    const issues = found.map((issue) =>
      issueBody(site, issue, version, (fields ?? ['*navigable']).map(String)),
    );
    return c.json({ issues, issueErrors: [] });
  });
  rest.post('/issue/bulk', async (c) => {
    const { issueUpdates } = await readJson(c);
    if (!Array.isArray(issueUpdates) || issueUpdates.length === 0) {
      throw failure(400, "'issueUpdates' must be an array of issues.");
    }
    if (issueUpdates.length > maximumNewIssues) {
      throw failure(400, `At most ${maximumNewIssues} issues can be created at once.`);
    }
    const issues: unknown[] = [];
    const errors: unknown[] = [];
    for (const [failedElementNumber, wanted] of issueUpdates.entries()) {
      try {
        issues.push(createIssueFrom(c, (wanted ?? {}) as Record<string, unknown>));
      } catch (error) {
        if (!(error instanceof RestError)) throw error;
        const { status, body } = error;
        errors.push({ status, elementErrors: body, failedElementNumber });
      }
    }
    return c.json({ issues, errors }, issues.length === 0 ? 400 : 201);
  });
}
