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
   * The same as {@link InstallationStore.get} for a store that need not wait: in memory, or in a file of this machine;
   * undefined where it would have to wait for once.
   * With it, requests that repeat a token are let in without waiting. A store without it gets a cache in front.
   */
  getNow?(clientKey: string): InstallationRecord | undefined;

  /**
   * Writes a record, if the stored one still has the revision before it: `record.revision` is 1 for a new record, or
   * one more than that of the record that was read. It must be durable when the promise resolves.
   *
   * @returns false when somebody else wrote first; nothing is written then.
   */
  put(record: InstallationRecord): Promise<boolean>;

  /** Forgets a record wholly, but none of its settings. No error if there is none. */
  delete(clientKey: string): Promise<void>;

  /** Records one page at a time, in an order that the store keeps to, while others come and go. */
  list(options?: ListOptions): Promise<InstallationRecord[]>;

  /** How many records there are, for a progress bar: it need not be exact. */
  count?(): Promise<number>;

  /** All records of a site URL: after a site was imported, one URL can have several clientKeys. */
  findBySiteUrl(siteUrl: string): Promise<InstallationRecord[]>;

  /**
   * Remembers an id until a time (milliseconds since 1970), so that a lifecycle token is good once. Of any number of
   * callers at once, in any number of processes, exactly one gets true.
   */
  claimOnce(id: string, expiresAt: number): Promise<boolean>;

  /**
   * True where {@link InstallationStore.claimOnce} was called with this id, and its time is not over. With it, webhooks
   * that are handled without a queue are known again on every node; without it, in this process alone.
   */
  isClaimed?(id: string): Promise<boolean>;

  /** What an app keeps for each installation. Left out by a store that keeps none. */
  readonly settings?: SettingsStore;

  /**
   * Calls the listener with a clientKey soon after that record was changed or deleted by anybody, and with undefined
   * when it may have missed something: after each connection that was lost, and once when it first listens. It
   * connects in the background, and again by itself. Left out by a store that cannot tell.
   *
   * @returns a function that ends it.
   */
  watch?(listener: (clientKey: string | undefined) => void): () => void;

  /**
   * Connects, and brings the tables up to date. Every other method does so by itself when it is first called; this is
   * for whoever wants to know at start.
   */
  open?(): Promise<void>;

  /** Lets go of files and connections that the store opened itself. */
  close?(): Promise<void>;

  /** True where all is gone when the process ends. */
  readonly isVolatile?: boolean;
}

/** Where in the order of all settings a page begins. */
export interface SettingPosition {
  readonly clientKey: string;
  readonly name: string;
}

/** A setting as it is stored. */
export interface StoredSetting extends SettingPosition {
  /** JSON, or what was made of it by encryption. */
  readonly value: string;
}

/** One page of {@link SettingsStore.list}. */
export interface ListSettingsOptions {
  /** Only those of one installation. Default: all. */
  clientKey?: string;
  /** Only those that come after this one. Default: from the start. */
  after?: SettingPosition;
  /** How many at most. Default: 100. */
  limit?: number;
}

/**
 * Texts by clientKey and name. It knows nothing of installations: a setting may be kept for a clientKey that has no
 * record. Names and keys are compared whole and case by case.
 */
export interface SettingsStore {
  get(clientKey: string, name: string): Promise<string | undefined>;
  /**
   * Writes a text; the last writer wins.
   *
   * @param ifValue Write only if the stored text still is this one.
   * @returns false when it is not; nothing is written then.
   */
  put(clientKey: string, name: string, value: string, ifValue?: string): Promise<boolean>;
  /** No error if there is none. */
  delete(clientKey: string, name: string): Promise<void>;
  deleteAll(clientKey: string): Promise<void>;
  /** One page at a time, all of one clientKey together, in an order that the store keeps to. */
  list(options?: ListSettingsOptions): Promise<StoredSetting[]>;
}
