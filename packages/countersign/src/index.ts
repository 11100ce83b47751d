export {
  type App,
  type AuthenticateOptions,
  type ConnectApp,
  createApp,
  type DrainOptions,
  type ForgeApp,
  type LifecycleHandler,
  type LifecycleNotice,
} from './app.ts';
export type { AppForge, ForgeHandler, ForgeNotice } from './app-forge.ts';
export type { AppJira, AppJiraOptions } from './app-jira.ts';
export type { AuthorizeQuestion } from './authorize.ts';
export type { Caller, CallerTokenKind, TokenContext } from './caller.ts';
export type { ProxyOptions, TrustedHeader } from './connect/base-urls.ts';
export { type CheckDescriptorOptions, checkDescriptor } from './connect/descriptor/check.ts';
export {
  type DefineDescriptorOptions,
  type DescriptorEnvironment,
  defineDescriptor,
} from './connect/descriptor/define.ts';
export type { DescriptorDefinition, DescriptorModules } from './connect/descriptor/definition.ts';
export type { DescriptorProblem } from './connect/descriptor/problem.ts';
export type {
  Descriptor,
  DescriptorContext,
  DescriptorFunction,
  DescriptorSource,
} from './connect/descriptor.ts';
export type { InboundForm, InboundRequest } from './connect/inbound-token.ts';
export { INSTALL_KEY_HOSTS, type InstallKeyRealm } from './connect/install-keys.ts';
export type { LifecycleEvent, LifecycleOutcome } from './connect/lifecycle.ts';
export { SESSION_HEADER, type SessionOptions } from './connect/session-token.ts';
export {
  type AnyCountersignError,
  ConfigError,
  type ConfigErrorCode,
  CountersignError,
  type ErrorCode,
  errorCatalogue,
  InstallationError,
  type InstallationErrorCode,
  isConfigError,
  isCountersignError,
  isInstallationError,
  isJiraApiError,
  isKeySourceError,
  isQueueError,
  isStoreError,
  isTokenError,
  JiraApiError,
  type JiraApiErrorCode,
  KeySourceError,
  type KeySourceErrorCode,
  QueueError,
  type QueueErrorCode,
  StoreError,
  type StoreErrorCode,
  TokenError,
  type TokenErrorCode,
} from './errors.ts';
export type { ForgeEventName, ForgeRetry } from './forge/events.ts';
export type {
  ForgeClaims,
  ForgeContext,
  ForgeInvocation,
  ForgeLicense,
} from './forge/invocation.ts';
export type { KeepTokensFreshOptions } from './forge/keep-fresh.ts';
export {
  FORGE_KEY_SET_URL,
  type ForgeEnvironmentType,
  type ForgeOptions,
} from './forge/options.ts';
export {
  type CachedStore,
  type CacheOptions,
  cachedStore,
} from './installations/cached-store.ts';
export { encryptedStore } from './installations/encryption/encrypted-store.ts';
export type { EncryptionKey, EncryptionKeys } from './installations/encryption/key-ring.ts';
export {
  type ReencryptOptions,
  type ReencryptProgress,
  reencrypt,
} from './installations/encryption/reencrypt.ts';
export type {
  AppInstallation,
  ForgeInstallation,
  Installation,
  InstallationRecord,
  PreviousSecret,
} from './installations/installation.ts';
export { type MemoryStoreOptions, memoryStore } from './installations/memory-store.ts';
export type { InstallationSettings, JsonValue } from './installations/settings.ts';
export { type SqliteStoreOptions, sqliteStore } from './installations/sqlite-store.ts';
export type {
  InstallationStore,
  ListOptions,
  ListSettingsOptions,
  SettingPosition,
  SettingsStore,
  StoredSetting,
} from './installations/store.ts';
export type { JiraClient } from './jira/client.ts';
export type { Claims, TokenKind } from './jwt/jwt.ts';
export type { Logger } from './logger.ts';
export type { AppOptions, AppTelemetry } from './options.ts';
export type { PolicyDirectives } from './pages/content-security-policy.ts';
export { Html, type HtmlValue, html, unsafeHtml } from './pages/html.ts';
export type { PageContent, PageHandler, PageOptions, PageRequest } from './pages/pages.ts';
export type { WebhookDelivery } from './webhooks/delivery.ts';
export type {
  AttachmentWebhook,
  BoardWebhook,
  CommentWebhook,
  IssueLinkWebhook,
  IssueOfEvent,
  IssuePropertyWebhook,
  IssueUpdatedWebhook,
  IssueWebhook,
  PayloadOf,
  ProjectWebhook,
  SprintWebhook,
  UserWebhook,
  VersionWebhook,
  WebhookChange,
  WebhookEventName,
  WebhookIssue,
  WebhookPayload,
  WebhookPayloads,
  WebhookUser,
  WorklogWebhook,
} from './webhooks/events.ts';
export type {
  WebhookEvent,
  WebhookHandler,
  WebhookNotice,
  WebhookOptions,
  WebhookPattern,
} from './webhooks/handlers.ts';
export type { WebhooksOptions } from './webhooks/options.ts';
export type {
  DeadLetter,
  DeadLetterQuery,
  DeliveryClaim,
  DeliveryOutcome,
  QueueCounts,
  QueueLimits,
  QueueSetup,
  RunDelivery,
  WebhookQueue,
} from './webhooks/queue.ts';
export type { HandlingResult, IntakeResult, WebhookTelemetry } from './webhooks/telemetry.ts';
export type { AddWebhook } from './webhooks/webhooks.ts';
