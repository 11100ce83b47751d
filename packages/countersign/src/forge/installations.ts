import { randomBytes } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { normalizeSiteUrl } from '../connect/sites.ts';
import { InstallationError, StoreError } from '../errors.ts';
import type { CachedStore } from '../installations/cached-store.ts';
import {
  type ForgePlace,
  forgeClientKey,
  pointerOwners,
  pointerOwnersOf,
  readPointer,
  writePointer,
} from '../installations/forge-pointers.ts';
import {
  FORGE_CLIENT_KEY_PREFIX,
  type ForgeInstallation,
  type Installation,
  type InstallationRecord,
  refuseForeignRecord,
} from '../installations/installation.ts';
import { uuidOf } from './ids.ts';
import type { ForgeInvocation } from './invocation.ts';
import { type Copied, copySettings, moveSettings } from './move-settings.ts';

/** Installations as Forge names them, in the same store as those of Connect. */
export interface ForgeInstallations {
  /**
   * The record of the site that a FIT came from. It is made when the site is first heard of, ties the site's record of
   * Connect to Forge where there is one, and follows the site when the app is installed again.
   *
   * @throws InstallationError INSTALLATION_UNINSTALLED for a token of an installation that is gone; StoreError.
   */
  seen(invocation: ForgeInvocation): Promise<InstallationRecord>;
  /**
   * Forge says that the app is about to be uninstalled. The record stays, as an uninstalled one of Connect does.
   *
   * @returns the record as it is now stored.
   */
  uninstalling(invocation: ForgeInvocation): Promise<InstallationRecord>;
  /**
   * Ties what Forge has of a site to its record of Connect: both are of one site, as somebody proved. All that was kept
   * for Forge alone moves over; what Connect has already wins.
   *
   * @returns the record of Connect as it is now stored, or undefined where it is not stored or not of Forge's site.
   */
  associate(clientKey: string, forge: ForgeInstallation): Promise<InstallationRecord | undefined>;
  /**
   * After an installed callback of Connect was stored: ties it to what Forge has of the site, by the installationId that
   * its payload names, or else by the site's URL.
   */
  connectInstalled(record: Installation): Promise<void>;
  /** The clientKey for a clientKey, an installationId or a cloudId; the id itself where nothing is known of it. */
  clientKeyOf(id: string): Promise<string>;
}

/** What {@link createForgeInstallations} needs. */
export interface ForgeInstallationsOptions {
  readonly store: CachedStore;
  /** What new records carry: the descriptor's key, or the id of the Forge app. */
  readonly appKey: string;
  /** Ids of the Forge apps that are one with this app. */
  readonly appIds: readonly string[];
  /** True where there is a descriptor: then only records of its key are of this app. */
  readonly hasDescriptor: boolean;
  readonly now: () => number;
}

/** Beyond this, somebody is writing the record in a loop. */
const MAX_WRITE_ATTEMPTS = 10;
const MAX_REMEMBERED = 10_000;

