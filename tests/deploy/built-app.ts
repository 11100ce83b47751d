import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, cpSync, globSync, lstatSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { Sandbox } from 'countersign-sandbox';
import { freePort, RunningProcess } from '../processes.ts';
import { startRegistry } from './checkout-registry.ts';
import { parseDockerfile } from './dockerfile.ts';
import { example, readExample } from './hosts.ts';
import { buildImage, type Image } from './image.ts';

const run = promisify(execFile);

/** The example, built by the steps of its Dockerfile. */
export interface BuiltApp {
  readonly image: Image;
  /** All of its files, in bytes. */
  readonly bytes: number;
  /** Where processes may leave something. */
  readonly scratch: string;
  remove(): void;
}

/** What somebody does who takes the folder as it is: copy it, `npm install` for the lock file, `docker build`. */
export async function buildExample(): Promise<BuiltApp> {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-deploy-'));
  // Another user runs it.
  chmodSync(folder, 0o755);
  const copy = join(folder, 'change-log');
  const isOurs = (path: string) => !/node_modules|\.db|^\.env$/.test(basename(path));
  cpSync(example, copy, { recursive: true, filter: isOurs });
  const remove = () => rmSync(folder, { recursive: true, force: true });
  const registry = await startRegistry();
  try {
    const env = {
      PATH: `${dirname(process.execPath)}${delimiter}${process.env.PATH}`,
      HOME: folder,
      npm_config_registry: registry.url,
      npm_config_cache: join(folder, 'npm-cache'),
      npm_config_update_notifier: 'false',
    };
    await run('npm', ['install', '--package-lock-only'], { cwd: copy, env });
    const into = join(folder, 'image');
    mkdirSync(into);
    const stages = parseDockerfile(readExample('Dockerfile'));
    const image = await buildImage({ stages, context: copy, into, env });
    const scratch = join(folder, 'scratch');
    mkdirSync(scratch);
    chmodSync(scratch, 0o777);
    return { image, bytes: bytesIn(image.root), scratch, remove };
  } catch (error) {
    remove();
    throw error;
  } finally {
    await registry.close();
  }
}

/** Starts it as its image says, with variables of a host in addition. Resolves when it listens. */
export async function startBuilt(
  { image }: BuiltApp,
  site: Sandbox,
  host: Readonly<Record<string, string>>,
): Promise<{ url: string; app: RunningProcess }> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const [command, ...args] = image.command;
  const [uid, gid] = (image.user ?? '').split(':').map(Number);
  const app = new RunningProcess(command as string, args, {
    cwd: join(image.root, image.workingDirectory),
    // As root we can be that user, to whom the files belong to somebody else: they are read-only, as in a container.
    ...(process.getuid?.() === 0 && uid !== undefined && gid !== undefined ? { uid, gid } : {}),
    env: {
      PATH: `${dirname(process.execPath)}${delimiter}${process.env.PATH}`,
      ...image.env,
      PORT: String(port),
      APP_URL: url,
      COUNTERSIGN_ENCRYPTION_KEYS: randomBytes(32).toString('base64'),
      SANDBOX_URL: site.url,
      ...host,
    },
  });
  await app.prints(/"Listening\."/);
  return { url, app };
}

function bytesIn(folder: string): number {
  return globSync('**', { cwd: folder }).reduce((sum, path) => {
    const status = lstatSync(join(folder, path));
    return sum + (status.isFile() ? status.size : 0);
  }, 0);
}
