export {
  type BodyOptions,
  type CallOptions,
  createJiraClient,
  type EditIssueOptions,
  type JiraClient,
  type JiraClientOptions,
  type JiraCredentials,
  type JiraFetchInit,
} from './client.ts';
export type { Query } from './url.ts';
