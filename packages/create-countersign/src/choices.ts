/** What may be chosen, with what is said of it. The first of each is the default. */

export const frameworks = {
  express: 'Express 5',
  fastify: 'Fastify 5',
  hono: 'Hono 4',
  koa: 'Koa 3',
  node: 'node:http, and no framework',
} as const;

export const stores = {
  sqlite: 'SQLite: one file, for one machine',
  postgres: 'PostgreSQL: for several, SQLite to develop with',
  redis: 'Redis or Valkey: for several, a folder to develop with',
} as const;

export const hosts = {
  forge: 'Forge: a remote, as every new app has to be',
  connect: 'Connect: for an app that has installations already',
} as const;

type Framework = keyof typeof frameworks;
type Store = keyof typeof stores;
type Host = keyof typeof hosts;

/** What an app is made of. */
export interface Choices {
  /** Where it is written; absent or empty. */
  readonly folder: string;
  readonly framework: Framework;
  readonly store: Store;
  readonly host: Host;
}

export const defaults: Choices = {
  folder: 'my-jira-app',
  framework: 'express',
  store: 'sqlite',
  host: 'forge',
};
