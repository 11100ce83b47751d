/** A webhook that was taken in, as a queue keeps it: JSON, without any secret. */
export interface WebhookDelivery {
  /**
   * A UUID made of the app's key, the clientKey and Jira's identifier: the same for every time that Jira sends this
   * webhook again. It is what a queue knows a repeated delivery by, and the idempotency key of handlers.
   */
  readonly id: string;
  /** The app that took it in. */
  readonly appKey: string;
  /** The installation whose site sent it. */
  readonly clientKey: string;
  /** Such as `jira:issue_updated`. */
  readonly event: string;
  /** `X-Atlassian-Webhook-Identifier`; undefined where the site sent none. */
  readonly identifier: string | undefined;
  /** The body, as it came; undefined for a webhook with `excludeBody`. */
  readonly payload: unknown;
  /** The path and query that it was sent to, without `jwt`. */
  readonly url: string;
  /** When it was taken in, in milliseconds since 1970. */
  readonly receivedAt: number;
  /** Which repetition of Jira's this is: 0 is the first time. */
  readonly retry: number;
  /** Jira's promise of time: `Primary` within 30 seconds, `Secondary` within 15 minutes. */
  readonly flow: string | undefined;
  /** What the app put into `X-Atlassian-Webhook-Trace` of the call that caused this. */
  readonly trace: string | undefined;
  /** Where order is asked for: deliveries with the same key are handled one after another, in the order taken in. */
  readonly orderKey: string | undefined;
  /** The id of the request that brought it, for the log. */
  readonly requestId: string;
}
