import type { CauseId } from '../../packages/countersign/src/jwt/explain/causes.ts';

/** What the author of a request has at hand. */
export interface Situation {
  /** The site, as the request is sent to it. */
  siteUrl: string;
  /** The app, for requests that Jira or a page sends to it. */
  appUrl: string;
  appKey: string;
  clientKey: string;
  sharedSecret: string;
  /** The secret before the last installed callback. */
  previousSecret: string;
  /** Milliseconds. */
  now: () => number;
  /** What AP.context.getToken gives to the app's page. */
  contextToken: () => string;
  /** The signed URL of the app's page in the iframe. */
  pageUrl: () => string;
  /** E-mail address and API token of a person of the site. */
  person: { email: string; apiToken: string };
}

/** A request as somebody would have written it. */
export interface Case {
  name: string;
  /** The cause that must be named first; 'accepted' where there must be none. */
  expected: CauseId | 'accepted';
  /** What sends to the site is diagnosed from the answer; what sends to the app from its log. */
  to?: 'site' | 'app';
  /** The clock of whoever sends, where it is not right. */
  send(situation: Situation): Promise<unknown>;
}
