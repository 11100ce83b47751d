/** How a process ends: by signals, in a process of its own. */
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { RunningProcess } from '../../../../tests/processes.ts';
import { drainOnSignals } from '../../src/http/node.ts';
import { isConfigError } from '../../src/index.ts';
import { createPanelApp } from '../app/panel-app.ts';

async function start(graceMs: number): Promise<{ running: RunningProcess; url: string }> {
  const file = fileURLToPath(new URL('drained-app.ts', import.meta.url));
  const running = new RunningProcess(process.execPath, [file, String(graceMs)]);
  await running.prints(/port \d+/);
  return { running, url: `http://127.0.0.1:${/port (\d+)/.exec(running.output)?.[1]}` };
}

test('a request that is at work is answered, and the process ends with 0', async () => {
  const { running, url } = await start(10_000);
  const answer = fetch(`${url}/slow`).then((response) => response.text());
  await running.prints(/begun/);
  const code = running.end('SIGTERM');
  expect(await answer).toBe('done');
  expect(await code).toBe(0);
  expect(running.output).not.toContain('Error');
});

test('a request that never ends keeps the process for the time of grace and no longer', async () => {
  const { running, url } = await start(200);
  const answer = fetch(`${url}/forever`).catch(() => 'cut off');
  await running.prints(/begun/);
  expect(await running.end('SIGTERM')).toBe(0);
  expect(await answer).toBe('cut off');
});

test('a second signal ends it at once', async () => {
  const { running, url } = await start(3_600_000);
  const answer = fetch(`${url}/forever`).catch(() => 'cut off');
  await running.prints(/begun/);
  process.kill(running.child.pid as number, 'SIGINT');
  await expect
    .poll(() => fetch(`${url}/health/live`).catch(() => 'closed'), { timeout: 5000 })
    .toBe('closed');
  expect(await running.end('SIGINT')).toBe(1);
  expect(await answer).toBe('cut off');
});

test('what it is given is checked, and it can be taken back', () => {
  const { app } = createPanelApp([]);
  const server = { close: () => server, closeIdleConnections: () => undefined } as never;
  for (const options of [{ graceMs: -1 }, { grace: 1 }, { readyDelayMs: '5 s' }] as never[]) {
    expect(() => drainOnSignals(app, server, options)).toThrow(expect.toSatisfy(isConfigError));
  }
  const before = process.listenerCount('SIGTERM');
  const undo = drainOnSignals(app, server);
  expect(process.listenerCount('SIGTERM')).toBe(before + 1);
  undo();
  expect(process.listenerCount('SIGTERM')).toBe(before);
});
