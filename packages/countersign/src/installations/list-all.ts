import type { InstallationRecord } from './installation.ts';
import type { InstallationStore, SettingsStore, StoredSetting } from './store.ts';

const PAGE = 200;

/** All records, page by page. */
export async function* allRecords(store: InstallationStore): AsyncGenerator<InstallationRecord> {
  let after: string | undefined;
  for (;;) {
    const page = await store.list({ limit: PAGE, ...(after === undefined ? {} : { after }) });
    yield* page;
    after = page.at(-1)?.clientKey;
    if (after === undefined) return;
  }
}

/** All settings, page by page. */
export async function* allSettings(
  settings: SettingsStore,
  clientKey?: string,
): AsyncGenerator<StoredSetting> {
  let after: StoredSetting | undefined;
  for (;;) {
    const page = await settings.list({
      limit: PAGE,
      ...(clientKey === undefined ? {} : { clientKey }),
      ...(after === undefined ? {} : { after }),
    });
    yield* page;
    after = page.at(-1);
    if (after === undefined) return;
  }
}
