import type { Hono } from 'hono';
import type { Site } from '../../site/site.ts';
import { notFoundPage } from '../not-found.ts';
import { projectsPage, projectsPath } from '../projects.ts';
import { doAndGo, show } from '../show.ts';
import { viewerOf } from '../viewer.ts';
import { callAs } from './act.ts';
import { issuesPage } from './list.ts';
import { issuePage } from './page.ts';
import { issuesPath } from './table.ts';
import { findVisibleIssue } from './visible.ts';

/** Projects, the list of issues, an issue, and what a person does to it. */
export function addIssuePages(site: Site, pages: Hono): void {
  pages.get(projectsPath, (c) => show(site, c, projectsPage(site, viewerOf(site, c))));
  pages.get(issuesPath, (c) =>
    show(site, c, issuesPage(site, viewerOf(site, c), c.req.query('jql') ?? '')),
  );
  pages.get('/browse/:key', (c) => {
    const key = c.req.param('key');
    const viewer = viewerOf(site, c);
    const issue = findVisibleIssue(site, viewer, key);
    if (issue) return show(site, c, issuePage(site, viewer, issue));
    const project = site.projects.find(key);
    if (project) {
      const query = new URLSearchParams({ jql: `project = ${project.key}` });
      return c.redirect(`${issuesPath}?${query.toString()}`, 302);
    }
    return show(
      site,
      c,
      notFoundPage(`There is no issue ${key} that ${viewer.name} may see.`),
      404,
    );
  });
  pages.post('/browse/:key/:action{comment|transitions}', async (c) => {
    const { key, action } = c.req.param();
    const viewer = viewerOf(site, c);
    const issue = findVisibleIssue(site, viewer, key);
    if (!issue) return show(site, c, notFoundPage(`There is no issue ${key}.`), 404);
    const { comment, transition } = await c.req.parseBody();
    const typed = typeof comment === 'string' ? comment : '';
    const body = action === 'comment' ? { body: typed } : { transition: { id: transition } };
    return doAndGo(site, c, {
      work: () => callAs(site, viewer, `/issue/${issue.key}/${action}`, body),
      next: `/browse/${issue.key}`,
      failed: (problem) => issuePage(site, viewer, issue, { problem, typed }),
    });
  });
}
