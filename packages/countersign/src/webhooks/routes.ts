import type { Descriptor } from '../connect/descriptor.ts';
import { fields } from './events.ts';

/** Where Jira sends webhooks: the URLs of `modules.webhooks` of the descriptor. */
export interface WebhookRoutes {
  /** Undefined where the path is none of a webhook. */
  find(path: string): WebhookRoute | undefined;
  /** All events that the descriptor asks for. */
  readonly events: readonly string[];
}

/** One path, with the events that are sent there. */
export interface WebhookRoute {
  readonly events: readonly string[];
}

/** Jira fills in `{issue.key}` and `${issue.key}`. @see https://developer.atlassian.com/cloud/jira/platform/modules/webhook/ */
const VARIABLE = /\$?\{[^{}/]+\}/g;

/** @param pathOf The path of a URL below the app's own. */
export function webhookRoutes(
  descriptor: Descriptor | undefined,
  pathOf: (url: string) => string,
): WebhookRoutes {
  const exact = new Map<string, { events: string[] }>();
  const patterns: { path: string; expression: RegExp; route: { events: string[] } }[] = [];
  for (const { event, path } of declaredWebhooks(descriptor, pathOf)) {
    if (path.includes('{')) {
      const known = patterns.find((pattern) => pattern.path === path);
      if (known === undefined) {
        patterns.push({ path, expression: expressionOf(path), route: { events: [event] } });
      } else {
        known.route.events.push(event);
      }
    } else {
      const route = exact.get(path) ?? { events: [] };
      exact.set(path, route);
      route.events.push(event);
    }
  }
  const events = [...exact.values(), ...patterns.map(({ route }) => route)].flatMap(
    (route) => route.events,
  );
  return {
    events: [...new Set(events)],
    find: (path) =>
      exact.get(path) ?? patterns.find(({ expression }) => expression.test(path))?.route,
  };
}

function declaredWebhooks(
  descriptor: Descriptor | undefined,
  pathOf: (url: string) => string,
): { event: string; path: string }[] {
  const { webhooks } = fields(descriptor?.modules);
  const list: unknown[] = Array.isArray(webhooks) ? webhooks : [webhooks];
  return list.flatMap((entry) => {
    const { event, url } = fields(entry);
    if (typeof event !== 'string' || typeof url !== 'string') return [];
    const path = /^https?:/i.test(url) ? pathOf(url) : url.replace(/[?#].*$/s, '');
    return [{ event, path: path.startsWith('/') ? path : `/${path}` }];
  });
}

function expressionOf(path: string): RegExp {
  const parts = path.split(VARIABLE).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('[^/]*')}$`);
}
