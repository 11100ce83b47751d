/** Why something did not come along. */
export type AceSkipReason =
  | 'no-client-key'
  | 'no-secret'
  | 'client-info-unusable'
  | 'site-url-unusable'
  | 'other-app'
  | 'older-row'
  | 'changed-here'
  | 'setting-changed-here'
  | 'setting-unusable';

/** What each reason means to a person, and whether somebody should look at it. */
export const skipReasons: Readonly<
  Record<AceSkipReason, { readonly text: string; readonly matters: boolean }>
> = {
  'no-client-key': { text: 'The row names no clientKey, or no key.', matters: true },
  'no-secret': {
    text: 'Its clientInfo has no sharedSecret: nothing could be signed for it. Install the app there again.',
    matters: true,
  },
  'client-info-unusable': {
    text: 'Its clientInfo cannot be read: it is no JSON object with a key and a baseUrl, or it is encrypted.',
    matters: true,
  },
  'site-url-unusable': { text: 'Its baseUrl is no URL of a site.', matters: true },
  'other-app': { text: 'It belongs to another app than the one that was named.', matters: false },
  'older-row': {
    text: 'A newer row has the same clientKey and key; the newest wins.',
    matters: false,
  },
  'changed-here': {
    text: 'Jira has told this store something newer; it was left as it is.',
    matters: false,
  },
  'setting-changed-here': {
    text: 'This store has another value, which the app may have written; it was left as it is.',
    matters: true,
  },
  'setting-unusable': {
    text: 'A setting has a name of 1 to 255 characters, and JSON of at most 102,400 bytes.',
    matters: true,
  },
};

/** Something that did not come along. */
export interface AceSkip {
  /** Null where the row has none. */
  readonly clientKey: string | null;
  /** The name of the setting; left out where it is the installation. */
  readonly setting?: string;
  readonly reason: AceSkipReason;
}

/** What an import has done, or would do. */
export interface AceReport {
  readonly isDryRun: boolean;
  /** False where the signal ended it. What was written is whole; a second run goes on. */
  readonly isComplete: boolean;
  /** Undefined where no installation was found. */
  readonly appKey: string | undefined;
  readonly installations: AceCounts & {
    /** The import had brought it along, and atlassian-connect-express has got something newer since. */
    readonly replaced: number;
  };
  readonly settings: AceCounts;
  /** Tokens that the framework had cached for some minutes. They are not brought along. */
  readonly cachedTokens: number;
  readonly skipped: readonly AceSkip[];
}

/** How many there were. */
interface AceCounts {
  readonly imported: number;
  /** The same is here already. */
  readonly unchanged: number;
}
