import type { Descriptor } from './descriptor.ts';

/** A module of a descriptor that is a page. */
export interface PageModule {
  /** As in webPanels. */
  type: string;
  key: string;
  name: string;
  url: string;
  location?: string;
}

export function modulesOf(descriptor: Descriptor): PageModule[] {
  const found: PageModule[] = [];
  for (const [type, declared] of Object.entries(descriptor.modules)) {
    const list: unknown[] = Array.isArray(declared) ? declared : [declared];
    for (const entry of list) {
      const { key, url, name, location } = (entry ?? {}) as Record<string, unknown>;
      if (typeof key !== 'string' || typeof url !== 'string') continue;
      found.push({
        type,
        key,
        url,
        name: readName(name) ?? key,
        ...(typeof location === 'string' ? { location } : {}),
      });
    }
  }
  return found;
}

/** A name is `{"value": "..."}`. */
function readName(name: unknown): string | undefined {
  if (typeof name !== 'object' || name === null) return undefined;
  const { value } = name as Record<string, unknown>;
  return typeof value === 'string' ? value : undefined;
}

/** The panels that an issue page shows. */
export function issuePanels(descriptor: Descriptor): PageModule[] {
  return modulesOf(descriptor).filter(
    ({ type, location }) =>
      type === 'webPanels' && location?.startsWith('atl.jira.view.issue') === true,
  );
}
