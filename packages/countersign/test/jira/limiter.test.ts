import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createLimiters, type Limiters, PausedTooLong } from '../../src/jira/limiter.ts';

let limiters: Limiters;

beforeEach(() => {
  vi.useFakeTimers();
  limiters = createLimiters(2);
});
afterEach(() => {
  vi.useRealTimers();
});

/** Somebody who asks for a turn; `got` once there is one. */
function ask(
  options: { timeMs?: number; issue?: string; signal?: AbortSignal; key?: string } = {},
) {
  const { timeMs = 30_000, issue, signal = new AbortController().signal, key = 'site' } = options;
  const endsAt = performance.now() + timeMs;
  const limiter = limiters.of(key);
  const caller = { got: false, error: undefined as unknown, giveBack: () => limiter.giveBack() };
  const turn = limiter.take({ signal, issue, remainingMs: () => endsAt - performance.now() });
  if (turn === undefined) caller.got = true;
  else {
    turn.then(
      () => {
        caller.got = true;
      },
      (error: unknown) => {
        caller.error = error;
      },
    );
  }
  return caller;
}

const settled = () => vi.advanceTimersByTimeAsync(0);

describe('turns', () => {
  test('are had at once while there are some, then in the order of asking', async () => {
    const [first, second, third, fourth] = [ask(), ask(), ask(), ask()];
    expect([first.got, second.got]).toEqual([true, true]);
    await settled();
    expect([third.got, fourth.got]).toEqual([false, false]);
    second.giveBack();
    await settled();
    expect([third.got, fourth.got]).toEqual([true, false]);
  });

  test('of one installation are not those of another', () => {
    const busy = [ask(), ask(), ask()];
    expect(busy.map(({ got }) => got)).toEqual([true, true, false]);
    expect(ask({ key: 'other' }).got).toBe(true);
  });

  test('are not waited for by whoever went away', async () => {
    const [first] = [ask(), ask()];
    const controller = new AbortController();
    const gone = ask({ signal: controller.signal });
    const next = ask();
    controller.abort(new Error('went away'));
    await settled();
    expect(gone.error).toMatchObject({ message: 'went away' });
    first?.giveBack();
    await settled();
    expect([gone.got, next.got]).toEqual([false, true]);
  });

  test('that nobody has or waits for are forgotten', async () => {
    const callers = [ask(), ask(), ask()];
    expect(limiters.size).toBe(1);
    for (const caller of callers) {
      await settled();
      caller.giveBack();
    }
    expect(limiters.size).toBe(0);
  });
});

describe('a pause', () => {
  test('holds everybody back, and no longer than it lasts', async () => {
    limiters.of('site').pause(5000);
    const [first, second, third] = [ask(), ask(), ask()];
    await vi.advanceTimersByTimeAsync(4999);
    expect([first.got, second.got]).toEqual([false, false]);
    await vi.advanceTimersByTimeAsync(2);
    expect([first.got, second.got, third.got]).toEqual([true, true, false]);
  });

  test('of one issue holds back its writers alone', async () => {
    limiters.of('site').pause(5000, 'XX-1');
    const writer = ask({ issue: 'XX-1' });
    const other = ask({ issue: 'XX-2' });
    const reader = ask();
    await settled();
    expect([writer.got, other.got, reader.got]).toEqual([false, true, true]);
    other.giveBack();
    await vi.advanceTimersByTimeAsync(5001);
    expect(writer.got).toBe(true);
  });

  test('that lasts longer than a caller has is told at once', async () => {
    limiters.of('site').pause(60_000);
    const hurried = ask({ timeMs: 30_000 });
    await settled();
    expect(hurried.error).toBeInstanceOf(PausedTooLong);
    expect((hurried.error as PausedTooLong).waitMs).toBe(60_000);
  });

  test('is told also to those who wait already', async () => {
    const busy = [ask(), ask()];
    const hurried = ask({ timeMs: 10_000 });
    const patient = ask({ timeMs: 90_000 });
    limiters.of('site').pause(60_000);
    await settled();
    expect(hurried.error).toBeInstanceOf(PausedTooLong);
    for (const caller of busy) caller.giveBack();
    await settled();
    expect([patient.got, patient.error]).toEqual([false, undefined]);
    await vi.advanceTimersByTimeAsync(60_001);
    expect(patient.got).toBe(true);
  });

  test('is never made shorter by a later one, nor longer than an hour', async () => {
    limiters.of('site').pause(5000);
    limiters.of('site').pause(1000);
    const caller = ask();
    await vi.advanceTimersByTimeAsync(4000);
    expect(caller.got).toBe(false);
    await vi.advanceTimersByTimeAsync(1001);
    expect(caller.got).toBe(true);
    limiters.of('site').pause(10 ** 12);
    const next = ask({ timeMs: 4_000_000 });
    await vi.advanceTimersByTimeAsync(3_600_001);
    expect(next.got).toBe(true);
  });

  test('is remembered while nobody calls, and forgotten after its end', async () => {
    limiters.of('site').pause(5000);
    expect(limiters.size).toBe(1);
    await vi.advanceTimersByTimeAsync(5001);
    expect(limiters.size).toBe(0);
  });
});
