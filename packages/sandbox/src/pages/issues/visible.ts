import type { StoredIssue } from '../../site/issues.ts';
import type { Site } from '../../site/site.ts';
import type { Viewer } from '../viewer.ts';

/** The issue, where the viewer may see it: as to the REST API, any other does not exist. */
export function findVisibleIssue(
  site: Site,
  { accountId }: Viewer,
  key: string,
): StoredIssue | undefined {
  const issue = site.issues.find(key);
  const seen = issue && site.permissions.holds(accountId, 'BROWSE_PROJECTS', issue.projectId);
  return seen ? issue : undefined;
}
