import { randomUUID } from 'node:crypto';
import type { ForgeAppRecord } from '../../site/forge-apps.ts';
import { issueTypes } from '../../site/projects.ts';
import { adminAccountId } from '../../site/seed.ts';
import type { Site } from '../../site/site.ts';
import type { AccessTokenOptions } from './access-tokens.ts';
import { type DeliveryOutcome, deliver, requireEndpoint } from './delivery.ts';
import type { InvocationSubject, InvocationTokenChanges } from './invocation-token.ts';
import { endpointsOf, type UiModule, uiModulesOf } from './manifest.ts';

/** Of a page. https://developer.atlassian.com/platform/forge/remote/essentials/ */
const pageTimeoutMs = 25_000;
const mostSent = 500_000;

export const invocationMethods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
export type InvocationMethod = (typeof invocationMethods)[number];

/** What a page does with invokeRemote. */
export interface Invocation {
  /** The id or key of the app. Default: the only Forge app that is installed. */
  app?: string;
  /** The key of the module whose page it is. Default: the first one with an endpoint. */
  module?: string;
  /** Calls this endpoint without a page: no user, no context. */
  endpoint?: string;
  /** Default GET, or POST where there is a body. */
  method?: InvocationMethod;
  /** Below the baseUrl of the remote. Default: the endpoint's route.path. */
  path?: string;
  headers?: Record<string, string>;
  /** Is sent as JSON. */
  body?: unknown;
  /** Who looks at the page. Default: the admin. */
  accountId?: string;
  /** The issue that the page is shown on. */
  issueKey?: string;
  /** How the token differs from the one that Forge would send. */
  token?: InvocationTokenChanges;
  accessToken?: AccessTokenOptions;
  /** As requestRemote does: the invocation token, and no other. */
  withoutAccessTokens?: boolean;
}

export async function invoke(site: Site, invocation: Invocation): Promise<DeliveryOutcome> {
  const app = site.forgeApps.require(invocation.app);
  const { method = invocation.body === undefined ? 'GET' : 'POST', path, headers } = invocation;
  if (!invocationMethods.includes(method)) {
    throw new Error(`invokeRemote has no method ${method}: ${invocationMethods.join(', ')}.`);
  }
  const bytes = Buffer.byteLength(JSON.stringify(invocation.body ?? ''));
  if (bytes > mostSent) throw new Error(`A page may send ${mostSent} bytes; these are ${bytes}.`);
  const { subject, endpoint } = subjectOf(site, app, invocation);
  const { body, token, accessToken, withoutAccessTokens } = invocation;
  return deliver(site, app, {
    what: `invokeRemote by ${subject.module.key}`,
    endpoint: requireEndpoint(app, endpoint),
    subject,
    method,
    timeoutMs: pageTimeoutMs,
    ...(path === undefined ? {} : { path }),
    ...(headers === undefined ? {} : { headers }),
    ...(body === undefined ? {} : { body }),
    ...(token === undefined ? {} : { token }),
    ...(accessToken === undefined ? {} : { accessToken }),
    ...(withoutAccessTokens === undefined ? {} : { withoutAccessTokens }),
  });
}

/** Whom the token is for: the page of a module, or an endpoint on its own. */
export function subjectOf(
  site: Site,
  app: ForgeAppRecord,
  { module, endpoint, accountId, issueKey }: Invocation,
): { subject: InvocationSubject; endpoint: string } {
  if (endpoint !== undefined && module === undefined) {
    return { subject: { module: { type: 'core:endpoint', key: endpoint } }, endpoint };
  }
  const found = findModule(app, module);
  const principal = accountId ?? adminAccountId;
  if (!site.users.find(principal)) throw new Error(`There is no user "${principal}" on this site.`);
  const resolver = endpoint ?? found.endpoint ?? onlyEndpoint(app);
  return {
    endpoint: resolver,
    subject: {
      module: { type: found.type, key: found.key },
      context: moduleContext(site, found, issueKey),
      principal,
    },
  };
}

export function findModule(app: ForgeAppRecord, key: string | undefined): UiModule {
  const modules = uiModulesOf(app.manifest);
  const found =
    key === undefined
      ? (modules.find((each) => each.endpoint !== undefined) ?? modules[0])
      : modules.find((each) => each.key === key);
  if (found) return found;
  const known = modules.map((each) => each.key).join(', ') || 'none';
  throw new Error(`The app ${app.key} has no page module "${key ?? ''}". Its modules: ${known}.`);
}

function onlyEndpoint(app: ForgeAppRecord): string {
  const [only, ...more] = endpointsOf(app.manifest);
  if (only && more.length === 0) return only.key;
  throw new Error('The module has no resolver.endpoint; name the endpoint.');
}

/** What the token and view.getContext() say of a page. */
export function moduleContext(
  site: Site,
  module: UiModule,
  issueKey: string | undefined,
): Record<string, unknown> {
  return {
    localId: randomUUID(),
    cloudId: site.forgeKeys.cloudId,
    moduleKey: module.key,
    siteUrl: site.url,
    extension: { type: module.type, ...issueContext(site, issueKey) },
  };
}

function issueContext(site: Site, issueKey: string | undefined): Record<string, unknown> {
  if (issueKey === undefined) return {};
  const issue = site.issues.find(issueKey);
  const project = issue && site.projects.find(issue.projectId);
  if (!issue || !project) throw new Error(`There is no issue "${issueKey}" on this site.`);
  return {
    issue: {
      id: String(issue.id),
      key: issue.key,
      type: issueTypes.find(({ id }) => id === issue.typeId)?.name,
      typeId: String(issue.typeId),
    },
    project: { id: String(project.id), key: project.key, type: 'software' },
    location: `${site.url}/browse/${issue.key}`,
  };
}
