import type { InstallationStore } from './store.ts';

/**
 * Forgets an installation wholly: its record with its secrets, and its settings. The settings go first, so that what
 * a crash leaves is found again.
 */
export async function purge(store: InstallationStore, clientKey: string): Promise<void> {
  await store.settings?.deleteAll(clientKey);
  await store.delete(clientKey);
}
