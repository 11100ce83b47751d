import type { Site } from '../../site/site.ts';
import { grants } from './descriptor.ts';
import { modulesOf } from './modules.ts';
import { contextToken, jiraContext, type PageOptions, pageUrl } from './page-url.ts';

/** What a page of an app asks for, as the site's page around it passes it on. */
export interface FrameAsk {
  app: string;
  issueKey?: string;
  projectKey?: string;
  what: string;
  input?: unknown;
}

/** As AP.request() takes it. */
interface RequestInput {
  url?: unknown;
  type?: unknown;
  data?: unknown;
  contentType?: unknown;
  headers?: unknown;
  experimental?: unknown;
}

/** Does what the page of an app asked for, as the user who looks at it. Rejects with what the page is told. */
export async function answerFrame(
  site: Site,
  accountId: string | undefined,
  ask: FrameAsk,
): Promise<unknown> {
  const options: PageOptions = {
    accountId: accountId ?? null,
    ...(ask.issueKey ? { issueKey: ask.issueKey } : {}),
    ...(ask.projectKey ? { projectKey: ask.projectKey } : {}),
  };
  switch (ask.what) {
    case 'token':
      return contextToken(site, ask.app, options);
    case 'context':
      return jiraContext(site, options);
    case 'user':
      return {
        currentUser: { atlassianAccountId: accountId ?? null },
        timeZone: 'Etc/UTC',
        locale: 'en-US',
      };
    case 'page':
      return openPage(site, ask, options);
    case 'request':
      return requestJira(site, ask.app, accountId, (ask.input ?? {}) as RequestInput);
    default:
      throw new Error(`all.js of the sandbox does not know ${ask.what}.`);
  }
}

/** The page of a dialog: of a module, by its key. */
function openPage(site: Site, ask: FrameAsk, options: PageOptions): Record<string, string> {
  const app = site.apps.require(ask.app);
  const { key } = (ask.input ?? {}) as Record<string, unknown>;
  const modules = modulesOf(app.descriptor);
  const found = modules.find((module) => module.key === key);
  if (!found) {
    const known = modules.map((module) => module.key).join(', ') || 'none';
    throw new Error(`The app ${app.key} has no module "${String(key)}". Its modules: ${known}.`);
  }
  const url = pageUrl(site, app.key, found.url, options);
  return { url, name: found.name, origin: new URL(app.baseUrl).origin };
}

function stringsOf(value: unknown): Record<string, string> {
  if (typeof value !== 'object' || value === null) return {};
  const strings = Object.entries(value).filter(([, each]) =>
    ['string', 'number', 'boolean'].includes(typeof each),
  );
  return Object.fromEntries(strings.map(([name, each]) => [name, String(each)]));
}

// What a page may say itself. Who it is, the site says.
const passedHeaders = [
  'accept',
  'accept-language',
  'if-match',
  'if-none-match',
  'x-atlassian-token',
  'x-force-accept-language',
];

/**
 * A call of the REST API as the user, bound to the app's scopes. The token that it takes is made here and ends with it:
 * the page gets the answer and nothing else.
 */
async function requestJira(
  site: Site,
  appKey: string,
  accountId: string | undefined,
  input: RequestInput,
): Promise<unknown> {
  const { scopes, oauthClientId } = requestingApp(site, appKey);
  const url = requestUrl(site, input.url);
  if (input.data !== undefined && input.data !== null && typeof input.data !== 'string') {
    throw new Error('AP.request() of the sandbox takes data as a string.');
  }
  if (accountId === undefined && !grants(scopes, 'READ')) return refusedByScope;
  const hour = 3_600_000;
  const bearer =
    accountId &&
    site.userTokens.give({
      appKey,
      oauthClientId,
      accountId,
      scopes,
      ofPage: true,
      endsAt: site.now() + hour,
    });
  try {
    const answer = await fetch(url, {
      method: String(input.type ?? 'GET').toUpperCase(),
      headers: {
        ...headersOf(input),
        ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
      },
      signal: site.closing.signal,
      ...(typeof input.data === 'string' ? { body: input.data } : {}),
    });
    return {
      status: answer.status,
      statusText: answer.statusText,
      headers: Object.fromEntries(answer.headers),
      body: await answer.text(),
    };
  } finally {
    if (bearer !== undefined) site.userTokens.end(bearer);
  }
}

const refusedByScope = {
  status: 403,
  statusText: 'Forbidden',
  headers: { 'content-type': 'text/plain' },
  body: 'Request not in an authorized API scope',
};

function requestingApp(site: Site, appKey: string): { scopes: string[]; oauthClientId: string } {
  const { state, descriptor, oauthClientId } = site.apps.require(appKey);
  if (state !== 'enabled') throw new Error(`The app "${appKey}" is disabled.`);
  return { scopes: descriptor.scopes, oauthClientId };
}

/** Relative to the site, and of its REST API: the dots of a path may not lead out of it. */
function requestUrl(site: Site, path: unknown): URL {
  const text = typeof path === 'string' ? path : '';
  const url = URL.canParse(text, site.url) ? new URL(text, site.url) : undefined;
  const { origin } = new URL(site.url);
  if (text === '' || url?.origin !== origin || !url.pathname.startsWith('/rest/')) {
    throw new Error('AP.request() needs a path of this site below /rest/.');
  }
  return url;
}

function headersOf({ headers, contentType, experimental }: RequestInput): Record<string, string> {
  const given = Object.entries(stringsOf(headers)).filter(([name]) =>
    passedHeaders.includes(name.toLowerCase()),
  );
  return {
    ...Object.fromEntries(given),
    ...(typeof contentType === 'string' ? { 'content-type': contentType } : {}),
    ...(experimental === true ? { 'x-experimentalapi': 'opt-in' } : {}),
  };
}
