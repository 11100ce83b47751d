export { type HasJira, type JiraJsOptions, jiraClient } from './client.ts';
