import { adminAccountId } from '../../site/seed.ts';
import type { Site } from '../../site/site.ts';
import { fillVariables, type PageContext, resolveAppUrl } from './app-url.ts';
import {
  type Claims,
  contextTokenLifetime,
  outgoingHash,
  signWithSecret,
  tokenLifetime,
} from './tokens.ts';

export interface PageOptions {
  /** Who looks at the page. Default: the admin. */
  accountId?: string;
  /** The issue that the page is shown on. */
  issueKey?: string;
}

/** The signed URL that an iframe loads. */
export function pageUrl(
  site: Site,
  appKey: string,
  moduleUrl: string,
  options: PageOptions,
): string {
  const app = requireEnabled(site, appKey);
  const context = findContext(site, options.issueKey);
  const url = resolveAppUrl(app.baseUrl, fillVariables(moduleUrl, context));
  const parameters = {
    xdm_e: site.url,
    xdm_c: `channel-${app.key}`,
    cp: '',
    lic: 'none',
    cv: '1.1000.0',
    loc: 'en-US',
    tz: 'Etc/UTC',
  };
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  const claims: Claims = {
    ...commonClaims(site, options, context, tokenLifetime),
    qsh: outgoingHash('GET', url, app.baseUrl),
  };
  url.searchParams.set('jwt', signWithSecret(claims, app.sharedSecret));
  return url.href;
}

/** What AP.context.getToken gives to an app's page: good for a caller and a context, bound to no URL. */
export function contextToken(site: Site, appKey: string, options: PageOptions): string {
  const app = requireEnabled(site, appKey);
  const context = findContext(site, options.issueKey);
  const claims: Claims = {
    ...commonClaims(site, options, context, contextTokenLifetime),
    qsh: 'context-qsh',
  };
  return signWithSecret(claims, app.sharedSecret);
}

function requireEnabled(site: Site, appKey: string) {
  const app = site.apps.require(appKey);
  if (app.state !== 'enabled') throw new Error(`The app "${appKey}" is disabled.`);
  return app;
}

function findContext(site: Site, issueKey: string | undefined): PageContext | undefined {
  if (issueKey === undefined) return undefined;
  const issue = site.issues.find(issueKey);
  const project = issue && site.projects.find(issue.projectId);
  if (!issue || !project) throw new Error(`There is no issue "${issueKey}" on this site.`);
  return { issue: { id: issue.id, key: issue.key }, project };
}

function commonClaims(
  site: Site,
  options: PageOptions,
  context: PageContext | undefined,
  lifetime: number,
): Omit<Claims, 'qsh'> {
  const accountId = options.accountId ?? adminAccountId;
  if (!site.users.find(accountId)) {
    throw new Error(`There is no user "${accountId}" on this site.`);
  }
  const iat = Math.floor(site.now() / 1000);
  return {
    iss: site.identity.clientKey,
    sub: accountId,
    iat,
    exp: iat + lifetime,
    context: context ? { jira: jiraContext(context) } : {},
  };
}

function jiraContext({ issue, project }: PageContext): Record<string, unknown> {
  return {
    issue: { key: issue.key, id: String(issue.id) },
    project: { key: project.key, id: String(project.id) },
  };
}
