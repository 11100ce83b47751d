import type { Entry, Head } from './entry.ts';

/** When a change is made. */
type Condition =
  | { readonly kind: 'always' }
  /** The stored number is this one; that of nothing is 0. */
  | { readonly kind: 'number'; readonly is: number }
  /** The stored number is not above this one. */
  | { readonly kind: 'reached'; readonly is: number }
  /** The stored body is this one; that of nothing is ''. */
  | { readonly kind: 'body'; readonly is: string };

export interface Change {
  /** Undefined removes what is there. */
  readonly entry: Entry | undefined;
  readonly when: Condition;
  /** The clientKey that whoever watches is told. */
  readonly announce?: string;
  /** How long it is of use, in milliseconds. An engine may keep it for longer. Left out: for ever. */
  readonly lifetimeMs?: number;
}

export interface Outcome {
  readonly isWritten: boolean;
  /** Of what was there before, where that was read. */
  readonly before: Head | undefined;
}

/** What the store asks of an engine. Keys are whole, with the prefix. */
export interface Engine {
  read(key: string): Promise<string | undefined>;
  write(key: string, change: Change): Promise<Outcome>;
  /** What comes after `base:` in each key that begins so, in any order, each once. */
  names(base: string): Promise<string[]>;
}
