import { decodeSymmetric, SymmetricAlgorithm } from '@atlassian/atlassian-jwt';
import type { AppRecord } from '../../site/apps.ts';
import type { Check } from '../../site/request-log.ts';
import type { Site } from '../../site/site.ts';
import { explainHashMismatch } from './hash-mismatch.ts';
import { canonicalRequest, queryStringHash } from './tokens.ts';

/** Seconds that the clocks of app and site may differ. */
const clockLeeway = 30;

export interface TokenJudgement {
  app?: AppRecord;
  reason: string;
  checks: Check[];
  canonicalRequest?: string;
  /** What to do, where the token itself is not what is wrong. */
  fix?: string;
}

interface TokenParts {
  header: Record<string, unknown>;
  claims: Record<string, unknown>;
}

// Ends the judging of a token at the first check that fails.
class Refusal extends Error {
  readonly fix: string | undefined;

  constructor(reason: string, fix?: string) {
    super(reason);
    this.fix = fix;
  }
}

/**
 * Judges a token of an app on a REST call. `target` is the request target as it came over the wire.
 * The signature and the hash are judged by Atlassian's own library, the rest by the rules of the protocol.
 */
export function verifyAppToken(
  site: Site,
  token: string,
  method: string,
  target: string,
): TokenJudgement {
  const checks: Check[] = [];
  const canonical = canonicalRequest(method, target);
  // A check passes with a string (its detail), and fails with a Refusal.
  const check = <T>(name: string, test: () => { value: T; detail: string }): T => {
    try {
      const { value, detail } = test();
      checks.push({ name, passed: true, detail });
      return value;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      checks.push({ name, passed: false, detail: error.message });
      throw error;
    }
  };
  try {
    const parts = check('three parts', () => splitToken(token));
    check('algorithm HS256', () => checkAlgorithm(parts));
    const app = check('issuer is an installed app', () => findIssuer(site, parts.claims));
    check('signature', () => checkSignature(token, app));
    check('not expired', () => checkTimes(parts.claims, site.now()));
    check('query string hash', () => checkHash(parts.claims, method, target));
    return { app, reason: `signed by the app ${app.key}`, checks, canonicalRequest: canonical };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const fix = error.fix === undefined ? {} : { fix: error.fix };
    return { reason: error.message, checks, canonicalRequest: canonical, ...fix };
  }
}

function splitToken(token: string): { value: TokenParts; detail: string } {
  const parts = token.split('.');
  if (parts.length !== 3) {
    const found = parts.length === 1 ? 'no dot at all' : `${parts.length} parts`;
    throw new Refusal(`a token has three parts with dots between them; this one has ${found}`);
  }
  const header = readPart(parts[0], 'header');
  const claims = readPart(parts[1], 'claims');
  if (!/^[\w-]+$/.test(parts[2] ?? '')) throw new Refusal('the signature is not base64url');
  return { value: { header, claims }, detail: 'header, claims and signature' };
}

function readPart(part: string | undefined, name: string): Record<string, unknown> {
  if (part === undefined || !/^[\w-]+$/.test(part)) {
    throw new Refusal(`the ${name} part of the token is not base64url`);
  }
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
  } catch {
    throw new Refusal(`the ${name} part of the token is not JSON`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Refusal(`the ${name} part of the token is not a JSON object`);
  }
  return value as Record<string, unknown>;
}

function checkAlgorithm({ header }: TokenParts): { value: undefined; detail: string } {
  if (header.alg !== 'HS256') {
    throw new Refusal(`the algorithm is ${show(header.alg)}; HS256 was expected`);
  }
  return { value: undefined, detail: 'HS256' };
}

function findIssuer(
  site: Site,
  claims: Record<string, unknown>,
): { value: AppRecord; detail: string } {
  const { iss } = claims;
  if (iss === undefined) throw new Refusal('the claim iss is missing; the app key was expected');
  if (iss === site.identity.clientKey) {
    throw new Refusal('iss is the clientKey; the app key was expected');
  }
  const app = typeof iss === 'string' ? site.apps.record(iss) : undefined;
  if (!app) {
    const keys = site.apps.installed().map((each) => each.key);
    const known = keys.length > 0 ? `installed: ${keys.join(', ')}` : 'no app is installed';
    throw new Refusal(`iss is ${show(iss)}, which is no installed app's key (${known})`);
  }
  if (app.state === 'disabled') {
    throw new Refusal(
      `the app ${app.key} is disabled`,
      'Enable the app: there is a button on the first page of this site.',
    );
  }
  if (app.state === 'uninstalled') {
    throw new Refusal(
      `the app ${app.key} was uninstalled`,
      'Install the app again. Its secret is a new one then.',
    );
  }
  return { value: app, detail: app.key };
}

function checkSignature(token: string, app: AppRecord): { value: undefined; detail: string } {
  if (isSignedWith(token, app.sharedSecret)) {
    return { value: undefined, detail: "made with the installation's sharedSecret" };
  }
  if (app.retiredSecrets.some((secret) => isSignedWith(token, secret))) {
    throw new Refusal(
      'the token was signed with an earlier sharedSecret; the last installed event brought a new one',
    );
  }
  throw new Refusal("the signature does not match the installation's sharedSecret");
}

export function isSignedWith(token: string, sharedSecret: string): boolean {
  try {
    decodeSymmetric(token, sharedSecret, SymmetricAlgorithm.HS256);
    return true;
  } catch {
    return false;
  }
}

function checkTimes(
  claims: Record<string, unknown>,
  now: number,
): { value: undefined; detail: string } {
  const seconds = Math.floor(now / 1000);
  const exp = readTime(claims, 'exp');
  readTime(claims, 'iat');
  if (exp + clockLeeway < seconds) {
    throw new Refusal(
      `the token expired ${seconds - exp} seconds ago (exp ${exp}, the site's time is ${seconds})`,
    );
  }
  if (claims.nbf !== undefined) {
    const nbf = readTime(claims, 'nbf');
    if (nbf - clockLeeway > seconds) {
      throw new Refusal(`the token is not valid for another ${nbf - seconds} seconds (nbf ${nbf})`);
    }
  }
  return { value: undefined, detail: `expires in ${exp - seconds} seconds` };
}

function readTime(claims: Record<string, unknown>, name: string): number {
  const value = claims[name];
  if (value === undefined) throw new Refusal(`the claim ${name} is missing`);
  if (typeof value !== 'number' || !Number.isInteger(value)) {
    throw new Refusal(`${name} is ${show(value)}; a whole number of seconds was expected`);
  }
  // 1e11 seconds is the year 5138: whoever writes more means milliseconds.
  if (value > 1e11) throw new Refusal(`${name} is ${value}: milliseconds; seconds were expected`);
  return value;
}

function checkHash(
  claims: Record<string, unknown>,
  method: string,
  target: string,
): { value: undefined; detail: string } {
  const { qsh } = claims;
  if (qsh === undefined) throw new Refusal('the claim qsh is missing');
  if (qsh === 'context-qsh') {
    throw new Refusal('qsh is context-qsh: a context token opens no REST resource');
  }
  if (qsh !== queryStringHash(method, target)) {
    throw new Refusal(
      `the query string hash is that of another request: ${explainHashMismatch(qsh, method, target)}`,
    );
  }
  return { value: undefined, detail: 'of this very request' };
}

/** A claim in a reason: short, whatever was sent. */
function show(value: unknown): string {
  const text = value === undefined ? 'missing' : JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
