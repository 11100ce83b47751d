import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createProgress } from '../../src/cli/progress.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

function terminalOf(columns: number | undefined, isTTY = true, env: Record<string, string> = {}) {
  let drawn = '';
  const write = (text: string) => {
    drawn += text;
  };
  const errors = { isTTY, columns, write };
  const terminal = { input: new PassThrough(), output: new PassThrough(), errors, env };
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what a terminal is told.
  return { terminal, lines: () => drawn.split(/\r\x1b\[K/).slice(1), drawn: () => drawn };
}

/** A minute in which 1000 of 60,000 are done each second, with many more updates than that. */
function aMinute(columns: number | undefined, total: number | undefined) {
  const seen = terminalOf(columns);
  const progress = createProgress(seen.terminal as never, { label: 'Importing', total });
  for (let ms = 0; ms < 60_000; ms += 10) {
    vi.advanceTimersByTime(10);
    progress.update(ms);
  }
  return { ...seen, progress };
}

test('on a terminal it shows how far it is, how fast, and how long it takes', () => {
  const { lines } = aMinute(100, 60_000);
  expect(lines().length).toBeLessThanOrEqual(600);
  const middle = lines().find((line) => line.includes(' 50 %')) ?? '';
  expect(middle).toMatch(
    /^Importing {3}50 % {2}30,\d\d\d of 60,000 {2}30 seconds left {2}1,000\/s {2}\[#{10}-{10}\]$/,
  );
});

test('it fits into a narrow terminal, and takes its line away at the end', () => {
  const { lines, progress } = aMinute(40, 60_000);
  for (const line of lines()) expect(line.length).toBeLessThan(40);
  expect(lines().at(-1)).toContain('of 60,000');
  progress.end();
  progress.update(60_000);
  expect(lines().at(-1)).toBe('');
});

test('without a total, or beyond it, it counts', () => {
  expect(aMinute(100, undefined).lines().at(-1)).toMatch(/^Importing {2}59,\d\d\d {2}1,000\/s$/);
  expect(aMinute(100, 1000).lines().at(-1)).toMatch(/^Importing {2}59,\d\d\d {2}1,000\/s$/);
});

test('the speed is that of the last moments', () => {
  const { terminal, lines } = terminalOf(100);
  const progress = createProgress(terminal as never, { label: 'Re-encrypting', total: 200_000 });
  vi.advanceTimersByTime(1000);
  progress.update(100_000);
  for (let second = 1; second <= 20; second++) {
    vi.advanceTimersByTime(1000);
    progress.update(100_000 + second * 100);
  }
  expect(lines().at(-1)).toContain('100/s');
});

test('a short command, a pipe and a dumb terminal get no line', () => {
  const short = terminalOf(80);
  const progress = createProgress(short.terminal as never, { label: 'Importing', total: 10 });
  progress.update(10);
  progress.end();
  const pipe = terminalOf(80, false);
  const dumb = terminalOf(80, true, { TERM: 'dumb' });
  for (const { terminal } of [pipe, dumb]) {
    const none = createProgress(terminal as never, { label: 'Importing', total: 10 });
    vi.advanceTimersByTime(1000);
    none.update(5);
    none.end();
  }
  expect([short.drawn(), pipe.drawn(), dumb.drawn()]).toEqual(['', '', '']);
});
