import type { StoredIssue } from './issues.ts';

/** Whether Jira promises 30 seconds for a webhook, or 15 minutes: what hangs on another change is Secondary. */
export type WebhookFlow = 'Primary' | 'Secondary';

/** Something that has happened on the site, and that a webhook tells of. */
export interface SiteChange {
  /** As in `jira:issue_updated`. */
  event: string;
  flow: WebhookFlow;
  /** Who did it. Undefined where nobody was logged in. */
  accountId: string | undefined;
  /** `X-Atlassian-Webhook-Trace` of the REST call that did it. */
  trace?: string;
  /** The issue that it is about, as the filter of a webhook sees it; of a deleted one, as it was. */
  issue?: StoredIssue;
  /** Of issue_property_set and issue_property_deleted. */
  propertyKey?: string;
  /** What the variables of a webhook's URL stand for, by their names. */
  variables: Readonly<Record<string, string | number>>;
  /** What the body holds besides `timestamp` and `webhookEvent`. To be called at once: later it shows another state. */
  payload(): Record<string, unknown>;
}

/** https://developer.atlassian.com/cloud/jira/platform/webhooks/: at most 1,024 printable characters of ASCII. */
const traceForm = /^[\x20-\x7e]{1,1024}$/;

/** A trace of another form goes no further. */
export function readTrace(header: string | undefined): { trace?: string } {
  return header !== undefined && traceForm.test(header) ? { trace: header } : {};
}
