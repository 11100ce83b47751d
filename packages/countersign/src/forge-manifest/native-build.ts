import { auth, describeBackend } from './backend.ts';
import { type ConnectModule, objectOf, type ReadDescriptor, textOf } from './descriptor-modules.ts';
import { type Keys, SHORT_KEY_LENGTH } from './keys.ts';
import type { ManifestModule, ModuleResult, Plain } from './manifest.ts';

/** What a conversion says of its module. */
export interface Converted {
  readonly result: ModuleResult;
  readonly forge?: string;
  readonly text?: string;
}

/** One module that is being converted. */
export interface Source {
  readonly type: string;
  readonly entry: ConnectModule;
  /** Its key in the manifest. */
  readonly key: string;
}

/** What conversions write into. */
export interface NativeBuild {
  readonly descriptor: ReadDescriptor;
  /** An app that has no installations of Connect: nothing is migrated. */
  readonly isNew: boolean;
  add(forge: string, module: ManifestModule): void;
  /** What has been added of this type. */
  written(forge: string): readonly ManifestModule[];
  /** A module whose content is the front end of the app, by title. */
  front(source: Source): ManifestModule;
  /** Of pages of this type a manifest may have one: several become its sub-pages. */
  addPage(forge: string, page: ManifestModule & { readonly title: string }): void;
  /** An endpoint of its own for a path that Connect called. @returns its key. */
  addEndpoint(wanted: string, url: string): string;
  /** Subscribes to an event at the path that `app.forge.on` listens at. @returns false where it is subscribed to already. */
  subscribe(key: string, event: string, scopes: readonly string[]): boolean;
  /** A free key for a further module that comes from the same one. */
  key(wanted: string): string;
  /** What modules demand. */
  readonly scopes: Set<string>;
  /** Where the icon of a Connect module is, as an absolute URL; undefined where it has none. */
  iconOf(entry: ConnectModule): string | undefined;
  /** All modules, endpoints last. */
  finish(): Record<string, ManifestModule[]>;
  readonly usesFrontEnd: boolean;
}

/** Custom UI: a folder with index.html. @see https://developer.atlassian.com/platform/forge/manifest-reference/resources/ */
export const FRONT_END = { key: 'main', path: 'static' } as const;

export function createNativeBuild(
  descriptor: ReadDescriptor,
  { keys, remote, isNew }: { keys: Keys; remote: string; isNew: boolean },
): NativeBuild {
  const modules: Record<string, ManifestModule[]> = {};
  const pages = new Map<string, (ManifestModule & { readonly title: string })[]>();
  const endpoints: ManifestModule[] = [];
  const triggers: { key: string; event: string }[] = [];
  const scopes = new Set<string>();
  let uiEndpoint: string | undefined;
  const add = (forge: string, module: ManifestModule): void => {
    modules[forge] = [...(modules[forge] ?? []), module];
  };
  const addEndpoint = (wanted: string, more: Record<string, Plain>): string => {
    const key = keys.take(wanted, SHORT_KEY_LENGTH);
    endpoints.push({ key, remote, ...more });
    return key;
  };
  return {
    descriptor,
    isNew,
    scopes,
    add,
    written: (forge) => modules[forge] ?? [],
    key: (wanted) => keys.take(wanted),
    front({ entry, key }) {
      uiEndpoint ??= addEndpoint('forge-ui', { auth: auth('appSystemToken', 'appUserToken') });
      return {
        key,
        resource: FRONT_END.key,
        resolver: { endpoint: uiEndpoint },
        title: (textOf(entry.name) ?? key).slice(0, 255),
      };
    },
    addPage(forge, page) {
      pages.set(forge, [...(pages.get(forge) ?? []), page]);
    },
    addEndpoint: (wanted, url) =>
      addEndpoint(wanted, { route: { path: pathOf(url) }, auth: auth('appSystemToken') }),
    subscribe(key, event, needed) {
      if (triggers.some((trigger) => trigger.event === event)) return false;
      triggers.push({ key, event });
      for (const scope of needed) scopes.add(scope);
      return true;
    },
    iconOf(entry) {
      const url = objectOf(entry.icon)?.url ?? entry.iconUrl;
      if (typeof url !== 'string' || url === '') return undefined;
      const absolute = /^https?:\/\//i.test(url)
        ? url
        : `${descriptor.baseUrl}/${url.replace(/^\/+/, '')}`;
      return absolute.length > 255 ? undefined : absolute;
    },
    get usesFrontEnd() {
      return uiEndpoint !== undefined;
    },
    finish() {
      for (const [forge, all] of pages) add(forge, joined(all, descriptor.name));
      const backend = describeBackend(keys, remote);
      const { endpoint = [], trigger = [], ...rest } = backend.modules;
      return {
        ...modules,
        trigger: [
          ...trigger,
          ...triggers.map(({ key, event }) => ({
            key,
            endpoint: backend.eventsKey,
            events: [event],
          })),
        ],
        ...rest,
        endpoint: [...endpoints, ...endpoint],
      };
    },
  };
}

/** @see https://developer.atlassian.com/platform/forge/manifest-reference/modules/jira-global-page/ */
function joined(
  pages: readonly (ManifestModule & { readonly title: string })[],
  appName: string | undefined,
): ManifestModule {
  const [first, ...others] = pages as [ManifestModule & { title: string }];
  if (others.length === 0) return first;
  return {
    ...first,
    title: (appName ?? first.title).slice(0, 255),
    pages: pages.map(({ key, title }) => ({ title, route: key })),
  };
}

/** The path of a URL of a module, without the query that Connect filled in. */
function pathOf(url: string): string {
  const path = url.replace(/^https?:\/\/[^/]+/i, '').replace(/[?#].*$/s, '');
  return path.startsWith('/') ? path : `/${path}`;
}
