import { ConfigError, refuseUnknownOptions } from '../errors.ts';
import type { InstallationRecord } from '../installations/installation.ts';
import type { ForgeAccess } from './credentials.ts';

/** Options of `app.forge.keepTokensFresh`. */
export interface KeepTokensFreshOptions {
  /** The key of the hourly scheduledTrigger in manifest.yml. Default: `forge-fresh-tokens`. */
  scheduledTrigger?: string;
}

/** What {@link keepTokensFresh} needs of the app. */
export interface KeepTokensFreshParts {
  readonly access: Pick<ForgeAccess, 'systemTokenEndsAt'>;
  /** Calls back after a call of Forge whose tokens are kept already, and gives the function that ends it. */
  on(event: string, handler: (record: InstallationRecord) => Promise<void>): () => void;
  scheduled(moduleKey: string, handler: (record: InstallationRecord) => Promise<void>): () => void;
  warn(details: object, message: string): void;
  readonly now: () => number;
}

/** What the manifest command writes. */
export const TOKEN_TRIGGER = 'forge-fresh-tokens';

const OPTIONS: ReadonlySet<string> = new Set(['scheduledTrigger']);

/** The events that bring the first token: an hour may pass before the schedule brings one. */
const FIRST_TOKEN_EVENTS = ['avi:forge:installed:app', 'avi:forge:upgraded:app'];

/**
 * Each delivered token is good for two hours and more, and the schedule brings one each hour: less than this left just
 * after a call says that the call brought none.
 */
const FRESH_MS = 70 * 60_000;

const HINT =
  "Set auth.appSystemToken.enabled: true at the trigger's endpoint in modules.endpoint[], not at remotes[], and request read:app-system-token and at least one scope of Jira.";

/**
 * There is no way to ask Forge for a token: it comes with the events of an installation and with an hourly
 * scheduledTrigger directly on an endpoint. This answers those calls, and says in the log where one of them brings no
 * token, so that the manifest can be mended before calls begin to fail.
 *
 * @returns a function that ends it.
 * @throws ConfigError CONFIG_OPTION_UNKNOWN, CONFIG_OPTION_INVALID.
 * @see https://developer.atlassian.com/platform/forge/remote/scheduled-triggers/
 */
export function keepTokensFresh(
  parts: KeepTokensFreshParts,
  options: KeepTokensFreshOptions = {},
): () => void {
  refuseUnknownOptions('app.forge.keepTokensFresh', options, OPTIONS);
  const { scheduledTrigger = TOKEN_TRIGGER } = options;
  if (typeof scheduledTrigger !== 'string' || !/^[\w-]{1,23}$/.test(scheduledTrigger)) {
    throw new ConfigError(
      'CONFIG_OPTION_INVALID',
      'scheduledTrigger must be the key of a module: at most 23 letters, digits, - and _.',
    );
  }
  const { access, now, warn } = parts;
  const check =
    (source: string) =>
    async (record: InstallationRecord): Promise<void> => {
      const endsAt = await access.systemTokenEndsAt(record);
      if (endsAt !== undefined && endsAt - now() >= FRESH_MS) return;
      warn(
        {
          clientKey: record.clientKey,
          siteUrl: record.siteUrl,
          ...(endsAt === undefined
            ? {}
            : { minutesLeft: Math.max(0, Math.floor((endsAt - now()) / 60_000)) }),
          hint: HINT,
        },
        `${source} brought no system token: calls to Jira outside of a request will fail.`,
      );
    };
  const ends = [
    ...FIRST_TOKEN_EVENTS.map((event) => parts.on(event, check(`The event ${event}`))),
    parts.scheduled(scheduledTrigger, check(`The scheduled trigger '${scheduledTrigger}'`)),
  ];
  return () => {
    for (const end of ends) end();
  };
}
