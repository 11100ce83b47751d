export type { SqlFamily } from './family.ts';
export { type SqlStoreOptions, sqlStore } from './sql-store.ts';
