import type { Fault } from '../site/faults.ts';
import type { RefusalNotes, Verdict } from '../site/request-log.ts';
import type { Site } from '../site/site.ts';

/** Who a REST call was proved to come from. */
export type Caller =
  | { as: 'app'; accountId: string; appKey: string; scopes: readonly string[]; host?: 'forge' }
  /** `throughApp`: by a token that an app has of this user. */
  | { as: 'user'; accountId: string; throughApp?: { appKey: string; scopes: readonly string[] } }
  | { as: 'anonymous'; accountId?: undefined };

/** The types of a REST route's context. */
export interface RestEnv {
  Bindings: { incoming: import('node:http').IncomingMessage; fault?: Fault };
  Variables: { site: Site; caller: Caller; verdict: Verdict; notes: RefusalNotes; version: 2 | 3 };
}
