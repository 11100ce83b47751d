import { InstallationError, JiraApiError } from '../errors.ts';
import { FORGE_CLIENT_KEY_PREFIX, type InstallationRecord } from '../installations/installation.ts';
import type { InstallationStore } from '../installations/store.ts';
import { checkAccountId } from '../jira/account-id.ts';
import { clientOver, type JiraClient } from '../jira/client.ts';
import type { BearerCredentials, JiraCredentials } from '../jira/credentials.ts';
import { diagnoseAs } from '../jira/diagnose.ts';
import { createTransport, type JiraTransport } from '../jira/transport.ts';
import { askForUserToken } from './impersonation.ts';
import type { ForgeTokens } from './invocation.ts';
import {
  expiryOf,
  isGood,
  type StoredToken,
  SYSTEM_TOKEN,
  tokenShelf,
  userTokenName,
} from './tokens.ts';

/** What came with one call of Forge. */
export interface ReceivedTokens extends ForgeTokens {
  /** The claim `principal` of the FIT that the tokens came beside. */
  readonly principal: string | undefined;
  /** True where a browser may hold that FIT, and may have sent the tokens beside it. */
  readonly fromPage: boolean;
}

/** What {@link createForgeAccess} needs. */
export interface ForgeAccessOptions {
  readonly store: InstallationStore;
  /**
   * The record of an installation as it is now; it is asked before each call.
   *
   * @throws InstallationError where the app is not, or no longer, installed there.
   */
  readonly findRecord: (clientKey: string) => Promise<InstallationRecord>;
  readonly graphqlUrl: string;
  /** The origins that calls may go to, whatever a record says. */
  readonly gatewayOrigins: readonly string[];
  /** Which way a site is called that has the app both ways. */
  readonly prefer: 'forge' | 'connect';
  /** What calls go over. Default: one of its own. */
  readonly transport?: JiraTransport;
  /** The app's own custom fields are written in a way of their own. */
  readonly forgeAppId?: string;
  readonly now: () => number;
  /** See JiraClientOptions. */
  readonly freshInstallDelaysMs?: readonly number[];
}

/** The tokens of Forge, and the calls that are made with them. */
export interface ForgeAccess {
  /**
   * Keeps the system token that Forge sent. One that came beside a FIT of a page is not kept: by `requestRemote` a FIT
   * reaches the browser, and a user could send any token beside it.
   *
   * @throws StoreError.
   */
  remember(record: InstallationRecord, received: ReceivedTokens): Promise<void>;
  /** Calls the site as the app, through Forge: with the token that is kept, or else with the one that came. */
  jira(record: InstallationRecord, received?: ReceivedTokens): JiraClient;
  /**
   * Calls the site as a user, through Forge: with the token that came where the call is this user's own, or else with
   * one of offline impersonation.
   *
   * @throws JiraApiError JIRA_IMPERSONATION_REFUSED where accountId is none.
   */
  as(
    record: InstallationRecord,
    accountId: string | undefined,
    received?: ReceivedTokens,
  ): JiraClient;
  /**
   * Who calls a site outside of any request: by the preferred way, and where no token of Forge is good, by Connect.
   *
   * @throws JiraApiError JIRA_FORGE_TOKEN_MISSING, JIRA_FORGE_TOKEN_EXPIRED, StoreError; InstallationError
   *   INSTALLATION_UNINSTALLED where the app is on neither host.
   */
  credentials(record: InstallationRecord): Promise<JiraCredentials>;
  /**
   * A token of a user, outside of any request.
   *
   * @throws JiraApiError JIRA_IMPERSONATION_REFUSED, JIRA_FORGE_TOKEN_MISSING, JIRA_FORGE_TOKEN_EXPIRED.
   */
  userCredentials(record: InstallationRecord, accountId: string): Promise<BearerCredentials>;
  /** When the system token that is kept ends, in milliseconds since 1970; undefined where none is kept. */
  systemTokenEndsAt(record: InstallationRecord): Promise<number | undefined>;
  /** Forgets what this process remembers of an installation, such as before a purge; the store is left alone. */
  forget(clientKey: string): void;
}

/** Clients are small; this bounds what the lists of fields that they keep may take. */
const MAX_CLIENTS = 1000;