export function createForgeInstallations(options: ForgeInstallationsOptions): ForgeInstallations {
  const { store, appKey, now } = options;
  /** The way to a record is read once for each installation; whether it still leads there, the record says. */
  const remembered = new LRUCache<string, string>({ max: MAX_REMEMBERED });
  /** Many requests of a new site come at once: one of them makes the record. */
  const underWay = new Map<string, Promise<InstallationRecord>>();

  /** The record that the site has already, of this environment of the app. */
  const find = async (invocation: ForgeInvocation): Promise<InstallationRecord | undefined> => {
    const place = placeOf(invocation);
    const candidates = [
      ...(await Promise.all(pointerOwners(place).map((owner) => readPointer(store, owner)))),
      forgeClientKey(place),
    ];
    for (const clientKey of new Set(candidates)) {
      const record = clientKey === undefined ? undefined : await store.getFresh(clientKey);
      if (record === undefined || !isOwn(record, options)) continue;
      if (record.forge === undefined || takes(record.forge, invocation)) return record;
    }
    return undefined;
  };

  /** The one installed record of Connect at the URL that people use. Where there are several, nobody can tell. */
  const findConnect = async (
    siteUrl: string | undefined,
    forge: ForgeInvocation | ForgeInstallation,
  ): Promise<InstallationRecord | undefined> => {
    if (siteUrl === undefined) return undefined;
    const records = (await store.findBySiteUrl(siteUrl)).filter(
      (record) => !isForgeOnly(record) && record.status === 'installed' && record.appKey === appKey,
    );
    const [record] = records;
    if (records.length !== 1 || record === undefined) return undefined;
    return record.forge === undefined || takes(record.forge, forge) ? record : undefined;
  };

  /** Changes a record as it is stored now, as often as others come in between. */
  const change = async (
    clientKey: string,
    next: (stored: InstallationRecord | undefined) => InstallationRecord | undefined,
  ): Promise<InstallationRecord | undefined> => {
    for (let attempt = 0; attempt < MAX_WRITE_ATTEMPTS; attempt++) {
      const stored = await store.getFresh(clientKey);
      if (stored !== undefined && !isOwn(stored, options)) refuseForeignRecord(stored, appKey);
      const record = next(stored);
      if (record === undefined || record === stored) return stored;
      if (await store.put(record)) return record;
    }
    throw new StoreError(
      'STORE_CONFLICT',
      `The installation '${clientKey}' was changed by others ${MAX_WRITE_ATTEMPTS} times in a row.`,
    );
  };

  /**
   * The ways are laid before the record is written: where a crash comes in between, the next invocation finds the
   * record that it belongs to, and does not make another.
   */
  const layPointers = async (place: ForgePlace, clientKey: string): Promise<void> => {
    for (const owner of pointerOwners(place)) {
      if ((await readPointer(store, owner)) !== clientKey)
        await writePointer(store, owner, clientKey);
    }
    remembered.set(place.installationId, clientKey);
  };

  const settle = async (invocation: ForgeInvocation): Promise<InstallationRecord> => {
    const siteUrl =
      invocation.siteUrl === undefined ? undefined : normalizeSiteUrl(invocation.siteUrl);
    const known = await find(invocation);
    const connect =
      known === undefined || isForgeOnly(known) ? await findConnect(siteUrl, invocation) : known;
    const place = placeOf(invocation);
    const clientKey = connect?.clientKey ?? known?.clientKey ?? forgeClientKey(place);
    const copied = await bringOver(place, clientKey);
    await layPointers(place, clientKey);
    const record = await change(clientKey, (stored) =>
      stored === undefined
        ? firstRecord(clientKey, invocation, siteUrl)
        : withInvocation(stored, invocation, siteUrl, now()),
    );
    if (record === undefined) throw new StoreError('STORE_CONFLICT', 'The record went away.');
    await takeLeftovers(place, clientKey, copied);
    return record;
  };

  const firstRecord = (
    clientKey: string,
    invocation: ForgeInvocation,
    siteUrl: string | undefined,
  ): InstallationRecord | undefined => {
    // A record of Connect that was purged a moment ago is not made anew: it would have no secret of the site.
    if (!clientKey.startsWith(FORGE_CLIENT_KEY_PREFIX)) return undefined;
    const at = Math.min(invocation.issuedAt, now());
    return {
      clientKey,
      appKey,
      siteUrl: siteUrl ?? invocation.apiBaseUrl,
      // Nobody else ever learns it, so no token of Connect can be made for this record.
      sharedSecret: randomBytes(32).toString('hex'),
      status: 'installed',
      enabled: true,
      installedAt: at,
      changedAt: at,
      enabledChangedAt: at,
      payload: {},
      revision: 1,
      forge: newForge(invocation, at),
    };
  };

  /** What was kept while only Forge knew the site goes to its record of Connect, before the way leads there. */
  const bringOver = async (place: ForgePlace, clientKey: string): Promise<Copied | undefined> => {
    const forgeOnly = forgeClientKey(place);
    if (forgeOnly === clientKey || (await store.getFresh(forgeOnly)) === undefined)
      return undefined;
    return copySettings(store, forgeOnly, clientKey);
  };

  /**
   * Once the way leads to `clientKey`: what was written meanwhile under the other names of the installation follows, and
   * a record that only Forge had ends. What a crash left is found here too, by the next process that hears of the site.
   */
  const takeLeftovers = async (
    place: ForgePlace,
    clientKey: string,
    copied: Copied | undefined,
  ): Promise<void> => {
    // atlassian-connect-express keeps settings of Forge by the installationId; an import leaves them there.
    await moveSettings(store, place.installationId, clientKey);
    const forgeOnly = forgeClientKey(place);
    if (forgeOnly === clientKey) return;
    const record = await store.getFresh(forgeOnly);
    if (record !== undefined && !isOwn(record, options)) return;
    await moveSettings(store, forgeOnly, clientKey, copied);
    if (record !== undefined) await store.delete(forgeOnly);
  };

  const associate: ForgeInstallations['associate'] = async (clientKey, forge) => {
    const stored = await store.getFresh(clientKey);
    if (stored === undefined || isForgeOnly(stored) || !isOwn(stored, options)) return undefined;
    if (stored.forge !== undefined && !takes(stored.forge, forge)) return undefined;
    const copied = await bringOver(forge, clientKey);
    await layPointers(forge, clientKey);
    const record = await change(clientKey, (current) => {
      if (current === undefined) return undefined;
      return isSameForge(current.forge, forge)
        ? current
        : { ...current, forge, revision: current.revision + 1 };
    });
    await takeLeftovers(forge, clientKey, copied);
    return record;
  };

  const seen: ForgeInstallations['seen'] = async (invocation) => {
    const clientKey = remembered.get(invocation.installationId);
    if (clientKey !== undefined) {
      const record = store.getNow?.(clientKey) ?? (await store.get(clientKey));
      if (record !== undefined && isUpToDate(record, invocation)) return record;
    }
    const key = `${invocation.installationId} ${invocation.environment.id}`;
    const running = underWay.get(key);
    const settling = running ?? settle(invocation);
    if (running === undefined) underWay.set(key, settling);
    try {
      const record = await settling;
      refuseGone(record, invocation);
      return record;
    } finally {
      if (underWay.get(key) === settling) underWay.delete(key);
    }
  };

  return {
    seen,
    associate,
    async uninstalling(invocation) {
      const { clientKey } = await seen(invocation);
      const at = Math.min(invocation.issuedAt, now());
      const record = await change(clientKey, (stored) => {
        if (stored?.forge?.installationId !== invocation.installationId) return undefined;
        if (stored.forge.uninstalledAt !== undefined) return stored;
        return {
          ...stored,
          ...(isForgeOnly(stored) ? { status: 'uninstalled', changedAt: at } : undefined),
          forge: { ...stored.forge, uninstalledAt: at },
          revision: stored.revision + 1,
        };
      });
      if (record !== undefined) return record;
      throw new InstallationError(
        'INSTALLATION_UNINSTALLED',
        'The app was installed again meanwhile, under another installationId.',
        { clientKey },
      );
    },
    async connectInstalled(record) {
      const named = installationIdOf(record.payload);
      if (named !== undefined) {
        const [owner] = pointerOwnersOf(named) as [string];
        const pointed = await readPointer(store, owner);
        const other = pointed === undefined ? undefined : await store.getFresh(pointed);
        if (other?.forge !== undefined && isForgeOnly(other) && isOwn(other, options)) {
          await associate(record.clientKey, other.forge);
        } else if (pointed !== record.clientKey) {
          // The first token of Forge finds its way by it.
          await writePointer(store, owner, record.clientKey);
          remembered.delete(named);
        }
        return;
      }
      if (record.forge !== undefined) return;
      const others = (await store.findBySiteUrl(record.siteUrl)).filter(
        (other) => isForgeOnly(other) && other.forge?.environmentType === 'PRODUCTION',
      );
      const [other] = others;
      if (others.length === 1 && other?.forge !== undefined && isOwn(other, options)) {
        await associate(record.clientKey, other.forge);
      }
    },
    async clientKeyOf(id) {
      // It may have gone to a record of Connect a moment ago, in another process: what is remembered here would not do.
      if (id.startsWith(FORGE_CLIENT_KEY_PREFIX) && options.hasDescriptor) {
        return (await readPointer(store, pointerOwnersOf(id)[0] as string)) ?? id;
      }
      if ((store.getNow?.(id) ?? (await store.get(id))) !== undefined) return id;
      const name = id.startsWith(FORGE_CLIENT_KEY_PREFIX) ? id : (uuidOf(id) ?? id);
      const known = remembered.get(name);
      if (known !== undefined) return known;
      for (const owner of pointerOwnersOf(name)) {
        const clientKey = await readPointer(store, owner);
        if (clientKey !== undefined) return clientKey;
      }
      return id;
    },
  };
}

