import { randomBytes } from 'node:crypto';
import { type AuthorizeQuestion, checkAuthorizeQuestion } from '../authorize.ts';
import type { Caller } from '../caller.ts';
import type { InboundRequest } from '../connect/inbound-token.ts';
import { ConfigError, refuseUnknownOptions } from '../errors.ts';
import type { Installation } from '../installations/installation.ts';
import { isLoopback } from '../loopback.ts';
import { browserScript } from './browser-script.ts';
import {
  ancestorsOf,
  ancestorsOfSites,
  checkAncestors,
  checkDirectives,
  contentSecurityPolicy,
  type PolicyDirectives,
} from './content-security-policy.ts';
import { documentOf } from './document.ts';
import { type Html, isHtml } from './html.ts';
import { refusalDocument } from './refusal.ts';

/** The request of a page, as its handler gets it. */
export interface PageRequest extends InboundRequest {
  /** The parameters of the URL, such as those that the descriptor put there. */
  readonly query: URLSearchParams;
  /** Of the page's policy: for a renderer that writes scripts itself. The scripts of an `html` template have it. */
  readonly nonce: string;
}

/**
 * What a page is answered with: HTML of the template `html`, or text that is HTML already. A fragment gets a document
 * around it; a document, one that begins with its doctype, stays as it is but for the head. A Response is sent with the
 * headers that it lacks.
 */
export type PageContent = Html | string | Response;

/** Makes a page for whoever is shown it. What it throws is logged, and answered with a page that says no more. */
export type PageHandler = (
  caller: Caller,
  request: PageRequest,
) => PageContent | Promise<PageContent>;

/** Options of `app.page`. */
export interface PageOptions {
  /**
   * The kinds of token that open the page. Default: `['request']`, the one in the URL that Jira opens. A page takes no
   * context and no session token: whoever reads one could open it anywhere.
   */
  accept?: 'request' | 'forge' | readonly ('request' | 'forge')[];
  /** What the caller's user must be allowed to, as for `app.authorize`. Default: nothing. */
  authorize?: AuthorizeQuestion;
  /**
   * Jira's script, or false for a page without it. Default: `https://connect-cdn.atl-paas.net/all.js`, and the site's own
   * for a site on this machine, such as a sandbox.
   */
  allJsUrl?: string | false;
  /** Directives of the Content-Security-Policy in place of the defaults, by name: `{ 'img-src': ["'self'", 'https:'] }`. */
  contentSecurityPolicy?: PolicyDirectives;
  /** Origins that may show the page in a frame beside the site itself. Default: none. */
  frameAncestors?: readonly string[];
}

/** The pages of an app. */
export interface Pages {
  /** @throws ConfigError CONFIG_OPTION_UNKNOWN, CONFIG_OPTION_INVALID. */
  add(path: string, handler: PageHandler, options?: PageOptions): void;
  /** True for the paths of pages and of the browser module. */
  has(path: string): boolean;
  /** Answers a GET or HEAD of one of them. Never rejects. */
  answer(path: string, request: InboundRequest): Promise<Response>;
}

/** What pages need of their app. */
export interface PagesApp {
  readonly allowedSites: readonly string[];
  authenticate(
    request: InboundRequest,
    options: { accept: readonly ('request' | 'forge')[] },
  ): Promise<Caller>;
  authorize(caller: Caller, question: AuthorizeQuestion): Promise<void>;
  refuse(error: unknown, request: InboundRequest): Response;
  /** True for paths that are the app's own already. */
  isTaken(path: string): boolean;
}

/** Where the browser module is served, below the appUrl. */
const BROWSER_SCRIPT_PATH = '/countersign/browser.js';
const ALL_JS_URL = 'https://connect-cdn.atl-paas.net/all.js';
const OPTIONS: ReadonlySet<string> = new Set([
  'accept',
  'authorize',
  'allJsUrl',
  'contentSecurityPolicy',
  'frameAncestors',
]);
const KINDS: ReadonlySet<string> = new Set(['request', 'forge']);
const PATH = /^(?:\/[\w.~-]+)+$|^\/$/;

