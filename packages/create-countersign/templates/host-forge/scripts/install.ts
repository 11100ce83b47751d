import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Sandbox } from 'countersign-sandbox';

const root = new URL('..', import.meta.url);

/** Installs the app on a stand-in for a Jira site, as Forge would. */
export async function install(site: Sandbox, appUrl: string): Promise<void> {
  await site.forge.install(readFileSync(new URL('manifest.yml', root), 'utf8'), {
    remoteUrl: appUrl,
    resources: { main: { folder: fileURLToPath(new URL('static', root)) } },
  });
}
