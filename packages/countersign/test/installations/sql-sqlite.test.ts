import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { sqlStore } from '../../src/installations/sql/index.ts';
import { nodeSqliteDialect } from './node-sqlite-dialect.ts';
import { temporaryFolder } from './temporary-folder.ts';
import { describeStore } from './variants.ts';

const folder = temporaryFolder();
let files = 0;
const newFile = () => join(folder, `${files++}.db`);

const open: DatabaseSync[] = [];
let file: string;
const connect = () => {
  const { dialect, database } = nodeSqliteDialect(file);
  open.push(database);
  return sqlStore(dialect);
};
describeStore('sqlStore(a dialect of SQLite)', {
  create() {
    file = newFile();
    return connect();
  },
  connect,
  async dispose(store) {
    await store.close?.();
    for (const database of open.splice(0)) database.close();
  },
});