interface Page {
  readonly handler: PageHandler;
  readonly accept: readonly ('request' | 'forge')[];
  readonly authorize: AuthorizeQuestion | undefined;
  readonly allJsUrl: string | false | undefined;
  readonly directives: PolicyDirectives;
  readonly frameAncestors: readonly string[];
}

export function createPages(app: PagesApp): Pages {
  const pages = new Map<string, Page>();

  const show = async (path: string, page: Page, request: InboundRequest): Promise<Response> => {
    const nonce = randomBytes(16).toString('base64');
    let installation: Installation | undefined;
    try {
      const caller = await app.authenticate(request, { accept: page.accept });
      installation = caller.installation;
      if (page.authorize !== undefined) await app.authorize(caller, page.authorize);
      const { method, url, headers } = request;
      const query = new URLSearchParams(/\?([^#]*)/.exec(url)?.[1] ?? '');
      const content = await page.handler(caller, { method, url, headers, query, nonce });
      const allJsUrl = allJsOf(page, installation);
      const response =
        content instanceof Response
          ? content
          : htmlResponse(
              200,
              documentOf(checkContent(path, content), {
                ...{ nonce, allJsUrl },
                locale: caller.locale,
                theme: caller.theme,
                sessionToken: caller.forge === undefined ? caller.sessionToken() : undefined,
                browserScriptUrl: toRoot(path) + BROWSER_SCRIPT_PATH.slice(1),
              }),
            );
      return withHeaders(response, () => {
        const ancestors = [...ancestorsOf(caller.installation), ...page.frameAncestors];
        return contentSecurityPolicy(page.directives, { nonce, allJsUrl }, ancestors);
      });
    } catch (error) {
      const plain = app.refuse(error, request);
      const response = wantsHtml(request) ? refusalPage(plain, nonce) : plain;
      return withHeaders(response, () => {
        const sites =
          installation === undefined
            ? ancestorsOfSites(app.allowedSites)
            : ancestorsOf(installation);
        return contentSecurityPolicy(
          { 'default-src': ["'none'"], 'script-src': [], 'img-src': [], 'style-src': [] },
          { nonce, allJsUrl: undefined },
          [...sites, ...page.frameAncestors],
        );
      });
    }
  };

  return {
    add(path, handler, options = {}) {
      checkPath(path);
      if (pages.has(path) || path === BROWSER_SCRIPT_PATH || app.isTaken(path)) {
        throw new ConfigError('CONFIG_OPTION_INVALID', `app.page: '${path}' is taken already.`);
      }
      if (typeof handler !== 'function') {
        throw new ConfigError('CONFIG_OPTION_INVALID', `app.page: '${path}' has no handler.`);
      }
      pages.set(path, { handler, ...readOptions(options) });
    },
    has: (path) => pages.has(path) || path === BROWSER_SCRIPT_PATH,
    async answer(path, request) {
      const page = pages.get(path);
      const response =
        page === undefined ? scriptResponse(request) : await show(path, page, request);
      if (request.method !== 'HEAD') return response;
      return new Response(null, { status: response.status, headers: response.headers });
    },
  };
}

function checkPath(path: string): void {
  if (typeof path === 'string' && PATH.test(path) && !/\/\.{1,2}(?:\/|$)/.test(path)) return;
  throw new ConfigError(
    'CONFIG_OPTION_INVALID',
    `app.page: '${path}' must be a path below the appUrl, such as '/panel'.`,
    {
      hint: 'What changes goes into the query: /panel?issueKey={issue.key}. It is in request.query.',
    },
  );
}

function readOptions(options: PageOptions): Omit<Page, 'handler'> {
  refuseUnknownOptions('app.page', options, OPTIONS);
  const { accept = 'request', allJsUrl, contentSecurityPolicy: directives = {} } = options;
  const { authorize, frameAncestors = [] } = options;
  const kinds = typeof accept === 'string' ? [accept] : accept;
  if (!(Array.isArray(kinds) && kinds.length > 0 && kinds.every((kind) => KINDS.has(kind)))) {
    throw new ConfigError(
      'CONFIG_OPTION_INVALID',
      "app.page: accept must be 'request', 'forge', or a list of them.",
      {
        hint: 'A page is opened by a URL that Jira signed; other tokens are for what the page calls.',
      },
    );
  }
  if (allJsUrl !== undefined && allJsUrl !== false && !isScriptUrl(allJsUrl)) {
    throw new ConfigError(
      'CONFIG_OPTION_INVALID',
      'app.page: allJsUrl must be an https URL, or false.',
    );
  }
  if (authorize !== undefined) checkAuthorizeQuestion(authorize);
  checkDirectives(directives);
  checkAncestors(frameAncestors);
  return { accept: kinds, authorize, allJsUrl, directives, frameAncestors };
}

function isScriptUrl(url: unknown): boolean {
  if (typeof url !== 'string' || !URL.canParse(url)) return false;
  const { protocol, hostname } = new URL(url);
  return protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname));
}

/** A sandbox brings its own script, which talks to no other site. */
function allJsOf({ allJsUrl }: Page, { siteUrl }: Installation): string | undefined {
  if (allJsUrl !== undefined) return allJsUrl === false ? undefined : allJsUrl;
  const { protocol, origin } = new URL(siteUrl);
  return protocol === 'http:' ? `${origin}/atlassian-connect/all.js` : ALL_JS_URL;
}

/** From a page to the appUrl. Relative, so that it fits whichever URL of the app the browser knows. */
function toRoot(path: string): string {
  return '../'.repeat(path.split('/').length - 2) || './';
}

function checkContent(path: string, content: unknown): string | Html {
  if (typeof content === 'string' || isHtml(content)) return content;
  throw new ConfigError(
    'CONFIG_OPTION_INVALID',
    `The handler of the page '${path}' gave no HTML.`,
    { hint: 'Return html`…`, a text of HTML, or a Response.' },
  );
}

function htmlResponse(status: number, text: string): Response {
  return new Response(text, { status, headers: { 'content-type': 'text/html; charset=utf-8' } });
}

function wantsHtml({ headers }: InboundRequest): boolean {
  return (headers.get('accept') ?? '').includes('text/html');
}

function refusalPage(plain: Response, nonce: string): Response {
  const page = htmlResponse(plain.status, refusalDocument(plain.status, nonce));
  const challenge = plain.headers.get('www-authenticate');
  if (challenge !== null) page.headers.set('www-authenticate', challenge);
  return page;
}

/** A Response of the handler keeps the headers that it has, but for cookies: nothing in a frame may rely on one. */
function withHeaders(response: Response, policy: () => string): Response {
  const headers = new Headers(response.headers);
  const add = (name: string, value: () => string) => {
    if (!headers.has(name)) headers.set(name, value());
  };
  headers.delete('set-cookie');
  add('content-security-policy', policy);
  // The URL of the page holds its token.
  add('referrer-policy', () => 'no-referrer');
  add('cache-control', () => 'no-store');
  add('x-content-type-options', () => 'nosniff');
  const { status, statusText, body } = response;
  return new Response(body, { status, statusText, headers });
}

function scriptResponse(request: InboundRequest): Response {
  const headers = {
    'content-type': 'text/javascript; charset=utf-8',
    'cache-control': 'public, max-age=300, stale-while-revalidate=86400',
    etag: browserScript.etag,
    'x-content-type-options': 'nosniff',
  };
  return request.headers.get('if-none-match') === browserScript.etag
    ? new Response(null, { status: 304, headers })
    : new Response(browserScript.text, { headers });
}
