import type { Descriptor } from './descriptor.ts';

/** A module of a descriptor that is a page. */
export interface PageModule {
  /** As in webPanels. */
  type: string;
  key: string;
  name: string;
  url: string;
  location?: string;
  /** Who may see it; as in the descriptor. */
  conditions: readonly unknown[];
}

export function modulesOf(descriptor: Descriptor): PageModule[] {
  const found: PageModule[] = [];
  for (const [type, declared] of Object.entries(descriptor.modules)) {
    const list: unknown[] = Array.isArray(declared) ? declared : [declared];
    for (const entry of list) {
      const { key, name, location, conditions, ...rest } = (entry ?? {}) as Record<string, unknown>;
      const url = rest.url ?? urlOfTarget(rest.target);
      if (typeof key !== 'string' || typeof url !== 'string') continue;
      found.push({
        type,
        key,
        url,
        name: readName(name) ?? key,
        conditions: Array.isArray(conditions) ? conditions : [],
        ...(typeof location === 'string' ? { location } : {}),
      });
    }
  }
  return found;
}

/** Glances and issue contents have their page below `target`. */
function urlOfTarget(target: unknown): unknown {
  const { type, url } = (target ?? {}) as Record<string, unknown>;
  return type === 'web_panel' ? url : undefined;
}

/** A name is `{"value": "..."}`. */
function readName(name: unknown): string | undefined {
  if (typeof name !== 'object' || name === null) return undefined;
  const { value } = name as Record<string, unknown>;
  return typeof value === 'string' ? value : undefined;
}

/** Where on the page of an issue a module is shown. Undefined where it is none of an issue. */
export function placeOnIssue({ type, location }: PageModule): 'main' | 'side' | undefined {
  if (type === 'jiraIssueContents') return 'main';
  if (type === 'jiraIssueGlances' || type === 'jiraIssueContexts') return 'side';
  if (type !== 'webPanels' || !location?.startsWith('atl.jira.view.issue')) return undefined;
  return location.includes('.right.') ? 'side' : 'main';
}

const pageTypes: readonly string[] = [
  'generalPages',
  'adminPages',
  'configurePage',
  'postInstallPage',
  'profilePages',
  'jiraProjectPages',
  'jiraProjectAdminTabPanels',
];

/** Whether the module has a page of the site to itself. */
export function hasOwnPage({ type }: PageModule): boolean {
  return pageTypes.includes(type);
}

/** Whether the module is of a project, and its page needs one. */
export function isOfProject({ type }: PageModule): boolean {
  return type.startsWith('jiraProject');
}

/** Whether the module is for people with Administer Jira alone. */
export function isForAdmins({ type }: PageModule): boolean {
  return type === 'adminPages' || type === 'configurePage' || type === 'postInstallPage';
}

/** Who looks, as far as conditions ask. */
export interface Looker {
  isLoggedIn: boolean;
  isAdmin: boolean;
}

/** https://developer.atlassian.com/cloud/jira/platform/conditions/ One that the site does not know holds. */
export function conditionsHold(conditions: readonly unknown[], looker: Looker): boolean {
  return conditions.every((condition) => holds(condition, looker));
}

function holds(condition: unknown, looker: Looker): boolean {
  const { and, or, condition: name, invert } = (condition ?? {}) as Record<string, unknown>;
  if (Array.isArray(and)) return conditionsHold(and, looker);
  if (Array.isArray(or)) return or.some((each) => holds(each, looker));
  if (name === 'user_is_logged_in') return looker.isLoggedIn !== (invert === true);
  if (name === 'user_is_admin' || name === 'user_is_sysadmin') {
    return looker.isAdmin !== (invert === true);
  }
  return true;
}
