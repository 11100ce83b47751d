import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Sandbox, startSandbox } from 'countersign-sandbox';
import { install } from '../scripts/install.ts';
import { start } from '../src/start.ts';

export interface RunningApp {
  readonly url: string;
  /** The Jira site that it is installed on. */
  readonly site: Sandbox;
  stop(): Promise<void>;
}

/** The whole app on a free port, installed on a Jira site of its own. */
export async function startApp(): Promise<RunningApp> {
  const folder = mkdtempSync(join(tmpdir(), 'my-jira-app-'));
  const site = await startSandbox();
  const app = await start({
    ...process.env,
    PORT: String(await freePort()),
    SANDBOX_URL: site.url,
    DATA_FOLDER: folder,
    COUNTERSIGN_ENCRYPTION_KEYS: randomBytes(32).toString('base64'),
  });
  await install(site, app.url);
  return {
    url: app.url,
    site,
    async stop() {
      await app.stop();
      await site.close();
      rmSync(folder, { recursive: true });
    },
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });
}
