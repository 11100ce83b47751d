import type { DeadLetter } from '../webhooks/queue.ts';
import type { Arguments } from './arguments.ts';
import type { CommandOption } from './command.ts';
import type { OpenQueue } from './open-queue.ts';

/** Which dead letters. */
export interface DeadLetterFilter {
  readonly clientKey: string | undefined;
  readonly event: ((name: string) => boolean) | undefined;
}

/** The options of a {@link DeadLetterFilter}. */
export const FILTER_OPTIONS: Readonly<Record<'client-key' | 'event', CommandOption>> = {
  'client-key': {
    value: 'KEY',
    text: 'Only those of the installation with this clientKey.',
  },
  event: {
    value: 'PATTERN',
    text: 'Only those of this event; a * stands for any characters: comment_*.',
  },
};

export function readFilter(given: Arguments): DeadLetterFilter {
  const pattern = given.text('event');
  return {
    clientKey: given.text('client-key'),
    event: pattern === undefined ? undefined : matcherOf(pattern),
  };
}

/** Said where there is none. */
export function noneSentence(given: Arguments): string {
  const isNarrowed = ['client-key', 'event', 'after'].some((name) => given.has(name));
  return isNarrowed ? 'No dead letter is like that.' : 'There are no dead letters.';
}

function matcherOf(pattern: string): (name: string) => boolean {
  const parts = pattern.split(/\*+/).map((part) => part.replace(/[\\^$.|?+()[\]{}]/g, '\\$&'));
  const expression = new RegExp(`^${parts.join('.*')}$`, 's');
  return (name) => expression.test(name);
}

/** How many are in memory at a time: payloads may be long. */
const PAGE = 100;

/** Dead letters from the oldest, each once, however many there are. */
export async function* deadLettersIn(
  queue: OpenQueue,
  { clientKey, event }: Partial<DeadLetterFilter> = {},
  start?: string,
): AsyncGenerator<DeadLetter> {
  // A queue begins again where the one to go on after was taken away meanwhile.
  const seen = new Set<string>();
  for (let after = start; ; ) {
    const page = await queue.deadLetters({
      limit: PAGE,
      ...(clientKey === undefined ? {} : { clientKey }),
      ...(after === undefined ? {} : { after }),
    });
    for (const letter of page) {
      const { id, event: name } = letter.delivery;
      if (seen.has(id)) continue;
      seen.add(id);
      if (event?.(name) !== false) yield letter;
    }
    const last = page.at(-1)?.delivery.id;
    // A queue of somebody's own may not know `after`.
    if (last === undefined || last === after) return;
    after = last;
  }
}
