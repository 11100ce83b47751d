import type { Sandbox } from 'countersign-sandbox';

/** Installs the app on a stand-in for a Jira site, unless it is installed as it is. */
export async function install(site: Sandbox, appUrl: string): Promise<void> {
  await site.installIfChanged(`${appUrl}/atlassian-connect.json`);
}
