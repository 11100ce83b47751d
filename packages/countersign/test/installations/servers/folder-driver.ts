import type { Driver } from 'unstorage';
import fsDriver from 'unstorage/drivers/fs';

/** unstorage's driver for a folder, which is made when something is written. */
export function folderDriver(folder: string): Driver {
  return fsDriver({ base: folder });
}
