export {
  type BodyOptions,
  type CallOptions,
  createJiraClient,
  type EditIssueOptions,
  type JiraClient,
  type JiraClientOptions,
  type JiraFetchInit,
} from './client.ts';
export type {
  BasicCredentials,
  BearerCredentials,
  ConnectCredentials,
  JiraCredentials,
  JiraHost,
} from './credentials.ts';
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
export type { PlainClientOptions } from './plain-options.ts';
export { type ServiceAccountClientOptions, serviceAccountClient } from './service-account.ts';
export { type SiteClientOptions, siteClient } from './site-client.ts';
export type { Query } from './url.ts';
