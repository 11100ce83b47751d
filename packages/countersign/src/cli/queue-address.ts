import { badUsage } from './failures.ts';
import { shownUrl } from './store-address.ts';

/** Where a queue is. */
export type QueueAddress =
  | { readonly kind: 'postgres' | 'redis'; readonly url: string }
  | { readonly kind: 'module'; readonly file: string };

const URL_KINDS: Readonly<Record<string, 'postgres' | 'redis'>> = {
  postgres: 'postgres',
  postgresql: 'postgres',
  redis: 'redis',
  rediss: 'redis',
};

/** @throws CommandFailure for what is no queue. It never repeats what was given: a URL may hold a password. */
export function readQueueAddress(text: string): QueueAddress {
  const scheme = /^([a-z]+):/i.exec(text)?.[1]?.toLowerCase() ?? '';
  if (scheme === 'module') {
    const file = text.slice('module:'.length);
    if (file !== '') return { kind: 'module', file };
    throw badUsage(
      'The queue names no file.',
      'Write its path behind the colon: module:./queue.mjs.',
    );
  }
  const kind = text.includes('://') ? URL_KINDS[scheme] : undefined;
  if (kind !== undefined) return { kind, url: text };
  throw badUsage(
    'The queue is none that is known here.',
    'Write a URL that begins with postgres://, redis:// or rediss://, or module:FILE.',
  );
}

/** A queue as it may be shown: a module by its path, a URL without its password and its parameters. */
export function shownQueue(address: QueueAddress): string {
  return address.kind === 'module' ? address.file : shownUrl(address.url);
}
