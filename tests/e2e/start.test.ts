import { createServer } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { freePort, RunningProcess, root, temporaryFolder } from '../processes.ts';

interface Ports {
  site: number;
  app: number;
}

function start(folder: string, ports: Ports) {
  // As npm start does, less the build.
  return new RunningProcess(process.execPath, ['scripts/start.ts'], {
    cwd: root,
    env: {
      ...process.env,
      STATE_FOLDER: folder,
      SANDBOX_PORT: String(ports.site),
      APP_PORT: String(ports.app),
      NO_COLOR: '1',
    },
  });
}

const RUNNING = /Both are running[\s\S]*Ctrl-C/;

test('npm start installs the app, updates the issue, tells it in plain words and ends on Ctrl-C', async () => {
  const folder = temporaryFolder();
  const ports = { site: await freePort(), app: await freePort() };
  const first = start(folder, ports);
  await first.prints(RUNNING);
  expect(first.output).toMatch(/site → app +POST \/installed +204/);
  expect(first.output).toMatch(/app → site +PUT \/rest\/api\/3\/issue\/XX-21\S* +204/);
  expect(first.output).toContain('Site location (customfield_10042) of XX-21: empty → Lisbon');
  const urls = first.output.slice(first.output.indexOf('Both are running'));
  for (const url of urls.match(/http:\/\/127\.0\.0\.1:\d+\S*/g) ?? []) {
    expect((await fetch(url)).status, url).toBe(200);
  }
  expect(await first.end('SIGINT')).toBe(0);
  expect(first.output).not.toMatch(/error|exception/i);

  const second = start(folder, ports);
  await second.prints(RUNNING);
  expect(second.output).toContain('It is installed already');
  expect(second.output).not.toContain('POST /installed');
  expect(second.output).toContain('of XX-21: Lisbon → Sydney');
  expect(await second.end('SIGINT')).toBe(0);
});

test('a port in use is not an error, and the app is found at its new place', async () => {
  const folder = temporaryFolder();
  const ports = { site: await freePort(), app: await freePort() };
  const first = start(folder, ports);
  await first.prints(RUNNING);
  await first.end('SIGINT');

  for (const port of Object.values(ports)) {
    const neighbour = createServer();
    await new Promise<void>((resolve) => neighbour.listen(port, '127.0.0.1', resolve));
    onTestFinished(() => void neighbour.close());
  }
  const second = start(folder, ports);
  await second.prints(RUNNING);
  expect(second.output).toContain(`Port ${ports.app} is taken`);
  expect(second.output).toMatch(/POST \/installed +204/);
  expect(second.output).toContain('of XX-21: Lisbon → Sydney');
  expect(await second.end('SIGINT')).toBe(0);
});
