import type { InstallationStore, SettingPosition, SettingsStore } from '../installations/store.ts';

/** What was copied, by name: where the copy is still as it was, a newer value of the old place takes its place. */
export type Copied = ReadonlyMap<string, string>;

/**
 * Copies settings to another owner, encrypted anew where they are encrypted. What the new owner has already wins.
 *
 * @throws StoreError.
 */
export async function copySettings(
  store: InstallationStore,
  from: string,
  to: string,
): Promise<Copied> {
  const copied = new Map<string, string>();
  await forEachSetting(store, from, async (settings, name, value) => {
    if ((await settings.get(to, name)) !== undefined) return;
    await settings.put(to, name, value);
    copied.set(name, value);
  });
  return copied;
}

/**
 * The same, and deletes each where it was. It may be stopped anywhere and begun again: a setting stands in its new place
 * before it goes from the old one.
 *
 * @param copied What was copied a moment ago, while the old place was still written to.
 * @throws StoreError.
 */
export async function moveSettings(
  store: InstallationStore,
  from: string,
  to: string,
  copied?: Copied,
): Promise<void> {
  await forEachSetting(store, from, async (settings, name, value) => {
    const copy = copied?.get(name);
    if (copy !== undefined && copy !== value) await settings.put(to, name, value, copy);
    else if ((await settings.get(to, name)) === undefined) await settings.put(to, name, value);
    await settings.delete(from, name);
  });
}

async function forEachSetting(
  { settings }: InstallationStore,
  clientKey: string,
  run: (settings: SettingsStore, name: string, value: string) => Promise<void>,
): Promise<void> {
  if (settings === undefined) return;
  let after: SettingPosition | undefined;
  for (;;) {
    const page = await settings.list({
      clientKey,
      ...(after === undefined ? undefined : { after }),
    });
    for (const { name, value } of page) await run(settings, name, value);
    const last = page.at(-1);
    if (last === undefined) return;
    after = { clientKey: last.clientKey, name: last.name };
  }
}
