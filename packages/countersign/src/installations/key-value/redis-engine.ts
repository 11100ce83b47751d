import { createHash } from 'node:crypto';
import type { Cluster, Redis } from 'ioredis';
import type { Change, Engine, Outcome } from './engine.ts';
import { corrupt, entryText, parseHead } from './entry.ts';
import type { RedisConnection } from './redis-connection.ts';

/**
 * The condition, the write and the message to whoever watches, in one step of the server. It touches one key, as a
 * Redis Cluster demands, and writes nothing when it fails: the message comes first, because an account may lack the
 * right to publish.
 *
 * A write that is sent twice, because the connection broke before the answer, is one write.
 */
const WRITE = `
local head = redis.call('GETRANGE', KEYS[1], 0, 511)
local kind, is, id, text, lifetime, channel, message = unpack(ARGV)
local number, write = '0', ''
if head ~= '' then
  number, write = string.match(head, '^countersign 1 (%d+) (%S+) %S+\\n')
  if not number and not (kind == 'always' and text == '') then return {-1, ''} end
end
if id ~= '' and write == id then return {1, ''} end
if kind == 'number' and tonumber(number) ~= tonumber(is) then return {0, head} end
if kind == 'reached' and tonumber(number) > tonumber(is) then return {0, head} end
if kind == 'body' then
  local body = string.match(redis.call('GET', KEYS[1]) or '', '\\n(.*)') or ''
  if body ~= is then return {0, head} end
end
if channel ~= '' then redis.call('PUBLISH', channel, message) end
if text == '' then redis.call('DEL', KEYS[1])
elseif lifetime == '' then redis.call('SET', KEYS[1], text)
else redis.call('SET', KEYS[1], text, 'PX', lifetime) end
return {1, head}
`;
const WRITE_SHA = createHash('sha1').update(WRITE).digest('hex');

/** How many keys the server looks at between two other commands. */
const SCAN_COUNT = 1000;
/** Clocks differ: what this process takes for expired, the server has no business to drop before. */
const LIFETIME_SLACK_MS = 60_000;

/** What it takes to write where another way to the same Redis would. */
export interface RedisPlace {
  /** The key of the server for a key of the store. */
  keyOf(key: string): string;
  /** Where changes are published; undefined where they are not. */
  readonly channel: string | undefined;
}

/** A Redis, Valkey or Redis Cluster: conditional writes hold for any number of processes. */
export function redisEngine({ run }: RedisConnection, { keyOf, channel }: RedisPlace): Engine {
  return {
    read: async (key) => (await run((client) => client.get(keyOf(key)))) ?? undefined,
    async write(key, change) {
      const args = [keyOf(key), ...argumentsOf(change, channel)];
      const [answer, head] = await run((client) => callWrite(client, args));
      if (answer === -1) throw corrupt(key);
      const before = head === '' ? undefined : headBefore(head, key);
      return { isWritten: answer === 1, before } satisfies Outcome;
    },
    async names(base) {
      const start = `${keyOf(base)}:`;
      const found = new Set<string>();
      for (const node of await run(async (client) => mastersOf(client))) {
        let cursor = '0';
        do {
          const [next, keys] = await run(() =>
            node.scan(cursor, 'MATCH', `${globOf(start)}*`, 'COUNT', SCAN_COUNT),
          );
          cursor = next;
          for (const key of keys) found.add(key.slice(start.length));
        } while (cursor !== '0');
      }
      return [...found];
    },
  };
}

function argumentsOf(
  { entry, when, announce, lifetimeMs }: Change,
  channel: string | undefined,
): string[] {
  const isAnnounced = channel !== undefined && announce !== undefined;
  return [
    when.kind,
    when.kind === 'always' ? '' : `${when.is}`,
    entry?.head.write ?? '',
    entry === undefined ? '' : entryText(entry),
    lifetimeMs === undefined ? '' : `${Math.max(1, Math.ceil(lifetimeMs)) + LIFETIME_SLACK_MS}`,
    isAnnounced ? channel : '',
    isAnnounced ? announce : '',
  ];
}

async function callWrite(
  client: Redis | Cluster,
  args: readonly string[],
): Promise<[number, string]> {
  try {
    return (await client.evalsha(WRITE_SHA, 1, ...args)) as [number, string];
  } catch (error) {
    // After a restart the server knows no script.
    if (!(error as Error).message.startsWith('NOSCRIPT')) throw error;
    return (await client.eval(WRITE, 1, ...args)) as [number, string];
  }
}

function headBefore(head: string, key: string): Outcome['before'] {
  try {
    return parseHead(head, key);
  } catch {
    // What was not readable may still be deleted.
    return undefined;
  }
}

/** A scan asks one server, and a cluster has many. */
function mastersOf(client: Redis | Cluster): Redis[] {
  return client.isCluster ? (client as Cluster).nodes('master') : [client as Redis];
}

function globOf(text: string): string {
  return text.replace(/[*?[\]\\]/g, '\\$&');
}
