import { ConfigError, isJiraApiError, JiraApiError } from '../errors.ts';
import type { JiraCalls } from './calls.ts';
import type { JiraHost } from './credentials.ts';
import { refusalOf } from './file-refusal.ts';

/** What properties are kept with: the app itself on this site, or one of the things that Jira keeps. */
export type PropertyOwner =
  | 'app'
  /** By its id or key. */
  | { readonly issue: string | number }
  /** By its id or key. */
  | { readonly project: string | number }
  /** By the accountId. */
  | { readonly user: string }
  /** By its id. */
  | { readonly comment: string | number };

/** What each call of a {@link PropertyMap} can be given. */
export interface PropertyCallOptions {
  /** Ends the call; it then rejects with the signal's reason. */
  signal?: AbortSignal;
  /** How long the call may take with all its tries, in milliseconds. Overrides the client's. */
  timeoutMs?: number;
}

/**
 * JSON values by their keys. `T` has the type of each; that is a claim about what was stored, and nothing checks it: whoever
 * may edit an issue may write its properties, too.
 */
export interface PropertyMap<T extends object> {
  /** @returns undefined where there is no such property. @throws JiraApiError, also where there is no such owner. */
  get<K extends keyof T & string>(key: K, options?: PropertyCallOptions): Promise<T[K] | undefined>;
  /**
   * @returns whether there was none before.
   * @throws JiraApiError, also JIRA_PROPERTY_INVALID for a key or a value that Jira does not take: nothing is sent then.
   */
  set<K extends keyof T & string>(
    key: K,
    value: T[K],
    options?: PropertyCallOptions,
  ): Promise<boolean>;
  /** @returns whether there was one. @throws JiraApiError, also where there is no such owner. */
  delete(key: keyof T & string, options?: PropertyCallOptions): Promise<boolean>;
  /** All keys, also those that other apps have written. @throws JiraApiError. */
  keys(options?: PropertyCallOptions): Promise<string[]>;
  /**
   * Reads a value, and sets what `change` makes of it. It is not atomic: Jira has no compare-and-set, so that of two
   * writers at once the last one wins.
   *
   * @returns the new value. @throws JiraApiError, as `get` and `set`, and whatever `change` throws.
   */
  update<K extends keyof T & string>(
    key: K,
    change: (old: T[K] | undefined) => T[K] | Promise<T[K]>,
    options?: PropertyCallOptions,
  ): Promise<T[K]>;
}

/** What {@link propertyMap} has to know of the client. */
export interface PropertyContext {
  /** The `key` of the descriptor: a Connect app's own properties are found by it. */
  readonly appKey?: string | undefined;
  host(): Promise<JiraHost>;
}

const MAX_KEY_LENGTH = 255;
const MAX_APP_KEY_LENGTH = 127;
const MAX_VALUE_LENGTH = 32_768;

/**
 * Read-only: it tells a Forge app the clientKey that it had under Connect.
 *
 * @see https://developer.atlassian.com/platform/adopting-forge-from-connect/migrate-connect-clientkey/
 */
const RESERVED_KEY = /^connect_client_key_/;

/**
 * The properties of one owner. Nothing is called yet.
 *
 * @throws JiraApiError JIRA_PROPERTY_INVALID where the owner is not named as Jira names it.
 * @see https://developer.atlassian.com/cloud/jira/platform/jira-entity-properties/
 */
export function propertyMap<T extends object = Record<string, unknown>>(
  calls: JiraCalls,
  owner: PropertyOwner,
  context: PropertyContext,
): PropertyMap<T> {
  const place = placeOf(owner, context);

  const read = async (key: string, options: PropertyCallOptions): Promise<unknown> => {
    checkKey(key, place.maxKeyLength);
    const { path, query } = await place.find();
    const answer = await found(
      () => calls.get<unknown>(`${path}/${encodeURIComponent(key)}`, { query, ...options }),
      () => calls.get(path, { query, ...options }),
    );
    if (answer === undefined) return undefined;
    if (isObject(answer.value) && 'value' in answer.value) return answer.value.value;
    throw unexpected(`GET ${path}/…`);
  };

  const map: PropertyMap<T> = {
    get: (key, options = {}) => read(key, options) as Promise<never>,
    async set(key, value, options = {}) {
      checkKey(key, place.maxKeyLength);
      if (RESERVED_KEY.test(key)) throw reserved(key);
      const body = checkValue(key, value);
      const { path, query } = await place.find();
      return write(calls, `${path}/${encodeURIComponent(key)}`, { query, body, ...options });
    },
    async delete(key, options = {}) {
      checkKey(key, place.maxKeyLength);
      if (RESERVED_KEY.test(key)) throw reserved(key);
      const { path, query } = await place.find();
      const answer = await found(
        () => calls.delete(`${path}/${encodeURIComponent(key)}`, { query, ...options }),
        () => calls.get(path, { query, ...options }),
      );
      return answer !== undefined;
    },
    async keys(options = {}) {
      const { path, query } = await place.find();
      const answer = await calls.get<unknown>(path, { query, ...options });
      const keys = isObject(answer) ? answer.keys : undefined;
      if (!Array.isArray(keys)) throw unexpected(`GET ${path}`);
      return keys.map((each) => String(isObject(each) ? each.key : each));
    },
    async update(key, change, options = {}) {
      const value = await change((await read(key, options)) as never);
      await map.set(key, value, options);
      return value;
    },
  };
  return map;
}

