import { mkdirSync } from 'node:fs';
import { type InstallationStore, sqliteStore } from 'countersign';

/** One file, for an app that runs on one machine. */
export function openStore({ DATA_FOLDER = 'data' }: NodeJS.ProcessEnv): InstallationStore {
  mkdirSync(DATA_FOLDER, { recursive: true });
  return sqliteStore(`${DATA_FOLDER}/app.db`);
}
