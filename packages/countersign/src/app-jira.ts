import { createImpersonation, type ImpersonationOptions } from './connect/impersonation.ts';
import type { SiteFilter } from './connect/sites.ts';
import { InstallationError, isJiraApiError, JiraApiError } from './errors.ts';
import { type ForgeAccess, isTokenLack } from './forge/credentials.ts';
import { isForgeInstalled } from './forge/installations.ts';
import { FORGE_CLIENT_KEY_PREFIX, type InstallationRecord } from './installations/installation.ts';
import type { JiraOn } from './jira/call-events.ts';
import {
  type ClientDescriptor,
  clientOver,
  type Impersonate,
  type JiraClient,
} from './jira/client.ts';
import type { JiraCredentials } from './jira/credentials.ts';
import type { JiraTransport, TransportOptions } from './jira/transport.ts';

/** The option `jira` of createApp: how the app calls its sites. */
export interface AppJiraOptions extends TransportOptions {
  /** The largest JSON answer that is read, in bytes. Default: 33554432 (32 MiB). */
  maxAnswerBytes?: number;
  /**
   * Where a Connect app asks for tokens of users, such as a sandbox. Default: Atlassian's server, by the host of the site.
   */
  authorizationServerUrl?: string;
}

/** The clients of an app: `app.jira(id)`. */
export interface AppJira {
  (id: string): JiraClient;
  /**
   * Hears of the calls to all sites.
   *
   * @throws ConfigError CONFIG_OPTION_UNKNOWN.
   */
  readonly on: JiraOn;
}

/** What {@link createAppJira} needs of the app. */
export interface AppJiraParts {
  readonly options: AppJiraOptions;
  readonly transport: JiraTransport;
  readonly descriptor: (ClientDescriptor & { readonly scopes?: readonly string[] }) | undefined;
  readonly forgeAppId: string | undefined;
  readonly isAllowedSite: SiteFilter;
  /**
   * The record of an id where the app can be called by one host or the other; `fresh`: past any cache.
   *
   * @throws InstallationError
   */
  readonly findRecord: (id: string, fresh: boolean) => Promise<InstallationRecord>;
  /** Undefined where the app is no Forge app. */
  readonly access: Pick<ForgeAccess, 'credentials' | 'userCredentials'> | undefined;
  readonly now: () => number;
}

/** Clients are small; this bounds what the lists of fields that they keep may take. */
const MAX_CLIENTS = 1000;

export function createAppJira(parts: AppJiraParts): AppJira & { forget(clientKey: string): void } {
  const { options, transport, descriptor, forgeAppId, findRecord, access, now } = parts;
  const { authorizationServerUrl, maxAnswerBytes } = options;
  const impersonationOptions: ImpersonationOptions = {
    now,
    ...(descriptor === undefined ? undefined : { descriptor }),
    ...(authorizationServerUrl === undefined ? undefined : { authorizationServerUrl }),
  };
  const impersonation = createImpersonation(impersonationOptions);
  const clients = new Map<string, JiraClient>();

  /** The store may have been tampered with: a site that the app may not be installed on gets no token. */
  const checkSite = <T extends JiraCredentials>(credentials: T): T => {
    if (!('sharedSecret' in credentials) || parts.isAllowedSite(credentials.siteUrl)) {
      return credentials;
    }
    throw siteRefused(credentials.siteUrl, credentials.clientKey);
  };

  const userCredentials = async (
    record: InstallationRecord,
    accountId: string,
    scopes: readonly string[] | undefined,
  ): Promise<JiraCredentials> => {
    const byConnect =
      record.status === 'installed' && !record.clientKey.startsWith(FORGE_CLIENT_KEY_PREFIX);
    if (access !== undefined && isForgeInstalled(record)) {
      try {
        return await access.userCredentials(record, accountId);
      } catch (error) {
        if (!byConnect || !isTokenLack(error)) throw error;
      }
    }
    if (byConnect) return impersonation.credentials(checkSite(record), accountId, scopes);
    throw new JiraApiError(
      'JIRA_IMPERSONATION_REFUSED',
      `The app is not on Forge at ${record.siteUrl}, and Connect does not know it there.`,
    );
  };

  const create = (id: string): JiraClient => {
    const impersonate: Impersonate = async (accountId, { scopes }, refused) => {
      const record = await findRecord(id, refused !== undefined);
      try {
        return await userCredentials(record, accountId, scopes);
      } catch (error) {
        // The authorization server knows a newer secret than a cache of this process.
        const wasAnswered = isJiraApiError(error) && error.status !== undefined;
        const newest = wasAnswered ? await findRecord(id, true) : record;
        if (newest.sharedSecret === record.sharedSecret) throw error;
        return userCredentials(newest, accountId, scopes);
      }
    };
    return clientOver(transport, {
      ...{ now, impersonate },
      ...(descriptor === undefined ? undefined : { descriptor }),
      ...(forgeAppId === undefined ? undefined : { forgeAppId }),
      ...(maxAnswerBytes === undefined ? undefined : { maxAnswerBytes }),
      credentials: async (refused) => {
        const record = await findRecord(id, refused !== undefined);
        return checkSite(access === undefined ? record : await access.credentials(record));
      },
    });
  };

  const jira = (id: string): JiraClient => {
    const known = clients.get(id);
    if (known !== undefined) return known;
    const client = create(id);
    clients.set(id, client);
    const oldest = clients.keys().next().value;
    if (clients.size > MAX_CLIENTS && oldest !== undefined) clients.delete(oldest);
    return client;
  };
  return Object.assign(jira, {
    on: transport.events.on,
    forget: (clientKey: string) => impersonation.forget(clientKey),
  });
}

function siteRefused(siteUrl: string, clientKey: string | undefined): InstallationError {
  return new InstallationError(
    'INSTALLATION_SITE_REFUSED',
    `The stored record names ${siteUrl}, where the app may not be installed: no token goes there.`,
    {
      ...(clientKey === undefined ? undefined : { clientKey }),
      hint: 'Whoever may write to the store changed the record, or allowedSites lacks this site.',
    },
  );
}
