import type { Context } from 'hono';
import { noteFault, siteUnder } from '../../site/fault-notes.ts';
import type { Fault } from '../../site/faults.ts';
import type { ForgeAppRecord } from '../../site/forge-apps.ts';
import type { RefusalNotes, Verdict } from '../../site/request-log.ts';
import type { Site } from '../../site/site.ts';
import { contextAri, makeAccessToken, verifyAccessToken } from './access-tokens.ts';
import { impersonationScopes, userTokenScope } from './scopes.ts';

/** Seconds. */
const offlineTokenLifetime = 60 * 60;

interface Judgement {
  status: 200 | 400 | 401;
  body: unknown;
  app?: ForgeAppRecord;
  /** What the log says. */
  reason: string;
  fix?: string;
}

/**
 * The one mutation of the GraphQL gateway that a remote may call: offlineUserAuthToken.
 * https://developer.atlassian.com/platform/forge/remote/calling-product-apis/
 */
export async function answerGraphql(site: Site, c: Context): Promise<Response> {
  const startedAt = site.now();
  const startedOn = performance.now();
  const { fault } = c.env as { fault?: Fault };
  const judged = await judge(siteUnder(fault, site), c);
  if (!site.closing.signal.aborted) {
    const succeeded = judged.fix === undefined;
    const verdict: Verdict = {
      authenticated: judged.app !== undefined,
      as: judged.app ? 'app' : 'anonymous',
      reason: judged.reason,
      checks: [{ name: 'offlineUserAuthToken', passed: succeeded, detail: judged.reason }],
    };
    const notes: RefusalNotes = judged.fix === undefined ? {} : { fix: judged.fix };
    const record = site.requestLog.add(
      {
        at: new Date(startedAt).toISOString(),
        direction: 'inbound',
        method: 'POST',
        path: '/graphql',
        ...(judged.app === undefined ? {} : { appKey: judged.app.key }),
        status: judged.status,
        durationMs: Math.round(performance.now() - startedOn),
        verdict,
        ...(fault ? noteFault(fault, verdict, judged.status) : {}),
      },
      notes,
    );
    site.events.emit('request', record);
  }
  return c.json(judged.body as object, judged.status);
}

async function judge(site: Site, c: Context): Promise<Judgement> {
  const bearer = /^Bearer (.+)$/i.exec(c.req.header('authorization') ?? '')?.[1] ?? '';
  const judged = await verifyAccessToken(site, bearer);
  if ('reason' in judged) {
    return { status: 401, body: unauthorized, reason: judged.reason, fix: judged.fix };
  }
  const { app, token } = judged;
  if (token.kind !== 'system') {
    return {
      status: 401,
      body: unauthorized,
      app,
      reason: 'the token is that of a user',
      fix: 'Send the system token, of the header x-forge-oauth-system.',
    };
  }
  const input = await readInput(c);
  if (typeof input === 'string') {
    const body = { errors: [{ message: input }], data: null };
    return { status: 400, body, app, reason: input, fix: 'See docs/sandbox.md for the mutation.' };
  }
  const problem = findProblem(site, app, input);
  if (problem !== undefined) {
    const { message, fix } = problem;
    return {
      status: 200,
      body: payload({ success: false, errors: [{ message }], authToken: null }),
      app,
      reason: message,
      fix,
    };
  }
  const scopes = impersonationScopes(app.manifest);
  const made = await makeAccessToken(
    site,
    app,
    { kind: 'user', accountId: input.userId, scopes },
    { expiresIn: offlineTokenLifetime },
  );
  return {
    status: 200,
    body: payload({
      success: true,
      errors: null,
      authToken: { token: made, ttl: offlineTokenLifetime },
    }),
    app,
    reason: `an offline token of ${site.users.find(input.userId)?.displayName ?? input.userId} for the app ${app.key}`,
  };
}

const unauthorized = { errors: [{ message: 'Unauthorized' }], data: null };

function payload(offlineUserAuthToken: unknown): unknown {
  return { data: { offlineUserAuthToken } };
}

interface Input {
  contextIds: unknown[];
  userId: string;
}

/** The input of the mutation, from the variables; or what is wrong with the request. */
async function readInput(c: Context): Promise<Input | string> {
  let body: unknown;
  try {
    body = await c.req.json();
  } catch {
    return 'The body must be JSON with query and variables.';
  }
  const { query, variables } = (body ?? {}) as Record<string, unknown>;
  if (typeof query !== 'string' || !/\bmutation\b[\s\S]*\bofflineUserAuthToken\s*\(/.test(query)) {
    return 'The sandbox models the mutation offlineUserAuthToken and nothing else of the GraphQL API.';
  }
  const all = (variables ?? {}) as Record<string, unknown>;
  const { contextIds, userId } = (all.input ?? all) as Record<string, unknown>;
  if (!Array.isArray(contextIds) || typeof userId !== 'string') {
    return 'The variables must hold input.contextIds, a list, and input.userId, a string.';
  }
  return { contextIds, userId };
}

function findProblem(
  site: Site,
  app: ForgeAppRecord,
  { contextIds, userId }: Input,
): { message: string; fix: string } | undefined {
  if (contextIds.length !== 1 || contextIds[0] !== contextAri(site)) {
    return {
      message: 'The context is not one that the app is installed in',
      fix: `Send contextIds: ["${contextAri(site)}"].`,
    };
  }
  if (impersonationScopes(app.manifest).length === 0) {
    return {
      message: 'The app has no scope that allows impersonation',
      fix: 'Write permissions.scopes as a map, with allowImpersonation: true for the scopes that the offline token is to have.',
    };
  }
  const user = site.users.find(userId);
  if (!user) {
    return {
      message: 'The user does not exist',
      fix: 'Send the accountId of a person of the site.',
    };
  }
  if (!user.active) {
    return {
      message: 'The user is deactivated',
      fix: 'Nobody can act as a person who could not log in.',
    };
  }
  if (user.accountType === 'app') {
    return {
      message: 'An app user cannot be impersonated',
      fix: `Send the accountId of a person; ${userTokenScope} does not change this.`,
    };
  }
  return undefined;
}
