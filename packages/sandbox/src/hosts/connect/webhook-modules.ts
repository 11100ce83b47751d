import { RestError } from '../../rest/errors.ts';
import { parseJql } from '../../rest/jql.ts';
import { resolveAppUrl } from './app-url.ts';

/** https://developer.atlassian.com/cloud/jira/platform/modules/webhook/ */
export interface WebhookModule {
  event: string;
  /** With variables, as in `/changed/{issue.key}`. */
  url: string;
  excludeBody?: boolean;
  /** JQL, for events of issues, comments and issue properties. */
  filter?: string;
  /** For events of issue properties. */
  propertyKeys?: string[];
}

/** What a descriptor that passed {@link webhookProblems} asks for. */
export function webhooksOf(modules: Record<string, unknown>): WebhookModule[] {
  return (modules.webhooks ?? []) as WebhookModule[];
}

/** The problems of modules.webhooks, each with its path. A filter that the site cannot read is one. */
export function webhookProblems(modules: unknown, baseUrl: unknown): string[] {
  const webhooks = (modules as Record<string, unknown> | undefined)?.webhooks;
  if (webhooks === undefined) return [];
  if (!Array.isArray(webhooks)) return ['modules.webhooks: must be an array'];
  return webhooks.flatMap((webhook: unknown, index) => {
    const path = `modules.webhooks[${index}]`;
    if (typeof webhook !== 'object' || webhook === null) return [`${path}: must be an object`];
    return problemsOf(webhook as Record<string, unknown>, baseUrl).map(
      ([field, problem]) => `${path}.${field}: ${problem}`,
    );
  });
}

type Problem = [field: string, problem: string];

function problemsOf(
  { event, url, excludeBody, filter, propertyKeys }: Record<string, unknown>,
  baseUrl: unknown,
): Problem[] {
  const problems: Problem[] = [];
  if (typeof event !== 'string' || event === '') {
    problems.push(['event', 'is required, a string as in "jira:issue_updated"']);
  }
  if (typeof url !== 'string' || url === '') problems.push(['url', 'is required, a string']);
  else problems.push(...urlProblems(url, baseUrl));
  if (excludeBody !== undefined && typeof excludeBody !== 'boolean') {
    problems.push(['excludeBody', 'must be true or false']);
  }
  if (filter !== undefined) problems.push(...filterProblems(filter));
  const areKeys =
    Array.isArray(propertyKeys) && propertyKeys.every((key) => typeof key === 'string');
  if (propertyKeys !== undefined && !areKeys) {
    problems.push(['propertyKeys', 'must be an array of strings']);
  }
  return problems;
}

function urlProblems(url: string, baseUrl: unknown): Problem[] {
  // A baseUrl that is none has a problem of its own.
  if (typeof baseUrl !== 'string' || !URL.canParse(baseUrl)) return [];
  try {
    resolveAppUrl(baseUrl, url);
    return [];
  } catch {
    return [['url', `"${url}" is not below the baseUrl`]];
  }
}

function filterProblems(filter: unknown): Problem[] {
  if (typeof filter !== 'string') return [['filter', 'must be a string of JQL']];
  try {
    parseJql(filter);
    return [];
  } catch (error) {
    if (!(error instanceof RestError) || !('errorMessages' in (error.body as object))) throw error;
    const [message] = (error.body as { errorMessages: string[] }).errorMessages;
    return [['filter', `cannot be read. ${(message ?? '').replace(/\.$/, '')}`]];
  }
}
