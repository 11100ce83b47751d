import type { Context } from 'hono';
import type { AppRecord } from '../../site/apps.ts';
import { noteFault, siteUnder } from '../../site/fault-notes.ts';
import type { Fault } from '../../site/faults.ts';
import type { Check, RefusalNotes, Verdict } from '../../site/request-log.ts';
import type { Site } from '../../site/site.ts';
import type { User } from '../../site/users.ts';
import { isSignedWith } from './verify.ts';

/** Seconds. What a third party's test has seen of Atlassian's server. */
const userTokenLifetime = 900;
/** Seconds. An assertion may not end later than that, nor have ended longer ago. */
const longestAssertion = 120;
const clockLeeway = 30;

const grantType = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const clientPrefix = 'urn:atlassian:connect:clientid:';
const userPrefix = 'urn:atlassian:connect:useraccountid:';

type OauthError =
  | 'invalid_request'
  | 'unsupported_grant_type'
  | 'invalid_grant'
  | 'unauthorized_client'
  | 'invalid_scope';

// Ends the judging of a question at the first check that fails.
class Refusal extends Error {
  readonly error: OauthError;
  readonly fix: string | undefined;

  constructor(error: OauthError, description: string, fix?: string) {
    super(description);
    this.error = error;
    this.fix = fix;
  }
}

/**
 * The authorization server for Connect apps that act as users, whose base URL is the site's own. The signature is
 * judged by Atlassian's own library.
 * https://developer.atlassian.com/cloud/jira/software/user-impersonation-for-connect-apps/
 */
export async function answerTokenRequest(site: Site, c: Context): Promise<Response> {
  const startedAt = site.now();
  const startedOn = performance.now();
  const form = await readForm(c);
  const { fault } = c.env as { fault?: Fault };
  const judged = judge(siteUnder(fault, site), form);
  if (!site.closing.signal.aborted) {
    const { app, checks, reason, fix, answer } = judged;
    const isGiven = answer.status === 200;
    const verdict: Verdict = {
      authenticated: isGiven,
      as: isGiven ? 'app' : 'anonymous',
      reason,
      checks,
    };
    const notes: RefusalNotes = fix === undefined ? {} : { fix };
    const record = site.requestLog.add(
      {
        at: new Date(startedAt).toISOString(),
        direction: 'inbound',
        method: 'POST',
        path: '/oauth2/token',
        ...(app === undefined ? {} : { appKey: app.key }),
        status: answer.status,
        durationMs: Math.round(performance.now() - startedOn),
        verdict,
        ...(fault ? noteFault(fault, verdict, answer.status) : {}),
      },
      notes,
    );
    site.events.emit('request', record);
  }
  return c.json(judged.answer.body, judged.answer.status, { 'cache-control': 'no-store' });
}

/** Undefined where it is no form: JSON, which other token endpoints of Atlassian take, is refused here. */
async function readForm(c: Context): Promise<URLSearchParams | undefined> {
  const type = (c.req.header('content-type') ?? '').split(';')[0]?.trim().toLowerCase();
  const text = await c.req.text();
  return type === 'application/x-www-form-urlencoded' ? new URLSearchParams(text) : undefined;
}

interface Judgement {
  /** The app that asked; of a refused question the one that it names. */
  app: AppRecord | undefined;
  checks: Check[];
  reason: string;
  fix?: string;
  answer: { status: 200 | 400; body: Record<string, unknown> };
}

