import { createHash } from 'node:crypto';
import type { Cluster, Redis } from 'ioredis';

/**
 * What all scripts share. `KEYS[1]` is what all of our keys begin with, `ARGV[1]` how many deliveries of one
 * installation a process may handle at once, `ARGV[2]` for how long what was admitted may wait before somebody looks
 * whether BullMQ has it, in milliseconds.
 *
 *     delivery:<id>       a hash: body, site, order, state, turn, run, attempt, reason, diedAt
 *     seen:<id>           one that is done, until it is forgotten
 *     order:<key>         a list of ids; the first one alone may be handled
 *     lane:<clientKey>    a list of the ids that wait for a place
 *     places:<clientKey>  a set of the ids that BullMQ has, waiting or active
 *     watched             those ids, by when somebody should look after them
 *     retries             ids by when they are due
 *     dead, dead:<clientKey>  ids by when they died
 *     gone:<id>           when one died that is no dead letter any more: a listing goes on behind it
 *     workers             processes that handle deliveries, by when they are taken for dead
 *     counts              how many deliveries are in which state
 */
const LIBRARY = `
local root = KEYS[1]
local call = redis.call
local time = call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local admitted = {}

local function key(id) return root .. 'delivery:' .. id end

local function become(id, state)
  local old = call('HGET', key(id), 'state')
  if old then call('HINCRBY', root .. 'counts', old, -1) end
  call('HINCRBY', root .. 'counts', state, 1)
  call('HSET', key(id), 'state', state)
end

local function leave(id)
  local old = call('HGET', key(id), 'state')
  if old then call('HINCRBY', root .. 'counts', old, -1) end
  call('DEL', key(id))
end

local function admit(site)
  local places = root .. 'places:' .. site
  local workers = math.max(1, call('ZCOUNT', root .. 'workers', now, '+inf'))
  local free = tonumber(ARGV[1]) * workers - call('SCARD', places)
  while free > 0 do
    local id = call('LPOP', root .. 'lane:' .. site)
    if not id then return end
    call('SADD', places, id)
    call('ZADD', root .. 'watched', now + tonumber(ARGV[2]), id)
    admitted[#admitted + 1] = id
    admitted[#admitted + 1] = tostring(call('HINCRBY', key(id), 'turn', 1))
    admitted[#admitted + 1] = site
    free = free - 1
  end
end

local function enqueue(id, site, order)
  if order ~= '' and call('RPUSH', root .. 'order:' .. order, id) > 1 then return end
  call('RPUSH', root .. 'lane:' .. site, id)
  admit(site)
end

local function giveWay(id, order)
  if order == '' then return end
  local line = root .. 'order:' .. order
  call('LREM', line, 1, id)
  local following = call('LINDEX', line, 0)
  if not following then return end
  local site = call('HGET', key(following), 'site')
  call('RPUSH', root .. 'lane:' .. site, following)
  admit(site)
end
`;

/** id, clientKey, orderKey or '', body. Answers whether it is new, and what was admitted. */
export const ADD: Script = script(`
local _, _, id, site, order, body = unpack(ARGV)
if call('EXISTS', key(id), root .. 'seen:' .. id) > 0 then return {0, admitted} end
call('HSET', key(id), 'body', body, 'site', site, 'order', order)
become(id, 'waiting')
enqueue(id, site, order)
return {1, admitted}
`);

/** id, turn, lease in milliseconds. Answers with nothing where it is not to be handled: it was, or has another turn. */
export const BEGIN: Script = script(`
local _, _, id, turn, lease = unpack(ARGV)
local found = call('HMGET', key(id), 'turn', 'site', 'body')
if found[1] ~= turn or call('SISMEMBER', root .. 'places:' .. found[2], id) == 0 then return {} end
call('ZADD', root .. 'watched', now + tonumber(lease), id)
become(id, 'active')
return {tostring(call('HINCRBY', key(id), 'run', 1)), call('HINCRBY', key(id), 'attempt', 1), found[3]}
`);

/**
 * id, run, what became of it, delay in milliseconds, reason, for how long it is remembered in seconds. Where somebody
 * else runs it by now nothing happens: that one decides.
 */
export const END: Script = script(`
local _, _, id, run, kind, delay, reason, seconds = unpack(ARGV)
local found = call('HMGET', key(id), 'run', 'state', 'site', 'order')
if found[1] ~= run or found[2] ~= 'active' then return admitted end
local site, order = found[3], found[4]
call('SREM', root .. 'places:' .. site, id)
call('ZREM', root .. 'watched', id)
if kind == 'done' then
  leave(id)
  call('SET', root .. 'seen:' .. id, '', 'EX', seconds)
  giveWay(id, order)
elseif kind == 'dead' then
  call('HSET', key(id), 'reason', reason, 'diedAt', now)
  become(id, 'dead')
  call('ZADD', root .. 'dead', now, id)
  call('ZADD', root .. 'dead:' .. site, now, id)
  giveWay(id, order)
elseif kind == 'retry' then
  call('HSET', key(id), 'reason', reason)
  become(id, 'retrying')
  call('ZADD', root .. 'retries', now + tonumber(delay), id)
else
  become(id, 'retrying')
  call('LPUSH', root .. 'lane:' .. site, id)
end
admit(site)
return admitted
`);

