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
  /** Who looks at the page. Default: the admin. Null: nobody who is logged in. */
  accountId?: string | null;
  /** The issue that the page is shown on. */
  issueKey?: string;
  /** The project that the page is shown on, where there is no issue. */
  projectKey?: string;
  /** Values of the variables `{ac.name}`. */
  custom?: Readonly<Record<string, string>>;
}

/** The signed URL that an iframe loads. */
export function pageUrl(
  site: Site,
  appKey: string,
  moduleUrl: string,
  options: PageOptions,
): string {
  const app = requireEnabled(site, appKey);
  const context = findContext(site, options);
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
  const context = findContext(site, options);
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

function findContext(site: Site, { issueKey, projectKey, custom = {} }: PageOptions): PageContext {
  if (issueKey === undefined && projectKey === undefined) return { custom };
  const issue = issueKey === undefined ? undefined : site.issues.find(issueKey);
  if (issueKey !== undefined && !issue) {
    throw new Error(`There is no issue "${issueKey}" on this site.`);
  }
  const project = site.projects.find(issue?.projectId ?? projectKey ?? '');
  if (!project) throw new Error(`There is no project "${projectKey}" on this site.`);
  return { ...(issue ? { issue: { id: issue.id, key: issue.key } } : {}), project, custom };
}

/** What `context.jira` of a token and AP.context.getContext() say of where a page is shown. */
export function jiraContext(site: Site, options: PageOptions): Record<string, unknown> {
  return contextClaim(findContext(site, options));
}

function commonClaims(
  site: Site,
  options: PageOptions,
  context: PageContext,
  lifetime: number,
): Omit<Claims, 'qsh'> {
  const accountId = options.accountId === undefined ? adminAccountId : options.accountId;
  if (accountId !== null && !site.users.find(accountId)) {
    throw new Error(`There is no user "${accountId}" on this site.`);
  }
  const iat = Math.floor(site.now() / 1000);
  return {
    iss: site.identity.clientKey,
    // Nobody is logged in: then the token names nobody.
    ...(accountId === null ? {} : { sub: accountId }),
    iat,
    exp: iat + lifetime,
    context: contextClaim(context),
  };
}

function contextClaim({ issue, project }: PageContext): Record<string, unknown> {
  if (!project) return {};
  return {
    jira: {
      ...(issue ? { issue: { key: issue.key, id: String(issue.id) } } : {}),
      project: { key: project.key, id: String(project.id) },
    },
  };
}