function judge(site: Site, form: URLSearchParams | undefined): Judgement {
  const checks: Check[] = [];
  let app: AppRecord | undefined;
  // A check passes with its detail, and fails with a Refusal.
  const check = <T>(name: string, test: () => { value: T; detail: string }): T => {
    try {
      const { value, detail } = test();
      checks.push({ name, passed: true, detail });
      return value;
    } catch (error) {
      if (error instanceof Refusal) checks.push({ name, passed: false, detail: error.message });
      throw error;
    }
  };
  try {
    const assertion = check('form with grant_type and assertion', () => readGrant(form));
    const claims = check('assertion, HS256', () => readAssertion(assertion));
    const found = check('iss is an installed app', () => findClient(site, claims.iss));
    app = found;
    check('signature', () => checkSignature(assertion, found));
    check('iat and exp', () => checkTimes(claims, site.now()));
    check('aud', () => demand('aud', claims.aud, site.url));
    check('tnt', () => demand('tnt', claims.tnt, site.url));
    check('scope ACT_AS_USER', () => checkMayAct(found));
    const user = check('sub is an active person', () => findUser(site, claims.sub));
    const scopes = check('scope', () => readScopes(form?.get('scope') ?? '', found));
    const bearer = site.userTokens.give({
      appKey: found.key,
      oauthClientId: found.oauthClientId,
      accountId: user.accountId,
      scopes,
      endsAt: site.now() + userTokenLifetime * 1000,
    });
    return {
      app,
      checks,
      reason: `a token of ${user.displayName} for the app ${found.key}, with ${scopes.join(', ')}`,
      answer: {
        status: 200,
        body: { access_token: bearer, expires_in: userTokenLifetime, token_type: 'Bearer' },
      },
    };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return {
      app,
      checks,
      reason: `no token: ${error.message}`,
      ...(error.fix === undefined ? {} : { fix: error.fix }),
      answer: {
        status: 400,
        body: { error: error.error, error_description: error.message },
      },
    };
  }
}

function readGrant(form: URLSearchParams | undefined): { value: string; detail: string } {
  if (form === undefined) {
    throw new Refusal(
      'invalid_request',
      'The body must be application/x-www-form-urlencoded',
      'Send the parameters as a form (URLSearchParams), not as JSON.',
    );
  }
  const given = form.get('grant_type');
  if (given === null) throw new Refusal('invalid_request', 'Missing grant_type');
  if (given !== grantType) {
    throw new Refusal('unsupported_grant_type', `The grant_type must be ${grantType}`);
  }
  const assertion = form.get('assertion');
  if (assertion === null || assertion === '') {
    throw new Refusal('invalid_request', 'Missing assertion');
  }
  return { value: assertion, detail: 'jwt-bearer' };
}

function readAssertion(assertion: string): { value: Record<string, unknown>; detail: string } {
  const [header, claims, ...signature] = assertion.split('.');
  const parts = [header, claims].map(readPart);
  if (signature.length !== 1 || parts[0] === undefined || parts[1] === undefined) {
    throw new Refusal('invalid_grant', 'The assertion cannot be parsed as a JWT');
  }
  if (parts[0].alg !== 'HS256') {
    throw new Refusal('invalid_grant', 'The assertion must be signed with HS256');
  }
  return { value: parts[1], detail: 'header, claims and signature' };
}

