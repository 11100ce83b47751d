import { claimedApp, installationEvidence } from '../hosts/connect/evidence.ts';
import { verifyAppToken } from '../hosts/connect/verify.ts';
import { looksLikeAccessToken } from '../hosts/forge/access-tokens.ts';
import { apiBaseUrlOf } from '../hosts/forge/invocation-token.ts';
import type { AppRecord } from '../site/apps.ts';
import type { Explanation } from '../site/explanation.ts';
import type { Verdict } from '../site/request-log.ts';
import type { Site } from '../site/site.ts';
import { looksLikeUserToken, type UserToken } from '../site/user-tokens.ts';
import type { Caller } from './caller.ts';

export interface InboundRequest {
  method: string;
  /** Path and query as they came over the wire. */
  target: string;
  /** Every Authorization header that was sent. */
  authorizations: string[];
}

export interface Authentication {
  verdict: Verdict;
  /** Missing where the request is refused; `refusal` is then the text of the 401. */
  caller?: Caller;
  refusal?: string | Record<string, unknown>;
  /** Of the refusal. Default 401. */
  status?: 401 | 403;
  /** What to do, where the token itself is not what is wrong. */
  fix?: string;
}

const unauthenticated = 'Client must be authenticated to access this resource.';
const basicRefusal =
  'Basic authentication with passwords is deprecated. For more information, see: https://developer.atlassian.com/cloud/jira/platform/deprecation-notice-basic-auth-and-cookie-based-auth/';

/** Finds out who is calling. The verdict says everything; the HTTP answer never does. */
export function authenticate(site: Site, request: InboundRequest): Authentication {
  const [authorization, ...more] = request.authorizations;
  if (more.length > 0) return refuse('more than one Authorization header was sent');
  if (hasJwtParameter(request.target)) {
    return refuse('a token in the query (?jwt=) opens no REST resource; send it as a header');
  }
  if (authorization === undefined) {
    return anonymous('no Authorization header was sent, so the request is anonymous');
  }
  const [scheme = '', credential] = splitScheme(authorization);
  if (scheme === 'JWT') return authenticateApp(site, request, credential);
  if (scheme.toLowerCase() === 'basic') return authenticatePerson(site, credential);
  if (scheme.toLowerCase() === 'bearer') {
    if (looksLikeAccessToken(credential)) {
      return refuse(
        "a token of Forge opens the gateway, and not the site's own URL",
        `Send the request to ${apiBaseUrlOf(site)}, which is the app.apiBaseUrl of the invocation token.`,
      );
    }
    if (looksLikeUserToken(credential)) return authenticateUserToken(site, credential);
    return anonymous(
      'the scheme is Bearer; a Connect token goes into "Authorization: JWT <token>". The request is anonymous',
    );
  }
  return refuse(
    scheme.toUpperCase() === 'JWT'
      ? `the scheme is written ${scheme}; JWT in capital letters was expected`
      : 'the scheme of the Authorization header is unknown; JWT was expected',
  );
}

function authenticateApp(site: Site, request: InboundRequest, token: string): Authentication {
  const scheme = { name: 'scheme JWT', passed: true, detail: 'Authorization: JWT' };
  const judgement = verifyAppToken(site, token, request.method, request.target);
  const { app, reason, canonicalRequest } = judgement;
  const checks = [scheme, ...judgement.checks];
  const verdict: Verdict = {
    authenticated: app !== undefined,
    as: app ? 'app' : 'anonymous',
    reason,
    checks,
    ...(canonicalRequest === undefined ? {} : { canonicalRequest }),
  };
  if (!app) {
    const fix = judgement.fix === undefined ? {} : { fix: judgement.fix };
    return { verdict, refusal: unauthenticated, ...fix };
  }
  const { accountId, key: appKey, descriptor } = app;
  return { verdict, caller: { as: 'app', accountId, appKey, scopes: descriptor.scopes } };
}

