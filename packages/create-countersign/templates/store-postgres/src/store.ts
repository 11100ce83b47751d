import { mkdirSync } from 'node:fs';
import type { InstallationStore } from 'countersign';
import { sqlStore } from 'countersign/sql';

/** PostgreSQL. Without DATABASE_URL the same tables in a SQLite file, to develop and test with. */
export function openStore(env: NodeJS.ProcessEnv): InstallationStore {
  const { DATABASE_URL, NODE_ENV, DATA_FOLDER = 'data' } = env;
  if (DATABASE_URL) return sqlStore(DATABASE_URL);
  if (NODE_ENV === 'production') throw new Error('Set DATABASE_URL to the URL of PostgreSQL.');
  mkdirSync(DATA_FOLDER, { recursive: true });
  return sqlStore(`sqlite:${DATA_FOLDER}/app.db`);
}
