import { Redis } from 'ioredis';
import pg from 'pg';

/** What a handler did for one delivery: it takes effect once for each key, however often the handler ran. */
export interface Effect {
  readonly key: string;
  readonly clientKey: string;
  readonly issue: string;
  /** The place in the order in which the site sent what is about this issue. */
  readonly sequence: number;
  readonly event: string;
  readonly identifier: string;
  /** When the handler that took effect began, in milliseconds since 1970. */
  readonly begunAt: number;
}

/** Where the handlers of all nodes act. */
export interface Effects {
  prepare(): Promise<void>;
  /** Once for each key. */
  add(effect: Effect): Promise<void>;
  count(): Promise<number>;
  /** In the order in which they took effect, and how often the handler ran. */
  all(): Promise<(Effect & { readonly runs: number })[]>;
  close(): Promise<void>;
}

export function openEffects(engine: 'postgres' | 'redis', url: string): Effects {
  return engine === 'postgres' ? postgresEffects(url) : redisEffects(url);
}

function postgresEffects(url: string): Effects {
  const pool = new pg.Pool({ connectionString: url, max: 10, connectionTimeoutMillis: 5000 });
  // A connection that is lost while it is idle: the next query takes a new one.
  pool.on('error', () => undefined);
  return {
    async prepare() {
      await pool.query(
        'CREATE TABLE effect (place bigserial, key text PRIMARY KEY, runs int NOT NULL, effect jsonb NOT NULL)',
      );
    },
    async add(effect) {
      await pool.query(
        `INSERT INTO effect (key, runs, effect) VALUES ($1, 1, $2)
         ON CONFLICT (key) DO UPDATE SET runs = effect.runs + 1`,
        [effect.key, JSON.stringify(effect)],
      );
    },
    async count() {
      const { rows } = await pool.query('SELECT count(*)::int AS count FROM effect');
      return rows[0].count;
    },
    async all() {
      const { rows } = await pool.query('SELECT effect, runs FROM effect ORDER BY place');
      return rows.map(({ effect, runs }) => ({ ...effect, runs }));
    },
    close: () => pool.end(),
  };
}

/** All of it, or nothing: a script is not interrupted. */
const ADD = `
if redis.call('HINCRBY', KEYS[1], ARGV[1], 1) == 1 then redis.call('RPUSH', KEYS[2], ARGV[2]) end
return 1`;

function redisEffects(url: string): Effects {
  const redis = new Redis(url, { maxRetriesPerRequest: 1, commandTimeout: 5000 });
  redis.on('error', () => undefined);
  return {
    async prepare() {
      await redis.ping();
    },
    async add(effect) {
      await redis.eval(ADD, 2, 'runs', 'effects', effect.key, JSON.stringify(effect));
    },
    count: () => redis.llen('effects'),
    async all() {
      const [list, runs] = await Promise.all([
        redis.lrange('effects', 0, -1),
        redis.hgetall('runs'),
      ]);
      return list.map((text) => {
        const effect: Effect = JSON.parse(text);
        return { ...effect, runs: Number(runs[effect.key]) };
      });
    },
    close: async () => redis.disconnect(),
  };
}