/**
 * id, turn, delay in milliseconds. Gives the place of one that was not begun to somebody else, until it is admitted once
 * more.
 */
export const PASS_ON: Script = script(`
local _, _, id, turn, delay = unpack(ARGV)
local found = call('HMGET', key(id), 'turn', 'site')
if found[1] ~= turn or call('SREM', root .. 'places:' .. found[2], id) == 0 then return admitted end
call('ZREM', root .. 'watched', id)
call('ZADD', root .. 'retries', now + tonumber(delay), id)
return admitted
`);

/**
 * id of this process or '', for how long it is taken for alive in milliseconds, until when those are looked for that
 * are admitted and forgotten, in milliseconds from now, how many of each. Answers with what is to be handed to BullMQ
 * (again), in how many milliseconds the next one is due, or -1, and how many processes are alive.
 */
export const SWEEP: Script = script(`
local _, _, worker, alive, overdue, limit = unpack(ARGV)
call('ZREMRANGEBYSCORE', root .. 'workers', '-inf', now)
if worker ~= '' then call('ZADD', root .. 'workers', now + tonumber(alive), worker) end
local until_ = now + tonumber(overdue)
for _, id in ipairs(call('ZRANGEBYSCORE', root .. 'watched', '-inf', until_, 'LIMIT', 0, limit)) do
  local found = call('HMGET', key(id), 'turn', 'site')
  if found[1] then
    call('ZADD', root .. 'watched', now + tonumber(alive), id)
    admitted[#admitted + 1] = id
    admitted[#admitted + 1] = found[1]
    admitted[#admitted + 1] = found[2]
  else
    call('ZREM', root .. 'watched', id)
  end
end
local due = call('ZRANGEBYSCORE', root .. 'retries', '-inf', now, 'LIMIT', 0, limit)
local sites = {}
-- The one that has waited longest comes first.
for index = #due, 1, -1 do
  local site = call('HGET', key(due[index]), 'site')
  call('ZREM', root .. 'retries', due[index])
  call('LPUSH', root .. 'lane:' .. site, due[index])
  sites[site] = true
end
for site in pairs(sites) do admit(site) end
local following = call('ZRANGE', root .. 'retries', 0, 0, 'WITHSCORES')
local dueIn = following[2] and math.max(0, tonumber(following[2]) - now) or -1
return {admitted, dueIn, call('ZCARD', root .. 'workers')}
`);

/** id of a process that handles no more. */
export const LEAVE: Script = script(`
call('ZREM', root .. 'workers', ARGV[3])
return admitted
`);

/** Answers with the four counts. */
export const COUNTS: Script = script(`
return call('HMGET', root .. 'counts', 'waiting', 'active', 'retrying', 'dead')
`);

/** clientKey or '', the id that the page comes after or '', how many. Answers with body, reason, attempts, diedAt. */
export const DEAD_LETTERS: Script = script(`
local _, _, site, after, limit = unpack(ARGV)
local list = site == '' and root .. 'dead' or root .. 'dead:' .. site
local start = 0
local position = after ~= '' and (call('ZSCORE', root .. 'dead', after) or call('GET', root .. 'gone:' .. after))
if position then
  start = call('ZCOUNT', list, '-inf', '(' .. position)
  -- Those of one moment are in the order of their ids.
  for _, id in ipairs(call('ZRANGEBYSCORE', list, position, position)) do
    if id <= after then start = start + 1 end
  end
end
local page = {}
for _, id in ipairs(call('ZRANGE', list, start, start + tonumber(limit) - 1)) do
  page[#page + 1] = call('HMGET', key(id), 'body', 'reason', 'attempt', 'diedAt')
end
return page
`);

const TAKE_DEAD = `
local _, _, id = unpack(ARGV)
local position = call('ZSCORE', root .. 'dead', id)
if not position then return {0, admitted} end
local found = call('HMGET', key(id), 'site', 'order')
local site, order = found[1], found[2]
call('ZREM', root .. 'dead', id)
call('ZREM', root .. 'dead:' .. site, id)
call('SET', root .. 'gone:' .. id, position, 'EX', 86400)
`;

/** id. */
export const RETRY_DEAD: Script = script(`${TAKE_DEAD}
call('HSET', key(id), 'attempt', 0)
call('HDEL', key(id), 'reason', 'diedAt')
become(id, 'waiting')
enqueue(id, site, order)
return {1, admitted}
`);

/** id. */
export const DROP_DEAD: Script = script(`${TAKE_DEAD}
leave(id)
return {1, admitted}
`);

export interface Script {
  readonly text: string;
  readonly sha: string;
}

function script(body: string): Script {
  const text = LIBRARY + body;
  return { text, sha: createHash('sha1').update(text).digest('hex') };
}

/** Runs a script, which the server may not know yet. */
export async function callScript(
  client: Redis | Cluster,
  { text, sha }: Script,
  root: string,
  args: readonly (string | number)[],
): Promise<unknown> {
  try {
    return await client.evalsha(sha, 1, root, ...args);
  } catch (error) {
    if (!(error as Error).message.startsWith('NOSCRIPT')) throw error;
    return await client.eval(text, 1, root, ...args);
  }
}
