/**
 * A Jira site for tests, as far as an app can tell by what it is sent: it makes the tokens and the lifecycle callbacks
 * that a site makes, without any network. For a site that also answers calls, use `countersign-sandbox`.
 */
import {
  createHmac,
  generateKeyPairSync,
  type KeyObject,
  randomUUID,
  sign as signRsa,
} from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ConfigError, refuseUnknownOptions } from '../errors.ts';
import type { InstallationRecord } from '../installations/installation.ts';
import { queryStringHash } from '../jwt/jwt.ts';

/** Options of {@link testSite}. */
export interface TestSiteOptions {
  /** The key of the app's descriptor. */
  appKey: string;
  /** As createApp has it. */
  appUrl: string;
  /** Default: `https://example.atlassian.net`. */
  siteUrl?: string;
  /** Default: a new one. */
  clientKey?: string;
  /** Default: a new one. */
  sharedSecret?: string;
  /** The clock, in milliseconds. Default: `Date.now`. */
  now?: () => number;
}

/** What every token can be given. */
export interface SiteTokenOptions {
  /** The user: the claim `sub`. Default: none. */
  accountId?: string;
  /** Where in Jira the page is shown: the claim `context`. Default: none. */
  context?: Record<string, unknown>;
  /** In seconds; a negative one makes a token that ended. Default: 900, as Jira's. */
  expiresInSeconds?: number;
  /** Other claims, for a token that no site makes: they replace the usual ones, and `undefined` leaves one out. */
  claims?: Record<string, unknown>;
  /** The same for the header. An `alg` is only written there: it does not change how the token is signed. */
  header?: Record<string, unknown>;
  /** What it is signed with. Default: the site's own secret. */
  sharedSecret?: string;
}

/** Options of {@link TestSite.requestToken}. */
export interface RequestTokenOptions extends SiteTokenOptions {
  /** Default: `GET`. */
  method?: string;
  /** The URL that the site calls, or its path and query as the app's baseUrl is followed by it. */
  url: string;
}

/** Options of {@link TestSite.callback}. */
export interface CallbackOptions extends SiteTokenOptions {
  /** Below the app's URL. Default: `/<event>`. */
  path?: string;
  /** Merged into the usual body; a text is sent as it is. */
  body?: Record<string, unknown> | string;
  /** The key that signs installed and uninstalled. Default: the one that {@link TestSite.serveKeys} publishes. */
  privateKey?: KeyObject;
}

/** Options of {@link TestSite.webhook}. */
export interface WebhookRequestOptions extends SiteTokenOptions {
  /** Below the app's URL, with the variables of the descriptor filled in. Default: `/webhooks`. */
  path?: string;
  /** Merged into a body of `timestamp` and `webhookEvent`; a text is sent as it is. */
  body?: Record<string, unknown> | string;
  /** `X-Atlassian-Webhook-Identifier`. Default: another one each time. */
  identifier?: string;
  /** How often it was sent before. Default: 0, which sends no header. */
  retry?: number;
}

/** A site that has the app installed. */
export interface TestSite {
  readonly clientKey: string;
  readonly sharedSecret: string;
  readonly siteUrl: string;
  /**
   * What the app's store holds after the install: `await store.put(site.record())` saves a test the handshake.
   *
   * @param change Replaces fields.
   */
  record(change?: Partial<InstallationRecord>): InstallationRecord;
  /** A token as Jira sends it to a page: bound to method and URL. */
  requestToken(options: RequestTokenOptions): string;
  /** A token as `AP.context.getToken()` gives it to a page: bound to no URL. */
  contextToken(options?: SiteTokenOptions): string;
  /** A signed callback, to be given to `app.fetch` or sent to a server. */
  callback(
    event: 'installed' | 'uninstalled' | 'enabled' | 'disabled',
    options?: CallbackOptions,
  ): Request;
  /** A webhook as Jira sends it, to be given to `app.fetch` or sent to a server. */
  webhook(event: string, options?: WebhookRequestOptions): Request;
  /** Publishes the key of installed and uninstalled on a free port: for `createApp({ installKeyHosts: [url] })`. */
  serveKeys(): Promise<{ readonly url: string; close(): Promise<void> }>;
}

const OPTIONS: ReadonlySet<string> = new Set([
  ...['appKey', 'appUrl', 'siteUrl', 'clientKey', 'sharedSecret', 'now'],
]);

const KEY_ID = '5f0c6b1e-3a57-4c0e-8a4e-7f7a3a1a9b11';
/** Made when it is first needed: it takes long. */
let keys: { readonly privateKey: KeyObject; readonly publicPem: string } | undefined;

function installKeys(): NonNullable<typeof keys> {
  if (keys === undefined) {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    keys = { privateKey, publicPem: publicKey.export({ type: 'spki', format: 'pem' }).toString() };
  }
  return keys;
}

/**
 * A site that has the app installed, for tests of your own routes.
 *
 * @example
 * const site = testSite({ appKey: 'my-app', appUrl: 'https://app.example.com' });
 * await store.put(site.record());
 * await fetch(`${origin}/panel?jwt=${site.requestToken({ url: '/panel', accountId: 'account-1' })}`);
 * @throws ConfigError when an option is wrong.
 */
