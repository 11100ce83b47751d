import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { root } from '../processes.ts';

/** An npm registry on this machine that has what this checkout has installed: npm works as ever, without a network. */
export interface CheckoutRegistry {
  readonly url: string;
  close(): Promise<void>;
}

interface Published {
  readonly version: string;
  /** The folder of its package.json. */
  readonly folder: string;
}

export async function startRegistry(): Promise<CheckoutRegistry> {
  const packages = publishedHere();
  const server = createServer((request, response) => {
    const [path, version] = decodeURIComponent(request.url ?? '')
      .slice(1)
      .split('/-/');
    const versions = packages.get(path as string) ?? [];
    if (versions.length === 0) return void response.writeHead(404).end('{}');
    if (version === undefined) return sendPackument(path as string, versions, response, url());
    sendTarball(versions.find((one) => one.version === version) as Published, response);
  });
  const url = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: url(),
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

/** Every version that is on the disk, by the package's name: what is installed, and the packages of this checkout. */
function publishedHere(): Map<string, Published[]> {
  const lock = JSON.parse(readFileSync(`${root}package-lock.json`, 'utf8')) as {
    packages: Record<string, { version?: string }>;
  };
  const packages = new Map<string, Published[]>();
  for (const [path, { version }] of Object.entries(lock.packages)) {
    const name = path.split(/(?:^|\/)(?:node_modules|packages)\//).at(-1) ?? '';
    const folder = join(root, path);
    if (version === undefined || name === path || !existsSync(folder)) continue;
    const known = packages.get(name) ?? [];
    if (!known.some((one) => one.version === version)) known.push({ version, folder });
    packages.set(name, known);
  }
  return packages;
}

interface Manifest {
  /** What is published beside package.json; undefined for all. */
  readonly files?: readonly string[];
}

function manifestOf(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
}

function sendPackument(
  name: string,
  published: readonly Published[],
  response: ServerResponse,
  url: string,
): void {
  const versions = Object.fromEntries(
    published.map(({ version, folder }) => {
      const tarball = `${url}/${name}/-/${version}`;
      return [version, { ...manifestOf(folder), dist: { tarball } }];
    }),
  );
  const latest = published.at(-1)?.version;
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ name, 'dist-tags': { latest }, versions }));
}

/** What npm has installed was published as it is; a package of this checkout is more than what it publishes. */
function sendTarball({ folder }: Published, response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/octet-stream' });
  const isInstalled = folder.includes('node_modules');
  const names = isInstalled
    ? ['.']
    : ['package.json', ...(manifestOf(folder).files ?? [])].map((name) => `./${name}`);
  const options = ['--exclude=./node_modules', '--transform=s,^\\.,package,', '-C', folder];
  const tar = spawn('tar', ['-c', ...options, ...names], { stdio: ['ignore', 'pipe', 'inherit'] });
  tar.stdout.pipe(response);
}
