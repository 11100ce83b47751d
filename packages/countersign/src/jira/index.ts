export {
  type Adf,
  type AdfDocument,
  type AdfInline,
  type AdfMark,
  type AdfNode,
  type AdfTextStyle,
  adf,
} from './adf.ts';
export type { Attachment, AttachmentData, AttachmentFile, AttachOptions } from './attachments.ts';
export type {
  CallEvent,
  JiraEventHandler,
  JiraEventName,
  JiraEvents,
  JiraOn,
} from './call-events.ts';
export type { BodyOptions, CallOptions, JiraBody, JiraCalls, JiraFetchInit } from './calls.ts';
export {
  type AsOptions,
  type ClientDescriptor,
  createJiraClient,
  type Impersonate,
  type JiraClient,
  type JiraClientOptions,
} from './client.ts';
export type {
  AnonymousCredentials,
  BasicCredentials,
  BearerCredentials,
  ConnectCredentials,
  JiraCredentials,
  JiraHost,
} from './credentials.ts';
export type { DownloadOptions } from './download.ts';
export type { EditIssue, EditIssueOptions } from './edit-issue.ts';
export type { Fields } from './fields.ts';
export { type OAuthClientOptions, oauthClient } from './oauth-client.ts';
export {
  type AccessibleSite,
  type AuthorizeUrlOptions,
  accessibleSites,
  authorizeUrl,
  type ExchangeCodeOptions,
  exchangeCode,
} from './oauth-consent.ts';
export {
  fileTokenStore,
  type OAuthTokenStore,
  type OAuthTokens,
  settingsTokenStore,
  type TokenSettings,
} from './oauth-tokens.ts';
export type { PaginateOptions } from './paginate.ts';
export type {
  MissingPermission,
  PermissionCallOptions,
  PermissionQuestion,
} from './permissions.ts';
export type { PlainClientOptions } from './plain-options.ts';
export type { PropertyCallOptions, PropertyMap, PropertyOwner } from './properties.ts';
export type { RateLimitQuota, RateLimitScope } from './rate-limit.ts';
export type { RetryOptions, RetryReason } from './retry.ts';
export { type ServiceAccountClientOptions, serviceAccountClient } from './service-account.ts';
export type { SetField, SetFieldOptions, SetFieldResult } from './set-field.ts';
export { type SiteClientOptions, siteClient } from './site-client.ts';
export type { CallInfo, CallSpan, JiraTelemetry } from './telemetry.ts';
export type { TransportOptions } from './transport.ts';
export type { Query } from './url.ts';
