import { TOKEN_TRIGGER } from '../forge/keep-fresh.ts';
import type { ReadDescriptor } from './descriptor-modules.ts';
import { type Keys, SHORT_KEY_LENGTH } from './keys.ts';
import type { Decision, ManifestModule, Plain, PlainObject } from './manifest.ts';

/** Paths that an app of Countersign answers itself: `app.fetch` and `app.handles` know them. */
const EVENTS_PATH = '/forge/events';
const SCHEDULED_PATH = '/forge/scheduled';
const UNINSTALLED_PATH = '/forge/uninstalled';

/** Any one that Forge has will do: no code of the app runs there. @see https://developer.atlassian.com/platform/forge/manifest-reference/#runtime */
const RUNTIME: PlainObject = { name: 'nodejs22.x' };

const REMOTE_KEY = 'backend';

/** Regions that a remote may have a URL of its own for. @see https://developer.atlassian.com/platform/forge/manifest-reference/remotes/ */
const REGIONS: ReadonlySet<string> = new Set('US EU AU DE SG CA IN KR JP GB CH'.split(' '));

/** The backend as a remote, with what its author has to make sure of. */
export interface Remote {
  readonly key: string;
  readonly entry: PlainObject;
  readonly decisions: Decision[];
}

/** The key is the same in both steps: a remote that is changed or added needs the approval of each administrator. */
export function describeRemote(descriptor: ReadDescriptor): Remote {
  const decisions: Decision[] = [
    {
      topic: 'remotes',
      text: 'operations and storage.inScopeEUD tell customers what leaves their site. Written is the cautious answer: end-user data is processed and stored by the backend. Correct it before the first deploy; a later change needs the approval of each administrator.',
    },
  ];
  const regions = regionUrls(descriptor, decisions);
  return {
    key: REMOTE_KEY,
    entry: {
      key: REMOTE_KEY,
      baseUrl: regions ?? descriptor.baseUrl,
      // invokeRemote needs compute; storage needs inScopeEUD.
      operations: ['storage', 'compute'],
      storage: { inScopeEUD: true },
    },
    decisions,
  };
}

function regionUrls(descriptor: ReadDescriptor, decisions: Decision[]): PlainObject | undefined {
  const { regionBaseUrls } = descriptor.json;
  if (typeof regionBaseUrls !== 'object' || regionBaseUrls === null) return undefined;
  const entries = Object.entries(regionBaseUrls).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string' && REGIONS.has(entry[0]),
  );
  if (entries.length === 0) return undefined;
  decisions.push({
    topic: 'remotes',
    text: 'The app has URLs for regions. Moving a site between regions is a module of its own in Forge, migration:dataResidency, whose calls carry a FIT and no JWT: write it by hand.',
  });
  return { default: descriptor.baseUrl, ...Object.fromEntries(entries) };
}

/** The endpoints that an app of Countersign answers, and what calls them. */
export interface Backend {
  readonly eventsKey: string;
  readonly modules: Record<string, ManifestModule[]>;
}

/**
 * What brings the app its tokens while no user is there: the events of install and upgrade for the first one, and a call
 * each hour, because a token that is delivered is good for two hours at least and there is no endpoint to ask for one. A
 * scheduled function that calls invokeRemote would not do.
 *
 * @see https://developer.atlassian.com/platform/forge/remote/scheduled-triggers/
 * @see https://developer.atlassian.com/platform/forge/remote/calling-product-apis/
 * @see https://developer.atlassian.com/platform/forge/manifest-reference/modules/pre-uninstall-trigger/
 */
export function describeBackend(keys: Keys, remote: string): Backend {
  const endpoint = (wanted: string, path: string): ManifestModule => ({
    key: keys.take(wanted, SHORT_KEY_LENGTH),
    remote,
    route: { path },
    // Never the user token: nobody is there, and forge lint refuses it under a trigger.
    auth: auth('appSystemToken'),
  });
  const events = endpoint('forge-events', EVENTS_PATH);
  const scheduled = endpoint('forge-scheduled', SCHEDULED_PATH);
  const uninstalled = endpoint('forge-uninstalled', UNINSTALLED_PATH);
  return {
    eventsKey: events.key,
    modules: {
      trigger: [
        {
          key: keys.take('forge-lifecycle'),
          endpoint: events.key,
          events: ['avi:forge:installed:app', 'avi:forge:upgraded:app'],
        },
      ],
      scheduledTrigger: [
        { key: keys.take(TOKEN_TRIGGER), endpoint: scheduled.key, interval: 'hour' },
      ],
      preUninstall: [{ key: keys.take('forge-pre-uninstall'), endpoint: uninstalled.key }],
      endpoint: [events, scheduled, uninstalled],
    },
  };
}

/** The tokens that Forge sends along. It stands at the endpoint: the one of a remote is for functions alone. */
export function auth(...tokens: ('appSystemToken' | 'appUserToken')[]): Plain {
  return Object.fromEntries(tokens.map((token) => [token, { enabled: true }]));
}

/** What both steps have in common under `app`. */
export function describeApp(
  descriptor: ReadDescriptor,
  connect: PlainObject | undefined,
): PlainObject & { id: string } {
  const { json } = descriptor;
  const hasEditions = json.editionsEnabled === true;
  return {
    id: descriptor.appId,
    description: descriptor.description?.slice(0, 1000),
    runtime: RUNTIME,
    connect,
    licensing:
      json.enableLicensing === undefined && !hasEditions
        ? undefined
        : {
            enabled: json.enableLicensing === true || hasEditions,
            ...(hasEditions ? { editionsEnabled: true } : {}),
          },
  };
}

/** What is to be said of every app. */
export function commonDecisions(descriptor: ReadDescriptor): Decision[] {
  const decisions: Decision[] = [];
  if (descriptor.appId.includes('invalid')) {
    decisions.push({
      topic: 'app.id',
      text: 'It is a placeholder. Run forge register in the folder of the manifest, which writes the real one.',
    });
  }
  if (descriptor.baseUrl.startsWith('http:')) {
    decisions.push({
      topic: 'remotes',
      text: 'baseUrl is on this machine: good for a sandbox. Forge itself calls https alone.',
    });
  }
  return decisions;
}