export function createForgeAccess(options: ForgeAccessOptions): ForgeAccess {
  const { store, findRecord, graphqlUrl, prefer, now } = options;
  const transport = options.transport ?? createTransport({}, now);
  const shelf = tokenShelf(store, now);
  const asking = new Map<string, Promise<StoredToken>>();
  const clients = new Map<string, JiraClient>();

  const clientFor = (
    clientKey: string,
    received: ReceivedTokens | undefined,
    credentials: (current: InstallationRecord) => Promise<JiraCredentials>,
  ): JiraClient =>
    clientOver(transport, {
      credentials: async () => credentials(await findRecord(clientKey)),
      impersonate: async (accountId) => {
        const user = checkAccountId(accountId);
        const current = await findRecord(clientKey);
        return bearer(current, await userToken(current, user, received), 'forge-user');
      },
      now,
      ...(options.forgeAppId !== undefined && { forgeAppId: options.forgeAppId }),
      ...(options.freshInstallDelaysMs && { freshInstallDelaysMs: options.freshInstallDelaysMs }),
    });

  /** One client for all calls that need no token of their own, so that it keeps its list of fields. */
  const sharedClient = (key: string, create: () => JiraClient): JiraClient => {
    const known = clients.get(key);
    if (known !== undefined) return known;
    const client = create();
    clients.set(key, client);
    const oldest = clients.keys().next().value;
    if (clients.size > MAX_CLIENTS && oldest !== undefined) clients.delete(oldest);
    return client;
  };

  const systemToken = async (
    record: InstallationRecord,
    received: ReceivedTokens | undefined,
  ): Promise<StoredToken> => {
    const kept = await shelf.find(record, SYSTEM_TOKEN);
    if (kept !== undefined && isGood(kept, now())) return kept;
    const sent = receivedToken(record, received?.system, now());
    if (sent !== undefined && isGood(sent, now())) return sent;
    const late = sent ?? kept;
    if (late === undefined) {
      throw new JiraApiError(
        'JIRA_FORGE_TOKEN_MISSING',
        `Forge has sent no system token for ${record.siteUrl} yet.`,
        {
          diagnosis: diagnoseAs(
            'CS-FORGE-SYSTEM-TOKEN-MISSING',
            'No event or scheduled trigger brought x-forge-oauth-system since the app was installed.',
          ),
        },
      );
    }
    const ended =
      late.expiresAt > now()
        ? 'ends within a minute'
        : `ended ${describeAge(now() - late.expiresAt)} ago`;
    throw new JiraApiError(
      'JIRA_FORGE_TOKEN_EXPIRED',
      `The system token of ${record.siteUrl} ${ended}.`,
      { diagnosis: diagnoseAs('CS-FORGE-TOKEN-EXPIRED', `The newest token ${ended}.`) },
    );
  };

  const userToken = async (
    record: InstallationRecord,
    accountId: string,
    received: ReceivedTokens | undefined,
  ): Promise<StoredToken> => {
    if (received !== undefined && received.principal === accountId) {
      const sent = receivedToken(record, received.user, now());
      if (sent !== undefined && isGood(sent, now())) return sent;
    }
    const name = userTokenName(accountId);
    const kept = await shelf.find(record, name);
    if (kept !== undefined && isGood(kept, now())) return kept;
    const { installationId = '', cloudId = '' } = record.forge ?? {};
    const system = await systemToken(record, received);
    const ask = () =>
      askForUserToken({ ...{ graphqlUrl, cloudId, accountId, now }, systemToken: system });
    // What was got by a token that a browser may have sent is for this call alone.
    if (system !== shelf.findNow(record, SYSTEM_TOKEN)) return ask();
    const key = `${installationId}\n${accountId}`;
    const asked = asking.get(key);
    if (asked !== undefined) return asked;
    const question = (async () => {
      const token = await ask();
      await shelf.keep(record, name, token);
      return token;
    })();
    asking.set(key, question);
    try {
      return await question;
    } finally {
      asking.delete(key);
    }
  };

  const bearer = (
    record: InstallationRecord,
    token: StoredToken,
    kind: 'forge-system' | 'forge-user',
  ): BearerCredentials => ({
    baseUrl: checkGateway(token.apiBaseUrl, options.gatewayOrigins),
    bearer: token.token,
    kind,
    clientKey: record.clientKey,
    siteUrl: record.siteUrl,
    ...(record.forge && { installedAt: record.forge.installedAt }),
  });

  return {
    async remember(record, received) {
      if (received.fromPage) return;
      const token = receivedToken(record, received.system, now());
      if (token !== undefined) await shelf.keep(record, SYSTEM_TOKEN, token);
    },
    jira(record, received) {
      const { clientKey } = record;
      const kept = shelf.findNow(record, SYSTEM_TOKEN);
      const create = (tokens: ReceivedTokens | undefined) =>
        clientFor(clientKey, tokens, async (current) =>
          bearer(current, await systemToken(current, tokens), 'forge-system'),
        );
      return received?.system === undefined || (kept !== undefined && isGood(kept, now()))
        ? sharedClient(clientKey, () => create(undefined))
        : create(received);
    },
    as({ clientKey }, accountId, received) {
      const user = checkAccountId(accountId);
      const create = (tokens: ReceivedTokens | undefined) =>
        clientFor(clientKey, tokens, async (current) =>
          bearer(current, await userToken(current, user, tokens), 'forge-user'),
        );
      return received === undefined
        ? sharedClient(`${clientKey}\n${user}`, () => create(undefined))
        : create(received);
    },
    async userCredentials(record, accountId) {
      const user = checkAccountId(accountId);
      return bearer(record, await userToken(record, user, undefined), 'forge-user');
    },
    async credentials(record) {
      const { clientKey, forge, siteUrl, status } = record;
      // What only Forge knows has a secret that no site knows, and nothing is signed for a site that uninstalled the app.
      const byConnect = !clientKey.startsWith(FORGE_CLIENT_KEY_PREFIX) && status === 'installed';
      const byForge = forge !== undefined && forge.uninstalledAt === undefined;
      if (byConnect && (!byForge || prefer === 'connect')) return record;
      if (!byForge) {
        throw new InstallationError(
          'INSTALLATION_UNINSTALLED',
          `The app was uninstalled from ${siteUrl}.`,
          { clientKey },
        );
      }
      try {
        return bearer(record, await systemToken(record, undefined), 'forge-system');
      } catch (error) {
        if (byConnect && isTokenLack(error)) return record;
        throw error;
      }
    },
    async systemTokenEndsAt(record) {
      return (await shelf.find(record, SYSTEM_TOKEN))?.expiresAt;
    },
    forget(clientKey) {
      shelf.forget(clientKey);
      for (const key of clients.keys()) {
        if (key === clientKey || key.startsWith(`${clientKey}\n`)) clients.delete(key);
      }
    },
  };
}

