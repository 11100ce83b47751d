import type { InstallationRecord } from './installation.ts';

/** One page of {@link InstallationStore.list}. */
export interface ListOptions {
  /** Only records whose clientKey comes after this one. Default: from the start. */
  after?: string;
  /** How many at most. Default: 100. */
  limit?: number;
}

/**
 * Where installations are kept. Write your own for any database, and run `storeConformance` of `countersign/testing`
 * on it.
 *
 * Every method may reject; what it rejects with ends the request with 503, and nobody is let in. A store decides
 * nothing: whether an older event may change a record is decided before {@link InstallationStore.put} is called.
 */
export interface InstallationStore {
  /** The record of a clientKey, or undefined. It never finds a record by a part of the key or in another case. */
  get(clientKey: string): Promise<InstallationRecord | undefined>;

  /**
   * The same as {@link InstallationStore.get} for a store that need not wait: in memory, or in a file of this machine.
   * With it, requests that repeat a token are let in without waiting.
   */
  getNow?(clientKey: string): InstallationRecord | undefined;

  /**
   * Writes a record, if the stored one still has the revision before it: `record.revision` is 1 for a new record, or
   * one more than that of the record that was read. It must be durable when the promise resolves.
   *
   * @returns false when somebody else wrote first; nothing is written then.
   */
  put(record: InstallationRecord): Promise<boolean>;

  /** Forgets a record wholly. No error if there is none. */
  delete(clientKey: string): Promise<void>;

  /** Records by clientKey, in an order that the store keeps to, one page at a time. */
  list(options?: ListOptions): Promise<InstallationRecord[]>;

  /** All records of a site URL: after a site was imported, one URL can have several clientKeys. */
  findBySiteUrl(siteUrl: string): Promise<InstallationRecord[]>;

  /**
   * Remembers an id until a time (milliseconds since 1970), so that a lifecycle token is good once. Of any number of
   * callers at once, in any number of processes, exactly one gets true.
   */
  claimOnce(id: string, expiresAt: number): Promise<boolean>;

  /** Lets go of files and connections that the store opened itself. */
  close?(): Promise<void>;
}
