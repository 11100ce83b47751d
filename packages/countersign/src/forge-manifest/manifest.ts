/** What YAML and JSON both can say. */
export type Plain = string | number | boolean | null | readonly Plain[] | PlainObject;
export interface PlainObject {
  readonly [name: string]: Plain | undefined;
}

/** One module of a manifest. Its key is unique in the whole manifest. */
export interface ManifestModule extends PlainObject {
  readonly key: string;
}

/**
 * A Forge manifest, manifest.yml, as far as it is written here.
 *
 * @see https://developer.atlassian.com/platform/forge/manifest-reference/
 */
interface Manifest {
  app: PlainObject & { readonly id: string };
  connectModules?: Record<string, ManifestModule[]>;
  modules?: Record<string, ManifestModule[]>;
  remotes: PlainObject[];
  resources?: PlainObject[];
  permissions: { scopes: Plain };
}

/**
 * What became of a module of the descriptor:
 * `carried`: written, and it does what it did; `check`: written, but the author has to finish or to look at it;
 * `by-hand`: Forge has something for it, which has to be written by hand; `none`: Forge has nothing known for it.
 */
export type ModuleResult = 'carried' | 'check' | 'by-hand' | 'none';

/** One line of the report: each module of the descriptor has exactly one. */
export interface ModuleOutcome {
  /** Its type in the descriptor, such as `webPanels`. */
  readonly connect: string;
  readonly key: string;
  readonly result: ModuleResult;
  /** The type of module in the manifest, or the one to write by hand. */
  readonly forge?: string;
  /** What is different, and what to do. */
  readonly text?: string;
}

/** Something that only the author can decide or do, apart from single modules. */
export interface Decision {
  /** Where in the manifest, such as `remotes`. */
  readonly topic: string;
  readonly text: string;
}

/** A manifest with what there is to know of it. */
export interface WrittenManifest {
  readonly manifest: Manifest;
  /** In the order of the descriptor. */
  readonly modules: readonly ModuleOutcome[];
  readonly decisions: readonly Decision[];
}

/** What a manifest is made from. */
export interface ManifestInput {
  /** The JSON of atlassian-connect.json. */
  readonly descriptor: unknown;
  /** The ARI of the app, or its bare UUID. Left out: a placeholder, which `forge register` replaces. */
  readonly appId?: string | undefined;
  /** Where the backend is reached. Default: the baseUrl of the descriptor. */
  readonly remoteUrl?: string | undefined;
}
