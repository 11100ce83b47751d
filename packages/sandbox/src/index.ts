export type { InstallOutcome } from './hosts/connect/lifecycle.ts';
export type { PageOptions } from './hosts/connect/page-url.ts';
export type { SentWebhook, WebhookHost, WebhookToSend } from './hosts/connect/webhook-host.ts';
export type { AccessTokenOptions } from './hosts/forge/access-tokens.ts';
export type { RemoteApp } from './hosts/forge/connect-half.ts';
export type { DeliveryOutcome } from './hosts/forge/delivery.ts';
export type { EventOutcome, SendOptions } from './hosts/forge/events.ts';
export type { ForgeHost } from './hosts/forge/host.ts';
export type { InvocationTokenChanges } from './hosts/forge/invocation-token.ts';
export type { Invocation } from './hosts/forge/invoke.ts';
export type {
  ForgeInstallOptions,
  ManifestSource,
  MigrateOptions,
} from './hosts/forge/lifecycle.ts';
export type { Settling } from './hosts/forge/settling.ts';
export type { IssueBody } from './rest/issue-body.ts';
export { type Sandbox, type SandboxOptions, startSandbox } from './sandbox.ts';
export type { InstalledApp } from './site/apps.ts';
export type {
  FaultEffect,
  FaultKind,
  FaultRule,
  FaultScope,
  StatusFault,
} from './site/fault-rule.ts';
export type { Fault, Faults, Latency } from './site/faults.ts';
export type { Field, FieldKind } from './site/fields.ts';
export type { ForgeEnvironmentType, ForgeInstalledApp } from './site/forge-apps.ts';
export type {
  BurstLimits,
  IssueWriteLimits,
  PointLimits,
  RateLimitSettings,
  RateLimitState,
  RateLimits,
} from './site/rate-limits.ts';
export type { Check, RequestRecord, Verdict } from './site/request-log.ts';
export type { IssueEvent, IssueUpdate, SiteEvents } from './site/site.ts';
export type { SiteChange, WebhookFlow } from './site/site-change.ts';
export type { Traffic, TrafficCounts } from './site/traffic.ts';
export type { Person, User } from './site/users.ts';
export type { WebhookDelivery, WebhookState, WebhookTry } from './site/webhook-deliveries.ts';