function readPart(part: string | undefined): Record<string, unknown> | undefined {
  if (part === undefined || !/^[\w-]+$/.test(part)) return undefined;
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

function findClient(site: Site, iss: unknown): { value: AppRecord; detail: string } {
  const id =
    typeof iss === 'string' && iss.startsWith(clientPrefix)
      ? iss.slice(clientPrefix.length)
      : undefined;
  if (id === undefined || id === '') {
    throw new Refusal(
      'invalid_grant',
      `Invalid iss: it must be ${clientPrefix}<oauthClientId>`,
      'The oauthClientId is in the body of the installed event; it is neither the app key nor the clientKey.',
    );
  }
  const app = site.apps.records().find((each) => each.oauthClientId === id);
  if (app?.state !== 'enabled') {
    throw new Refusal(
      'invalid_grant',
      'Invalid iss: no such client',
      app === undefined
        ? 'A new installation has a new oauthClientId: use that of the newest installed event.'
        : `The app ${app.key} is ${app.state}.`,
    );
  }
  return { value: app, detail: app.key };
}

function checkSignature(assertion: string, app: AppRecord): { value: undefined; detail: string } {
  if (isSignedWith(assertion, app.sharedSecret)) {
    return { value: undefined, detail: "made with the installation's sharedSecret" };
  }
  throw new Refusal(
    'invalid_grant',
    'The signature of the assertion does not match',
    app.retiredSecrets.some((secret) => isSignedWith(assertion, secret))
      ? 'It was signed with an earlier sharedSecret: use that of the newest installed event.'
      : "Sign it with the installation's sharedSecret, as the text it is.",
  );
}

function checkTimes(
  claims: Record<string, unknown>,
  now: number,
): { value: undefined; detail: string } {
  const seconds = Math.floor(now / 1000);
  const iat = readTime(claims, 'iat');
  const exp = readTime(claims, 'exp');
  if (exp + clockLeeway < seconds) {
    throw new Refusal('invalid_grant', `The assertion has expired ${seconds - exp} seconds ago`);
  }
  if (exp > seconds + longestAssertion) {
    throw new Refusal(
      'invalid_grant',
      `The assertion expires more than ${longestAssertion} seconds in the future`,
      'Set exp to iat + 60, and compare the clocks of both machines.',
    );
  }
  if (iat - clockLeeway > seconds) {
    throw new Refusal('invalid_grant', `iat is ${iat - seconds} seconds in the future`);
  }
  return { value: undefined, detail: `expires in ${exp - seconds} seconds` };
}

function readTime(claims: Record<string, unknown>, name: string): number {
  const value = claims[name];
  if (typeof value === 'number' && Number.isInteger(value)) return value;
  throw new Refusal('invalid_grant', `${name} must be a whole number of seconds`);
}

function demand(
  name: string,
  value: unknown,
  expected: string,
): { value: undefined; detail: string } {
  if (value === expected) return { value: undefined, detail: expected };
  const shown = typeof value === 'string' ? value.slice(0, 100) : 'no text';
  throw new Refusal('invalid_grant', `Invalid ${name}: ${shown}`, `${name} must be ${expected}.`);
}

function checkMayAct({ descriptor }: AppRecord): { value: undefined; detail: string } {
  const { scopes } = descriptor;
  if (scopes.includes('ACT_AS_USER')) return { value: undefined, detail: 'the descriptor has it' };
  throw new Refusal(
    'unauthorized_client',
    'The authenticated client is not authorized to use this authorization grant type',
    `Add ACT_AS_USER to the scopes of the descriptor (it has ${scopes.join(', ') || 'none'}), and install the app again.`,
  );
}

function findUser(site: Site, sub: unknown): { value: User; detail: string } {
  const id =
    typeof sub === 'string' && sub.startsWith(userPrefix)
      ? sub.slice(userPrefix.length)
      : undefined;
  if (id === undefined) {
    throw new Refusal(
      'invalid_grant',
      `Invalid sub: it must be ${userPrefix}<accountId>`,
      'A userkey names nobody any more: use the accountId.',
    );
  }
  const user = site.users.find(id);
  if (!user) {
    throw new Refusal(
      'invalid_grant',
      'The user in sub does not exist',
      'Name a person of the site.',
    );
  }
  if (user.accountType === 'app') {
    throw new Refusal('invalid_grant', 'The user in sub is an app', 'Only people can be acted as.');
  }
  if (!user.active) {
    throw new Refusal(
      'invalid_grant',
      'The user in sub is not active',
      'Nobody can act as a person who could not log in.',
    );
  }
  return { value: user, detail: user.displayName };
}

function readScopes(
  text: string,
  { descriptor }: AppRecord,
): { value: readonly string[]; detail: string } {
  const { scopes } = descriptor;
  const asked = text === '' ? scopes : [...new Set(text.split(' '))];
  const foreign = asked.filter((scope) => !scopes.includes(scope));
  if (foreign.length > 0) {
    throw new Refusal(
      'invalid_scope',
      'The requested scope is invalid, unknown or malformed',
      `The descriptor has ${scopes.join(', ')}: ask for these, in capital letters with one space between them. Not among them: ${foreign
        .map((scope) => scope || 'an empty one')
        .join(', ')
        .slice(0, 100)}.`,
    );
  }
  return { value: asked, detail: asked.join(' ') };
}