/** What `find`, `associate` and the pointers need of an invocation. */
function placeOf({ installationId, cloudId, environment }: ForgeInvocation): ForgePlace {
  return {
    installationId,
    cloudId,
    environmentType: environment.type,
    environmentId: environment.id,
  };
}

function newForge(invocation: ForgeInvocation, installedAt: number): ForgeInstallation {
  return {
    appId: invocation.appId,
    ...placeOf(invocation),
    apiBaseUrl: invocation.apiBaseUrl,
    installedAt,
  };
}

/** True where only Forge knows the site. */
export function isForgeOnly({ clientKey }: Pick<InstallationRecord, 'clientKey'>): boolean {
  return clientKey.startsWith(FORGE_CLIENT_KEY_PREFIX);
}

/**
 * A record of this app: by the descriptor's key, or by the id of the Forge app for what was stored before there was a
 * descriptor, or is still there after it went.
 */
function isOwn(
  record: InstallationRecord,
  { appKey, appIds, hasDescriptor }: ForgeInstallationsOptions,
): boolean {
  if (record.appKey === appKey || appIds.includes(record.appKey)) return true;
  return !hasDescriptor && record.forge !== undefined && appIds.includes(record.forge.appId);
}

/**
 * A record stands for one environment of the app. Production takes the place of any other: it is what the site's people
 * use, and what Connect's clientKey stands for.
 */