/** Where the properties of an owner are. */
interface Place {
  readonly maxKeyLength: number;
  find(): Promise<{ path: string; query: Readonly<Record<string, string>> }>;
}

function placeOf(owner: PropertyOwner, { appKey, host }: PropertyContext): Place {
  if (owner === 'app') {
    return {
      maxKeyLength: MAX_APP_KEY_LENGTH,
      find: async () => ({ path: appPath(await host(), appKey), query: {} }),
    };
  }
  const [kind, id] = isObject(owner) ? (Object.entries(owner)[0] ?? []) : [];
  const name = typeof id === 'string' || typeof id === 'number' ? String(id) : '';
  const at = (path: string, query: Readonly<Record<string, string>> = {}): Place => ({
    maxKeyLength: MAX_KEY_LENGTH,
    find: () => Promise.resolve({ path, query }),
  });
  if (isObject(owner) && Object.keys(owner).length === 1) {
    if ((kind === 'issue' || kind === 'project') && /^[A-Za-z0-9][\w-]*$/.test(name)) {
      return at(`/rest/api/3/${kind}/${name}/properties`);
    }
    if (kind === 'comment' && /^\d+$/.test(name))
      return at(`/rest/api/3/comment/${name}/properties`);
    if (kind === 'user' && /^[\w:-]{1,128}$/.test(name)) {
      return at('/rest/api/3/user/properties', { accountId: name });
    }
  }
  throw new JiraApiError('JIRA_PROPERTY_INVALID', 'It is not said whose properties are meant.', {
    hint: "Give 'app', { issue: idOrKey }, { project: idOrKey }, { user: accountId } or { comment: id }.",
  });
}

function appPath(host: JiraHost, appKey: string | undefined): string {
  if (host === 'forge') return '/rest/forge/1/app/properties';
  if (host === 'connect' && appKey !== undefined) {
    return `/rest/atlassian-connect/1/addons/${encodeURIComponent(appKey)}/properties`;
  }
  throw new ConfigError(
    'CONFIG_OPTION_INVALID',
    host === 'connect'
      ? 'The properties of an app are found by its key, which this client does not know.'
      : 'Only an app has app properties, and this client does not call as one.',
    {
      hint:
        host === 'connect'
          ? 'Give createJiraClient the descriptor.'
          : 'Use the client of an app, app.jira(…), or the properties of an issue, a project or a user.',
    },
  );
}

/** @returns undefined where the property is missing; where its owner is, that is an error. */
async function found<T>(
  call: () => Promise<T>,
  listKeys: () => Promise<unknown>,
): Promise<{ value: T } | undefined> {
  try {
    return { value: await call() };
  } catch (error) {
    if (!isJiraApiError(error) || error.code !== 'JIRA_NOT_FOUND') throw error;
    // Both are a 404, and the wording is not documented: where it is another, whoever can be listed is there.
    if (!error.errorMessages.some((text) => PROPERTY_MISSING.test(text))) await listKeys();
    return undefined;
  }
}
const PROPERTY_MISSING = /^(?:the )?property\b.*\b(?:not found|does not exist)/i;

/** Sends a value. @returns whether Jira says that it was new. */
async function write(
  calls: JiraCalls,
  path: string,
  sent: PropertyCallOptions & { query: Readonly<Record<string, string>>; body: string },
): Promise<boolean> {
  const { body, ...options } = sent;
  const answer = await calls.fetch(path, {
    ...options,
    ...{ method: 'PUT', body, headers: { 'content-type': 'application/json' } },
  });
  if (!answer.ok) throw await refusalOf(answer, { method: 'PUT', path }, undefined);
  await answer.arrayBuffer();
  return answer.status === 201;
}

function checkKey(key: unknown, maxLength: number): void {
  // The last two would lead to another path.
  if (typeof key === 'string' && key !== '' && key !== '.' && key !== '..') {
    if (key.length <= maxLength) return;
    throw invalid(
      `The key of a property has ${key.length} characters; Jira takes ${maxLength} here.`,
    );
  }
  throw invalid('The key of a property must be text.');
}

/** The JSON to send. */
function checkValue(key: string, value: unknown): string {
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch {
    // A circle, or a bigint: said below.
  }
  if (text === undefined) throw invalid(`The value of the property '${key}' is no JSON.`);
  if (text.length > MAX_VALUE_LENGTH) {
    throw invalid(
      `The value of the property '${key}' is ${text.length} characters of JSON; Jira takes ${MAX_VALUE_LENGTH}.`,
    );
  }
  return text;
}

function invalid(message: string): JiraApiError {
  return new JiraApiError('JIRA_PROPERTY_INVALID', message);
}

function reserved(key: string): JiraApiError {
  return new JiraApiError('JIRA_PROPERTY_INVALID', `Jira keeps the property '${key}' itself.`, {
    hint: 'It can be read, and not written. Choose another key.',
  });
}

function unexpected(call: string): JiraApiError {
  return new JiraApiError(
    'JIRA_ANSWER_INVALID',
    `${call} was answered without what it asked for.`,
    {
      hint: 'The answer is not of the documented form. Call it with jira.get and look at it.',
    },
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
