import type { Cluster, Redis } from 'ioredis';
import { ConfigError } from '../../errors.ts';

/** What bullMqQueue was given. */
export type Source =
  | { readonly kind: 'url'; readonly url: string }
  | { readonly kind: 'client'; readonly client: Redis | Cluster };

const KNOWN = 'redis:// and rediss:// URLs, and clients of ioredis';

/** @throws ConfigError CONFIG_OPTION_INVALID, which never repeats a URL: it may hold a password. */
export function readSource(source: unknown): Source {
  if (typeof source === 'string') return { kind: 'url', url: readUrl(source) };
  if (!isClient(source)) {
    throw new ConfigError(
      'CONFIG_OPTION_INVALID',
      'bullMqQueue does not know what it was given as its server.',
      { hint: `It knows ${KNOWN}.` },
    );
  }
  const { keyPrefix, redisOptions } = source.options as {
    keyPrefix?: string;
    redisOptions?: { keyPrefix?: string };
  };
  if (keyPrefix || redisOptions?.keyPrefix) {
    throw new ConfigError('CONFIG_OPTION_INVALID', 'The client of ioredis has a keyPrefix.', {
      hint: 'BullMQ takes none: give a client without it, and the option prefix to bullMqQueue.',
    });
  }
  return { kind: 'client', client: source };
}

function readUrl(text: string): string {
  // The error of the URL parser repeats its input.
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === 'redis:' || url?.protocol === 'rediss:') return text;
  throw new ConfigError(
    'CONFIG_OPTION_INVALID',
    'bullMqQueue was given a text that is no redis:// or rediss:// URL.',
    {
      hint: `It knows ${KNOWN}. Characters such as / and # in a password are written as %2F, %23.`,
    },
  );
}

function isClient(value: unknown): value is Redis | Cluster {
  return (
    typeof value === 'object' &&
    value !== null &&
    ['evalsha', 'duplicate', 'connect', 'defineCommand'].every(
      (name) => typeof (value as Record<string, unknown>)[name] === 'function',
    )
  );
}

/** @throws ConfigError CONFIG_OPTION_INVALID: it ends up in keys, and a brace would choose another slot of a cluster. */
export function readKeyPart(option: string, value: unknown): string {
  if (typeof value === 'string' && /^[a-z0-9_-]+([.]?[a-z0-9_-]+)*$/.test(value)) {
    if (value.length <= 64) return value;
  }
  throw new ConfigError(
    'CONFIG_OPTION_INVALID',
    `The option ${option} of bullMqQueue is no name.`,
    {
      hint: "Use lower-case letters, digits, '-', '_' and '.' between them, at most 64 characters.",
    },
  );
}
