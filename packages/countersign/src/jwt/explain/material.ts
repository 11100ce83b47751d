import type { CredentialKind, ExplainInput, KnownInstallation } from './explanation.ts';

export type Direction = 'to-jira' | 'from-jira';

/** What is at hand, with everything of a wrong type left out. */
export interface Material {
  token: unknown;
  sharedSecret: string | undefined;
  previousSecrets: readonly string[];
  appKey: string | undefined;
  clientKey: string | undefined;
  publicKey: string | undefined;
  method: string | undefined;
  url: string | undefined;
  baseUrl: string | undefined;
  nowMs: number;
  direction: Direction | undefined;
  accept: readonly string[];
  /** False where `accept` is the default. */
  acceptGiven: boolean;
  credential: CredentialKind | undefined;
  /** Undefined where none was given. */
  appIds: readonly string[] | undefined;
  environments: readonly string[] | undefined;
  apiBaseUrl: string | undefined;
  manifest: unknown;
  body: string | undefined;
  serverMs: number | undefined;
  installations: readonly KnownInstallation[];
  signedUrl: string | undefined;
  lifecycle: boolean;
  quick: boolean;
  /** What was given but cannot be used, in words. */
  unusable: string[];
}

const MAX_PREVIOUS_SECRETS = 20;
const MAX_INSTALLATIONS = 50;
const MAX_APP_IDS = 20;
const CREDENTIALS: ReadonlySet<unknown> = new Set<CredentialKind>([
  'connect',
  'fit',
  'forge-system',
  'forge-user',
  'oauth',
  'connect-user',
  'api-token',
]);
/** Node refuses headers and request lines above 16 KiB; what is longer is no request. */
export const MAX_INPUT_LENGTH = 16_384;
const MAX_SECRET_LENGTH = 4096;

/** Reads the input without trusting its types: it comes from forms and command lines. */
export function readMaterial(input: ExplainInput): Material {
  const given: Record<string, unknown> =
    typeof input === 'object' && input !== null
      ? (input as unknown as Record<string, unknown>)
      : { token: input };
  const unusable: string[] = [];
  const text = (name: string, maxLength: number): string | undefined => {
    const value = given[name];
    if (value === undefined || value === null) return undefined;
    const read = value instanceof URL ? value.href : value;
    if (typeof read !== 'string') unusable.push(`${name} is no text`);
    else if (read.length > maxLength)
      unusable.push(`${name} is longer than ${maxLength} characters`);
    else return read;
    return undefined;
  };
  const list = (name: string, max: number): unknown[] => {
    const value = given[name];
    if (value === undefined || value === null) return [];
    if (Array.isArray(value)) return value.slice(0, max);
    unusable.push(`${name} is no list`);
    return [];
  };
  const { direction } = given;
  const known = direction === 'to-jira' || direction === 'from-jira';
  if (direction !== undefined && !known)
    unusable.push('direction is neither to-jira nor from-jira');
  const method = text('method', 100)?.trim();
  const accept = typeof given.accept === 'string' ? [given.accept] : list('accept', 3);
  const { credential } = given;
  if (credential !== undefined && !CREDENTIALS.has(credential))
    unusable.push('credential is no known kind of credential');
  const appIds = (
    typeof given.appId === 'string' ? [given.appId] : list('appId', MAX_APP_IDS)
  ).filter(isShortText);
  const environments = list('environments', 10).filter(isShortText);
  return {
    token: given.token,
    sharedSecret: text('sharedSecret', MAX_SECRET_LENGTH),
    previousSecrets: list('previousSecrets', MAX_PREVIOUS_SECRETS).filter(isShortText),
    appKey: text('appKey', MAX_SECRET_LENGTH) || undefined,
    clientKey: text('clientKey', MAX_SECRET_LENGTH) || undefined,
    publicKey: text('publicKey', MAX_INPUT_LENGTH) || undefined,
    method: method === '' ? undefined : method,
    url: text('url', MAX_INPUT_LENGTH)?.trim() || undefined,
    baseUrl: text('baseUrl', MAX_INPUT_LENGTH)?.trim() || undefined,
    nowMs: readNow(given.now, unusable),
    direction: known ? direction : undefined,
    accept: accept.length === 0 ? ['request'] : accept.map(String),
    acceptGiven: accept.length > 0,
    credential: CREDENTIALS.has(credential) ? (credential as CredentialKind) : undefined,
    appIds: appIds.length === 0 ? undefined : appIds,
    environments: environments.length === 0 ? undefined : environments,
    apiBaseUrl: text('apiBaseUrl', MAX_INPUT_LENGTH)?.trim() || undefined,
    manifest: given.manifest,
    body: text('body', 1_048_576),
    serverMs: readDate(given.serverDate, unusable),
    installations: list('installations', MAX_INSTALLATIONS).flatMap(readInstallation),
    signedUrl: text('signedUrl', MAX_INPUT_LENGTH)?.trim() || undefined,
    lifecycle: given.lifecycle === true,
    quick: given.quick === true,
    unusable,
  };
}

function isShortText(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= MAX_SECRET_LENGTH;
}

function readNow(now: unknown, unusable: string[]): number {
  if (now === undefined || now === null) return Date.now();
  let time: unknown = now;
  if (typeof now === 'function') {
    try {
      time = (now as () => unknown)();
    } catch {
      time = undefined;
    }
  }
  if (typeof time === 'number' && Number.isFinite(time)) return time;
  unusable.push('now gives no number');
  return Date.now();
}

function readDate(date: unknown, unusable: string[]): number | undefined {
  if (date === undefined || date === null || date === '') return undefined;
  const time = typeof date === 'string' && date.length < 100 ? Date.parse(date) : Number.NaN;
  if (!Number.isNaN(time)) return time;
  unusable.push('serverDate is no date');
  return undefined;
}

function readInstallation(value: unknown): KnownInstallation[] {
  if (typeof value !== 'object' || value === null) return [];
  const read: KnownInstallation = {};
  for (const name of ['clientKey', 'appKey', 'siteUrl', 'sharedSecret'] as const) {
    const text = (value as Record<string, unknown>)[name];
    if (isShortText(text)) read[name] = text;
  }
  return [read];
}
