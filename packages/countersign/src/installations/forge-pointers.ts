import { FORGE_CLIENT_KEY_PREFIX, type ForgeInstallation } from './installation.ts';
import type { InstallationStore } from './store.ts';

/**
 * Forge names a site by other ids than Connect. Where its record is found stands in settings of nobody, under these
 * owners; a store has no index for it.
 */
const INSTALLATION_POINTER = 'forge-installation:';
const CLOUD_POINTER = 'forge-cloud:';
const POINTER_NAME = 'clientKey';

/** What of an installation the names of its record and pointers are made of. */
export type ForgePlace = Pick<
  ForgeInstallation,
  'installationId' | 'cloudId' | 'environmentType' | 'environmentId'
>;

/** The clientKey of the record of a site that only Forge knows. */
export function forgeClientKey(place: Omit<ForgePlace, 'installationId'>): string {
  return `${FORGE_CLIENT_KEY_PREFIX}${cloudName(place)}`;
}

/** A site has one installation for each environment of the app. */
function cloudName({
  cloudId,
  environmentType,
  environmentId,
}: Omit<ForgePlace, 'installationId'>): string {
  return environmentType === 'PRODUCTION' ? cloudId : `${cloudId}:${environmentId}`;
}

/** Where the pointers of an installation stand: by its own id first. */
export function pointerOwners(place: ForgePlace): readonly [string, string] {
  return [`${INSTALLATION_POINTER}${place.installationId}`, `${CLOUD_POINTER}${cloudName(place)}`];
}

/** Where the pointers of an id stand that may be an installationId, a cloudId or the clientKey of a record of Forge. */
export function pointerOwnersOf(id: string): readonly string[] {
  if (id.startsWith(FORGE_CLIENT_KEY_PREFIX)) {
    return [`${CLOUD_POINTER}${id.slice(FORGE_CLIENT_KEY_PREFIX.length)}`];
  }
  return [`${INSTALLATION_POINTER}${id}`, `${CLOUD_POINTER}${id}`];
}

/** @returns the clientKey, or undefined where no pointer stands. @throws StoreError. */
export async function readPointer(
  { settings }: InstallationStore,
  owner: string,
): Promise<string | undefined> {
  const text = await settings?.get(owner, POINTER_NAME);
  if (text === undefined) return undefined;
  try {
    const clientKey: unknown = JSON.parse(text);
    return typeof clientKey === 'string' ? clientKey : undefined;
  } catch {
    // The next invocation writes it anew.
    return undefined;
  }
}

/** @throws StoreError. */
export async function writePointer(
  { settings }: InstallationStore,
  owner: string,
  clientKey: string,
): Promise<void> {
  await settings?.put(owner, POINTER_NAME, JSON.stringify(clientKey));
}

/** Forgets the ways to a record, those of earlier installations too, but none that leads elsewhere by now. */
export async function deletePointers(
  store: InstallationStore,
  clientKey: string,
  forge: ForgeInstallation,
): Promise<void> {
  const owners = [
    ...pointerOwners(forge),
    ...(forge.previousInstallationIds ?? []).map((id) => `${INSTALLATION_POINTER}${id}`),
  ];
  for (const owner of owners) {
    if ((await readPointer(store, owner)) !== clientKey) continue;
    await store.settings?.delete(owner, POINTER_NAME);
  }
}
