/** What the app is told by its environment. */
export interface Settings {
  readonly port: number;
  /** `0.0.0.0` in a container, where nobody outside reaches 127.0.0.1. */
  readonly host: string;
  /** Where Jira reaches the app. */
  readonly appUrl: string;
  /** Of PostgreSQL; without one, everything is in the file, and webhooks have no queue. */
  readonly databaseUrl: string | undefined;
  readonly file: string;
  readonly encryptionKeys: string | undefined;
  /** A stand-in for a Jira site on this machine. */
  readonly sandboxUrl: string | undefined;
}

/** @throws Error where something is missing that has no safe default in production. */
export function readEnvironment(env: NodeJS.ProcessEnv): Settings {
  const port = Number(env.PORT || 3000);
  const demanded = (value: string | undefined, what: string): void => {
    if (env.NODE_ENV === 'production' && !value) throw new Error(what);
  };
  demanded(env.APP_URL, 'Set APP_URL to the https URL that Jira reaches the app at.');
  demanded(
    env.DATABASE_URL || env.DATABASE,
    'Set DATABASE_URL to the URL of a PostgreSQL, or DATABASE to a file on a disk that stays.',
  );
  demanded(
    env.COUNTERSIGN_ENCRYPTION_KEYS,
    'Set COUNTERSIGN_ENCRYPTION_KEYS to what `npx countersign key create` prints.',
  );
  return {
    port,
    host: env.HOST || '127.0.0.1',
    appUrl: env.APP_URL || `http://127.0.0.1:${port}`,
    databaseUrl: env.DATABASE_URL || undefined,
    file: env.DATABASE || 'change-log.db',
    encryptionKeys: env.COUNTERSIGN_ENCRYPTION_KEYS || undefined,
    sandboxUrl: env.SANDBOX_URL || undefined,
  };
}
