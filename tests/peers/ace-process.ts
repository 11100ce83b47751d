import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';

export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as { port: number };
  probe.close();
  await once(probe, 'close');
  return port;
}

export interface AceOptions {
  /** The option store of its configuration. Default: one in memory. */
  store?: Record<string, unknown>;
  /** How many tenants it makes for itself at start. Default: 0. */
  tenants?: number;
}

/** A real app on atlassian-connect-express, in a process of its own. */
export interface AceProcess {
  readonly port: number;
  readonly descriptorUrl: string;
  stop(): Promise<void>;
}

export async function startAce(
  installKeysUrl: string,
  { store, tenants = 0 }: AceOptions = {},
): Promise<AceProcess> {
  const port = await freePort();
  const child = spawn(process.execPath, ['--disable-warning=DEP0169', 'main.cjs'], {
    cwd: new URL('ace-app/', import.meta.url),
    env: {
      ...process.env,
      NODE_ENV: 'production',
      PORT: String(port),
      CONNECT_KEYS_CDN_URL: installKeysUrl,
      TENANTS: String(tenants),
      ...(store === undefined ? {} : { ACE_STORE: JSON.stringify(store) }),
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let isReady = false;
  for await (const line of createInterface({ input: child.stdout })) {
    isReady = line === 'ready';
    if (isReady) break;
  }
  if (!isReady) throw new Error('The app on atlassian-connect-express did not start.');
  return {
    port,
    descriptorUrl: `http://127.0.0.1:${port}/atlassian-connect.json`,
    async stop() {
      child.kill();
      await once(child, 'exit');
    },
  };
}