export function testSite(options: TestSiteOptions): TestSite {
  refuseUnknownOptions('testSite', options, OPTIONS);
  const { appKey, appUrl, siteUrl = 'https://example.atlassian.net', now = Date.now } = options;
  for (const name of ['appKey', 'appUrl'] as const) {
    if (typeof options[name] !== 'string' || options[name] === '') {
      throw new ConfigError('CONFIG_OPTION_MISSING', `testSite needs the option '${name}'.`);
    }
  }
  const clientKey = options.clientKey ?? randomUUID();
  const sharedSecret = options.sharedSecret ?? `${randomUUID()}${randomUUID()}`;

  const claimsOf = (token: SiteTokenOptions, own: Record<string, unknown>) => {
    const iat = Math.floor(now() / 1000);
    return {
      iss: clientKey,
      iat,
      exp: iat + (token.expiresInSeconds ?? 900),
      ...own,
      ...(token.accountId === undefined ? {} : { sub: token.accountId }),
      ...(token.context === undefined ? {} : { context: token.context }),
      ...token.claims,
    };
  };
  const hashOf = (method: string, url: string) => queryStringHash({ method, url, baseUrl: appUrl });

  const bySite = (token: SiteTokenOptions, own: Record<string, unknown>): string => {
    const header = { typ: 'JWT', alg: 'HS256', ...token.header };
    return compact(header, claimsOf(token, own), (input) =>
      createHmac('sha256', token.sharedSecret ?? sharedSecret)
        .update(input)
        .digest(),
    );
  };

  const byAtlassian = (token: CallbackOptions, own: Record<string, unknown>): string => {
    const header = { typ: 'JWT', alg: 'RS256', kid: KEY_ID, ...token.header };
    const key = token.privateKey ?? installKeys().privateKey;
    return compact(header, claimsOf(token, own), (input) =>
      signRsa('RSA-SHA256', Buffer.from(input), key),
    );
  };

  return {
    clientKey,
    sharedSecret,
    siteUrl,
    record: (change) => ({
      clientKey,
      appKey,
      siteUrl,
      sharedSecret,
      status: 'installed',
      enabled: true,
      installedAt: now(),
      changedAt: now(),
      enabledChangedAt: now(),
      payload: { key: appKey, clientKey, baseUrl: siteUrl, productType: 'jira' },
      revision: 1,
      ...change,
    }),
    requestToken: (token) =>
      bySite(token, { qsh: hashOf(token.method ?? 'GET', absolute(appUrl, token.url)) }),
    contextToken: (token = {}) => bySite(token, { qsh: 'context-qsh' }),
    callback(event, callback = {}) {
      const url = `${appUrl.replace(/\/$/, '')}${callback.path ?? `/${event}`}`;
      const qsh = hashOf('POST', url);
      const isInstall = event === 'installed' || event === 'uninstalled';
      const token = isInstall
        ? byAtlassian(callback, { aud: [appUrl], qsh })
        : bySite(callback, { qsh });
      const body = {
        ...{ key: appKey, clientKey, productType: 'jira', eventType: event },
        ...(event === 'installed' ? { sharedSecret, baseUrl: siteUrl } : {}),
        ...(typeof callback.body === 'string' ? undefined : callback.body),
      };
      return new Request(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `JWT ${token}` },
        body: typeof callback.body === 'string' ? callback.body : JSON.stringify(body),
      });
    },
    webhook(event, webhook = {}) {
      const url = `${appUrl.replace(/\/$/, '')}${webhook.path ?? '/webhooks'}`;
      const token = bySite(webhook, { qsh: hashOf('POST', url) });
      const { body = {}, identifier = randomUUID(), retry = 0 } = webhook;
      return new Request(url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          authorization: `JWT ${token}`,
          'x-atlassian-webhook-identifier': identifier,
          'x-atlassian-webhook-flow': 'Primary',
          ...(retry === 0 ? {} : { 'x-atlassian-webhook-retry': String(retry) }),
        },
        body:
          typeof body === 'string'
            ? body
            : JSON.stringify({ timestamp: now(), webhookEvent: event, ...body }),
      });
    },
    serveKeys,
  };
}

/** A path follows the app's URL, as a URL of its descriptor does. */
function absolute(appUrl: string, url: string): string {
  return url.startsWith('/') ? `${appUrl.replace(/\/$/, '')}${url}` : url;
}

function compact(
  header: Record<string, unknown>,
  claims: Record<string, unknown>,
  sign: (input: string) => Buffer,
): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const input = `${part(header)}.${part(claims)}`;
  return `${input}.${sign(input).toString('base64url')}`;
}

async function serveKeys(): Promise<{ url: string; close(): Promise<void> }> {
  const { publicPem } = installKeys();
  const server = createServer((request, response) => {
    if (request.url === `/${KEY_ID}`) response.end(publicPem);
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
