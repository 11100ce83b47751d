import { DatabaseSync } from 'node:sqlite';
import { sqlStore } from 'countersign/sql';
import { test } from 'vitest';
import { temporaryFolder } from '../processes.ts';
import { expectSecretsToBeSealed } from './secret-search.ts';
import { surviveFaults } from './survive.ts';

test('no acknowledged install is lost or doubled while a process on SQLite is killed', async () => {
  const file = `${temporaryFolder()}/app.db`;
  await surviveFaults({
    store: `sqlite:${file}`,
    openStore: () => sqlStore(`sqlite:${file}`),
    async rows() {
      const database = new DatabaseSync(file);
      try {
        const rows = database.prepare('SELECT client_key FROM countersign_installation').all();
        return rows.map(({ client_key }) => String(client_key));
      } finally {
        database.close();
      }
    },
    processes: 1,
  });
}, 90_000);

test('no secret stands in clear in SQLite, an export or a log', async () => {
  await expectSecretsToBeSealed(async () => {
    const folder = temporaryFolder();
    const file = `${folder}/app.db`;
    return {
      store: `sqlite:${file}`,
      folder,
      async dump() {
        const database = new DatabaseSync(file, { readOnly: true });
        try {
          const tables = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'");
          return tables
            .all()
            .flatMap(({ name }) => database.prepare(`SELECT * FROM ${name}`).all())
            .flatMap((row) => Object.values(row))
            .join('\n');
        } finally {
          database.close();
        }
      },
    };
  });
}, 60_000);