function receivedToken(
  record: InstallationRecord,
  token: string | undefined,
  now: number,
): StoredToken | undefined {
  const { forge } = record;
  if (token === undefined || token === '' || forge === undefined) return undefined;
  const { apiBaseUrl, installationId } = forge;
  return { token, expiresAt: expiryOf(token, now), apiBaseUrl, installationId };
}

/** The store may have been tampered with: a token goes to Atlassian's gateway and nowhere else. */
function checkGateway(apiBaseUrl: string, origins: readonly string[]): string {
  const origin = URL.canParse(apiBaseUrl) ? new URL(apiBaseUrl).origin : apiBaseUrl;
  if (origins.includes(origin)) return apiBaseUrl;
  throw new JiraApiError(
    'JIRA_URL_REFUSED',
    `The stored record sends calls to '${origin.slice(0, 200)}', which is no configured gateway.`,
    {
      hint: 'Whoever may write to the store changed the record, or forge.gatewayUrls lacks this one.',
    },
  );
}

/** True where there is no good token of Forge: another way may do. */
export function isTokenLack(error: unknown): boolean {
  return (
    error instanceof JiraApiError &&
    (error.code === 'JIRA_FORGE_TOKEN_MISSING' || error.code === 'JIRA_FORGE_TOKEN_EXPIRED')
  );
}

function describeAge(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 1) return 'less than a minute';
  return minutes < 120 ? `${minutes} min` : `${Math.floor(minutes / 60)} h`;
}
