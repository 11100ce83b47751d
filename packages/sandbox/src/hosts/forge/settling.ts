import type { ForgeAppRecord } from '../../site/forge-apps.ts';
import type { Site } from '../../site/site.ts';

/** How the gateway answers an app that was installed a moment ago. */
export interface Settling {
  /** Default 401. */
  status?: 401 | 403;
  /** How many requests are refused. */
  requests: number;
}

const settling = new WeakMap<Site, Map<string, Required<Settling>>>();

/** The next requests of the app are refused, as those right after an install may be. */
export function startSettling(site: Site, app: ForgeAppRecord, rule: Settling): void {
  const rules = settling.get(site) ?? new Map<string, Required<Settling>>();
  settling.set(site, rules);
  rules.set(app.id, { status: 401, ...rule });
}

/** The status of a refusal, if one is due, which then counts as used. */
export function takeRefusal(site: Site, app: ForgeAppRecord): 401 | 403 | undefined {
  const rule = settling.get(site)?.get(app.id);
  if (!rule || rule.requests <= 0) return undefined;
  rule.requests -= 1;
  return rule.status;
}