function takes(forge: ForgeInstallation, other: ForgeInvocation | ForgeInstallation): boolean {
  const { type, id } =
    'environment' in other
      ? other.environment
      : { type: other.environmentType, id: other.environmentId };
  if (forge.environmentId === id && forge.appId === other.appId) {
    return forge.cloudId === other.cloudId;
  }
  return type === 'PRODUCTION' && forge.environmentType !== 'PRODUCTION';
}

function isUpToDate(record: InstallationRecord, invocation: ForgeInvocation): boolean {
  const { forge, siteUrl } = record;
  return (
    forge?.installationId === invocation.installationId &&
    forge.cloudId === invocation.cloudId &&
    forge.environmentId === invocation.environment.id &&
    forge.apiBaseUrl === invocation.apiBaseUrl &&
    forge.uninstalledAt === undefined &&
    // The first token that names the address of a site may find its record of Connect.
    !(isForgeOnly(record) && siteUrl === forge.apiBaseUrl && invocation.siteUrl !== undefined)
  );
}

/** The record after an invocation; the same one where it says nothing new, or something old. */
function withInvocation(
  stored: InstallationRecord,
  invocation: ForgeInvocation,
  siteUrl: string | undefined,
  now: number,
): InstallationRecord {
  const at = Math.min(invocation.issuedAt, now);
  const before = stored.forge;
  const address =
    isForgeOnly(stored) && siteUrl !== undefined && siteUrl !== stored.siteUrl ? { siteUrl } : {};
  let forge: ForgeInstallation;
  if (before === undefined || before.environmentId !== invocation.environment.id) {
    forge = newForge(invocation, at);
  } else if (before.installationId !== invocation.installationId) {
    // A token of the old installation may come late, after the app was installed again.
    if (at < before.installedAt) return stored;
    const previous = [before.installationId, ...(before.previousInstallationIds ?? [])];
    forge = {
      ...newForge(invocation, at),
      previousInstallationIds: previous
        .filter((id) => id !== invocation.installationId)
        .slice(0, MAX_PREVIOUS_IDS),
    };
  } else {
    const { uninstalledAt, ...rest } = before;
    // What was on its way when the app was uninstalled does not bring it back; what Forge sends later does.
    if (uninstalledAt !== undefined && at <= uninstalledAt) return stored;
    if (
      uninstalledAt === undefined &&
      before.apiBaseUrl === invocation.apiBaseUrl &&
      address.siteUrl === undefined
    ) {
      return stored;
    }
    forge = { ...rest, apiBaseUrl: invocation.apiBaseUrl };
  }
  const revived = isForgeOnly(stored) && stored.status === 'uninstalled';
  return {
    ...stored,
    ...address,
    ...(revived ? { status: 'installed', changedAt: at } : undefined),
    forge,
    revision: stored.revision + 1,
  };
}

/** An app that is installed again and again leaves no endless list. */
const MAX_PREVIOUS_IDS = 20;

/** @throws InstallationError INSTALLATION_UNINSTALLED. */
function refuseGone(record: InstallationRecord, invocation: ForgeInvocation): void {
  const { forge, clientKey, siteUrl } = record;
  const isCurrent = forge?.installationId === invocation.installationId;
  if (isCurrent && forge.uninstalledAt === undefined) return;
  throw new InstallationError(
    'INSTALLATION_UNINSTALLED',
    isCurrent
      ? `The app was uninstalled from ${siteUrl}.`
      : `The token is of an installation on ${siteUrl} that was replaced by another.`,
    { clientKey, hint: 'Forge knows of the newest installation. Install the app again there.' },
  );
}

/**
 * The installed payload of an app that is registered with Forge names its installation.
 *
 * @see https://developer.atlassian.com/platform/adopting-forge-from-connect/migrate-connect-clientkey/
 */
function installationIdOf({
  installationId,
}: Readonly<Record<string, unknown>>): string | undefined {
  return typeof installationId === 'string' ? uuidOf(installationId) : undefined;
}

function isSameForge(one: ForgeInstallation | undefined, other: ForgeInstallation): boolean {
  return (
    one?.installationId === other.installationId &&
    one.apiBaseUrl === other.apiBaseUrl &&
    one.uninstalledAt === other.uninstalledAt
  );
}

/** True while Forge has the app on the site, so that calls can be made as the Forge app. */
export function isForgeInstalled({ forge }: Pick<InstallationRecord, 'forge'>): boolean {
  return forge !== undefined && forge.uninstalledAt === undefined;
}