/** A user, by a token that a Connect app was given by the authorization server. */
function authenticateUserToken(site: Site, bearer: string): Authentication {
  const judged = judgeUserToken(site, bearer);
  if (typeof judged === 'string') {
    return {
      verdict: refusedVerdict(judged, 'Bearer token of a user'),
      refusal: { error: 'Failed to parse Connect Session Auth Token' },
      fix: `Ask for a new token at ${site.url}/oauth2/token; there is no refresh token.`,
    };
  }
  const { appKey, accountId, scopes, ofPage } = judged;
  const name = site.users.find(accountId)?.displayName ?? accountId;
  const reason = ofPage
    ? `AP.request() of a page of the app ${appKey}, as ${name}`
    : `a token that the app ${appKey} has of ${name}`;
  const checks = [
    { name: ofPage ? 'session of a user' : 'Bearer token of a user', passed: true, detail: reason },
  ];
  return {
    verdict: { authenticated: true, as: 'user', reason, checks },
    caller: { as: 'user', accountId, throughApp: { appKey, scopes } },
  };
}

/** The token, or why it is none. */
function judgeUserToken(site: Site, bearer: string): UserToken | string {
  const token = site.userTokens.find(bearer);
  if (!token) return 'this site has given no such token, or was started again since';
  const seconds = Math.floor((site.now() - token.endsAt) / 1000);
  if (token.endsAt <= site.now()) return `the token of a user expired ${seconds} seconds ago`;
  const app = site.apps.record(token.appKey);
  if (app?.state !== 'enabled' || app.oauthClientId !== token.oauthClientId) {
    return `the token of a user belongs to an installation of ${token.appKey} that has ended`;
  }
  return site.users.find(token.accountId)?.active === true
    ? token
    : 'the user of the token is not active any more';
}

function authenticatePerson(site: Site, credential: string): Authentication {
  const [email, apiToken] = splitOnce(Buffer.from(credential, 'base64').toString('utf8'), ':');
  const person = site.users
    .people()
    .find((each) => each.active && each.emailAddress === email && each.apiToken === apiToken);
  if (!person) {
    const reason =
      "Basic authentication needs a person's email and API token; this is neither an app nor a person of the site";
    return { verdict: refusedVerdict(reason, 'scheme Basic'), refusal: basicRefusal };
  }
  const reason = `the API token of ${person.displayName}`;
  const checks = [{ name: 'email and API token', passed: true, detail: person.emailAddress }];
  return {
    verdict: { authenticated: true, as: 'user', reason, checks },
    caller: { as: 'user', accountId: person.accountId },
  };
}

function anonymous(reason: string): Authentication {
  return { verdict: refusedVerdict(reason, 'scheme JWT'), caller: { as: 'anonymous' } };
}

function refuse(reason: string, fix?: string): Authentication {
  const verdict = refusedVerdict(reason, 'scheme JWT');
  return { verdict, refusal: unauthenticated, ...(fix === undefined ? {} : { fix }) };
}

function refusedVerdict(reason: string, checkName: string): Verdict {
  const checks = [{ name: checkName, passed: false, detail: reason }];
  return { authenticated: false, as: 'anonymous', reason, checks };
}

/** The app that a refused request seems to come from. */
export function appOfRefused(site: Site, request: InboundRequest): AppRecord | undefined {
  return claimedApp(site, request.authorizations.join(', ') || request.target);
}

/** Why a request was refused, for the page that shows it. The verdict stands by then. */
export function explainRefusal(
  site: Site,
  request: InboundRequest,
  claimed: AppRecord | undefined,
): Explanation {
  const { method, target, authorizations } = request;
  const installed = site.apps.installed();
  const only = installed.length === 1 ? installed[0] : undefined;
  return site.explain({
    ...installationEvidence(site, claimed ?? only),
    token: authorizations.join(', ') || (hasJwtParameter(target) ? target : ''),
    ...(authorizations.some(isUserToken) ? { credential: 'connect-user' as const } : {}),
    method,
    url: target,
    baseUrl: site.url,
    direction: 'to-jira',
    now: site.now,
  });
}

function isUserToken(authorization: string): boolean {
  return looksLikeUserToken(authorization.replace(/^bearer /i, ''));
}

function hasJwtParameter(target: string): boolean {
  const [, query] = splitOnce(target, '?');
  return new URLSearchParams(query).has('jwt');
}

/** Splits at the first space only: `JWT  x` leaves a space in the token, which then is none. */
function splitScheme(authorization: string): [string, string] {
  return splitOnce(authorization, ' ');
}

function splitOnce(text: string, mark: string): [string, string] {
  const at = text.indexOf(mark);
  return at === -1 ? [text, ''] : [text.slice(0, at), text.slice(at + mark.length)];
}
