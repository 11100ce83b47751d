import type { Context } from 'hono';
import { verifyAccessToken } from '../hosts/forge/access-tokens.ts';
import { neededScope } from '../hosts/forge/scopes.ts';
import { takeRefusal } from '../hosts/forge/settling.ts';
import type { Verdict } from '../site/request-log.ts';
import type { Site } from '../site/site.ts';
import type { Authentication, InboundRequest } from './authenticate.ts';
import type { Caller, RestEnv } from './caller.ts';

const unauthorized = { code: 401, message: 'Unauthorized' };
export const scopeMismatch: Record<string, unknown> = {
  code: 401,
  message: 'Unauthorized; scope does not match',
};

/** Who calls the gateway: the app user or a user, by a Bearer token and by nothing else. */
export async function authenticateAtGateway(
  site: Site,
  { authorizations }: InboundRequest,
): Promise<Authentication> {
  const [authorization, ...more] = authorizations;
  if (more.length > 0) return refuse('more than one Authorization header was sent');
  const bearer = /^Bearer (.+)$/i.exec(authorization ?? '')?.[1];
  if (bearer === undefined) {
    const sent = authorization === undefined ? 'no Authorization header' : 'another scheme';
    return refuse(
      `the gateway takes "Authorization: Bearer <token>"; ${sent} was sent`,
      'Send the token of the header x-forge-oauth-system or x-forge-oauth-user. A Connect JWT goes to the site itself.',
    );
  }
  const judged = await verifyAccessToken(site, bearer);
  if ('reason' in judged) return refuse(judged.reason, judged.fix);
  const { token, app } = judged;
  const whose =
    token.kind === 'system'
      ? `the system token of the app ${app.key}`
      : `a token that the app ${app.key} has of ${site.users.find(token.accountId)?.displayName ?? token.accountId}`;
  const refusal = takeRefusal(site, app);
  if (refusal !== undefined) {
    return {
      ...refuse(
        `${whose} is good, but the installation is still settling`,
        'Try again after a pause: for minutes after an install, 401 and 403 are normal.',
      ),
      status: refusal,
    };
  }
  const verdict: Verdict = {
    authenticated: true,
    as: token.kind === 'system' ? 'app' : 'user',
    reason: whose,
    checks: [{ name: 'Bearer token', passed: true, detail: whose }],
  };
  const { accountId, scopes } = token;
  const caller: Caller =
    token.kind === 'system'
      ? { as: 'app', accountId, appKey: app.key, scopes, host: 'forge' }
      : { as: 'user', accountId, throughApp: { appKey: app.key, scopes } };
  return { verdict, caller };
}

function refuse(reason: string, fix?: string): Authentication {
  return {
    verdict: {
      authenticated: false,
      as: 'anonymous',
      reason,
      checks: [{ name: 'Bearer token', passed: false, detail: reason }],
    },
    refusal: unauthorized,
    ...(fix === undefined ? {} : { fix }),
  };
}

/** Whether the token has the scope of the resource, as the verdict then says. */
export function checkForgeScope(c: Context<RestEnv>, caller: Caller): boolean {
  const held =
    caller.as === 'app'
      ? caller.scopes
      : caller.as === 'user'
        ? (caller.throughApp?.scopes ?? [])
        : [];
  const path = c.req.path.replace(/^\/ex\/jira\/[^/]+\/rest\/api\/\d/, '');
  if (/^\/ex\/jira\/[^/]+\/rest\/(?:atlassian-connect|forge)\//.test(path)) return true;
  const wanted = neededScope(c.req.method, path);
  const passed = held.includes(wanted);
  const { verdict } = c.var;
  const detail = `needs ${wanted}; the token has ${held.join(', ') || 'no scope'}`;
  verdict.checks.push({ name: 'scope', passed, detail });
  if (!passed) {
    verdict.reason = `the token needs the scope ${wanted}; it has ${held.join(', ') || 'none'}`;
    c.var.notes.fix = `Add ${wanted} to permissions.scopes of the manifest, deploy, and let an admin agree to the new version. Tokens from before lack it.`;
  }
  return passed;
}
