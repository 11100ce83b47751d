import { deletePointers } from './forge-pointers.ts';
import type { InstallationStore } from './store.ts';

/**
 * Forgets an installation wholly: its record with its secrets, its settings, and the ways that lead to it from Forge's
 * ids. The record goes last, so that what a crash leaves is found again.
 */
export async function purge(store: InstallationStore, clientKey: string): Promise<void> {
  const record = await store.get(clientKey);
  if (record?.forge !== undefined) await deletePointers(store, clientKey, record.forge);
  await store.settings?.deleteAll(clientKey);
  await store.delete(clientKey);
}
