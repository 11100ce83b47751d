/** Hands out keys that are unique in the whole manifest: `forge lint` refuses a second one across all types of modules. */
export interface Keys {
  /** The wanted key, or the nearest free one. At most this many characters. */
  take(wanted: string, maxLength?: number): string;
}

/** Remotes, resources and endpoints. @see https://developer.atlassian.com/platform/forge/manifest-reference/remotes/ */
export const SHORT_KEY_LENGTH = 23;
const LONG_KEY_LENGTH = 255;

export function createKeys(): Keys {
  const taken = new Set<string>();
  return {
    take(wanted, maxLength = LONG_KEY_LENGTH) {
      const clean = wanted.replace(/[^a-zA-Z0-9_-]+/g, '-') || 'module';
      let key = clean.slice(0, maxLength);
      for (let number = 2; taken.has(key); number++) {
        const suffix = `-${number}`;
        key = clean.slice(0, maxLength - suffix.length) + suffix;
      }
      taken.add(key);
      return key;
    },
  };
}

/** What is said of a module whose key was not free. */
export function renamed(key: string): string {
  return `Its key is taken by another module of the manifest; it became ${key}.`;
}
