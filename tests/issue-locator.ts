import { readFileSync } from 'node:fs';
import type { Sandbox } from 'countersign-sandbox';
import { freePort, RunningProcess, root, temporaryFolder } from './processes.ts';

const folder = `${root}examples/issue-locator`;

/** The example's manifest as it stands, and the id in it. */
export const manifest: string = readFileSync(`${folder}/manifest.yml`, 'utf8');
export const appId: string =
  /ari:cloud:ecosystem::app\/[0-9a-f]{8}[0-9a-f-]{28}/.exec(manifest)?.[0] ?? '';

/** Its page on Forge. */
export const resources: { main: { folder: string } } = { main: { folder: `${folder}/static` } };

export interface RunningExample {
  readonly url: string;
  readonly database: string;
  /** Of the whole process, in the order of its lines. */
  readonly log: () => string;
  /** With SIGTERM. */
  end(): Promise<number | null>;
}

/** The example as a process of its own, ready for both hosts of the site. */
export async function startExample(site: Sandbox): Promise<RunningExample> {
  const port = await freePort();
  const database = `${temporaryFolder()}/app.db`;
  const app = new RunningProcess(process.execPath, [`${folder}/src/main.ts`], {
    cwd: root,
    env: {
      ...process.env,
      PORT: String(port),
      SANDBOX_URL: site.url,
      DATABASE: database,
      FORGE_APP_ID: appId,
    },
  });
  await app.prints(/Issue Locator on/);
  return {
    url: `http://127.0.0.1:${port}`,
    database,
    log: () => app.output,
    end: () => app.end('SIGTERM'),
  };
}

/** Installs it as a Forge app. */
export function installOnForge(site: Sandbox, { url }: RunningExample) {
  return site.forge.install(manifest, { remoteUrl: url, resources });
}
