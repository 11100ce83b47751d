export type { InstallOutcome } from './hosts/connect/lifecycle.ts';
export type { PageOptions } from './hosts/connect/page-url.ts';
export type { IssueBody } from './rest/issue-body.ts';
export { type Sandbox, type SandboxOptions, startSandbox } from './sandbox.ts';
export type { InstalledApp } from './site/apps.ts';
export type { Field, FieldKind } from './site/fields.ts';
export type { Check, RequestRecord, Verdict } from './site/request-log.ts';
export type { IssueUpdate, SiteEvents } from './site/site.ts';
export type { Person, User } from './site/users.ts';
