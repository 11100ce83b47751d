import type { InstallationStore } from 'countersign';
import { keyValueStore } from 'countersign/key-value';
import folder from 'unstorage/drivers/fs-lite';

/** Redis or Valkey. Without REDIS_URL a folder, to develop and test with. */
export function openStore(env: NodeJS.ProcessEnv): InstallationStore {
  const { REDIS_URL, NODE_ENV, DATA_FOLDER = 'data' } = env;
  if (REDIS_URL) return keyValueStore(REDIS_URL);
  if (NODE_ENV === 'production') throw new Error('Set REDIS_URL to the URL of Redis or Valkey.');
  return keyValueStore(folder({ base: `${DATA_FOLDER}/installations` }));
}
