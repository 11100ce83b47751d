import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { isJiraApiError, type JiraApiError, type JiraClient } from '../../src/index.ts';
import { createJiraClient } from '../../src/jira/client.ts';
import { type PropertyMap, type PropertyOwner, propertyMap } from '../../src/jira/properties.ts';
import { type RecordingSite, startRecordingSite } from './recording-site.ts';
import { APP_KEY, type SandboxSite, startSandboxSite } from './sandbox-site.ts';

interface Settings {
  theme: { color: string };
  count: number;
  note: string | null;
}

function propertiesOf(
  client: JiraClient,
  owner: PropertyOwner,
  appKey: string | undefined = APP_KEY,
): PropertyMap<Settings> {
  return propertyMap<Settings>(client, owner, { appKey, host: client.host });
}

async function errorOf(call: Promise<unknown>): Promise<JiraApiError> {
  const error = await call.then(
    (value) => expect.fail(`it was answered: ${JSON.stringify(value)}`),
    (caught: unknown) => caught,
  );
  if (isJiraApiError(error)) return error;
  throw error;
}

describe('on a site', () => {
  let sandbox: SandboxSite;
  let commentId: string;
  beforeAll(async () => {
    sandbox = await startSandboxSite();
    const content = [{ type: 'paragraph', content: [{ type: 'text', text: 'Seen' }] }];
    const body = { body: { type: 'doc', version: 1, content } };
    const comment = await sandbox.app.post<{ id: string }>('/rest/api/3/issue/XX-21/comment', {
      body,
    });
    commentId = comment.id;
  });
  afterAll(() => sandbox.close());

  const owners: [string, () => PropertyOwner][] = [
    ['the app', () => 'app'],
    ['an issue', () => ({ issue: 'XX-21' })],
    ['a project', () => ({ project: 10_000 })],
    ['a user', () => ({ user: sandbox.accountId(1) })],
    ['a comment', () => ({ comment: commentId })],
  ];

  test.each(owners)('%s has properties, and a value comes back as it was set', async (_, owner) => {
    const properties = propertiesOf(sandbox.app, owner());
    expect(await properties.get('theme')).toBeUndefined();
    expect(await properties.delete('theme')).toBe(false);
    expect(await properties.set('theme', { color: 'red/ä' })).toBe(true);
    expect(await properties.set('theme', { color: 'blue' })).toBe(false);
    const theme = await properties.get('theme');
    expect(theme?.color).toBe('blue');
    expect(await properties.set('note', null)).toBe(true);
    expect(await properties.get('note')).toBeNull();
    expect(await properties.keys()).toEqual(['note', 'theme']);
    expect(await properties.delete('theme')).toBe(true);
    expect(await properties.keys()).toEqual(['note']);
  });

  test('a client has them at hand, and knows the key of its app', async () => {
    const own = sandbox.app.properties<Settings>('app');
    await own.set('count', 3);
    expect(await own.get('count')).toBe(3);
    const { path } = sandbox.site.requests.at(-1) ?? {};
    expect(path).toBe(`/rest/atlassian-connect/1/addons/${APP_KEY}/properties/count`);
    expect(await own.delete('count')).toBe(true);
  });

  test('a Forge app has properties of its own, at the gateway', async () => {
    const forge = await sandbox.forgeApp();
    const properties = propertiesOf(forge, 'app');
    await propertiesOf(sandbox.app, 'app').set('count', 7);
    expect(await properties.get('count')).toBeUndefined();
    expect(await properties.set('count', 1)).toBe(true);
    expect(await properties.get('count')).toBe(1);
    expect(await properties.delete('count')).toBe(true);
    expect(sandbox.site.requests.at(-1)?.path).toContain('/rest/forge/1/app/properties/count');
  });

  test('a value is changed by what it was', async () => {
    const properties = propertiesOf(sandbox.app, { project: 'YY' });
    const raise = (old: number | undefined): number => (old ?? 0) + 1;
    expect(await properties.update('count', raise)).toBe(1);
    expect(await properties.update('count', async (old) => raise(old))).toBe(2);
    expect(await properties.get('count')).toBe(2);
    await expect(
      properties.update('count', () => {
        throw new RangeError('enough');
      }),
    ).rejects.toThrow('enough');
    expect(await properties.get('count')).toBe(2);
  });

  test('a key may hold any characters', async () => {
    const client = sandbox.app;
    const properties = propertyMap(client, { issue: 'XX-20' }, { host: client.host });
    for (const key of ['a b', 'a/b', 'a?b=c&d', 'ä%2F', '#x', '...']) {
      expect(await properties.set(key, key), key).toBe(true);
      expect(await properties.get(key), key).toBe(key);
    }
  });

  test.each([
    ['an issue', { issue: 'XX-999' }],
    ['a project', { project: 'PROPERTY' }],
    ['a comment', { comment: 1 }],
    ['a user', { user: 'nobody' }],
  ] as [string, PropertyOwner][])(
    '%s that does not exist is no missing property',
    async (_, owner) => {
      const properties = propertiesOf(sandbox.person(0), owner);
      for (const call of [
        () => properties.get('theme'),
        () => properties.set('count', 1),
        () => properties.delete('theme'),
        () => properties.keys(),
      ]) {
        expect((await errorOf(call())).code).toBe('JIRA_NOT_FOUND');
      }
    },
  );

  test('who may not write is told so, with what Jira says', async () => {
    const properties = propertiesOf(sandbox.person(1), { issue: 'XX-21' });
    expect(await errorOf(properties.set('count', 1))).toMatchObject({
      code: 'JIRA_FORBIDDEN',
      status: 403,
      method: 'PUT',
      path: '/rest/api/3/issue/XX-21/properties/count',
      errorMessages: [expect.stringContaining('edit issues')],
      diagnosis: { cause: 'CS-PERMISSION' },
    });
  });

  test('a person has no app properties', async () => {
    const properties = propertiesOf(sandbox.person(0), 'app');
    await expect(properties.get('theme')).rejects.toMatchObject({ code: 'CONFIG_OPTION_INVALID' });
  });

  test('an app whose key is not known has none either', async () => {
    const { app } = sandbox;
    const properties = propertyMap(app, 'app', { host: app.host });
    await expect(properties.keys()).rejects.toMatchObject({
      code: 'CONFIG_OPTION_INVALID',
      hint: expect.stringContaining('descriptor'),
    });
  });
});

describe('nothing is sent', () => {
  let site: RecordingSite;
  let client: JiraClient;
  beforeAll(async () => {
    site = await startRecordingSite();
    const credentials = { siteUrl: site.origin, appKey: APP_KEY, sharedSecret: 'secret-1' };
    client = createJiraClient({ credentials });
  });
  afterAll(() => site.close());
  beforeEach(() => {
    site.requests.length = 0;
  });

  test.each([
    ['an empty key', ''],
    ['a key that leads elsewhere', '..'],
    ['a key that leads to the list', '.'],
    ['a key of 256 characters', 'k'.repeat(256)],
    ['no text', 5],
  ])('for %s', async (_, key) => {
    const properties = propertiesOf(client, { issue: 'XX-21' }) as unknown as PropertyMap<
      Record<string, unknown>
    >;
    for (const call of [
      properties.get(key as string),
      properties.set(key as string, 1),
      properties.delete(key as string),
    ]) {
      expect((await errorOf(call)).code).toBe('JIRA_PROPERTY_INVALID');
    }
    expect(site.requests).toEqual([]);
  });

  const circle: Record<string, unknown> = {};
  circle.self = circle;
  test.each([
    ['undefined', undefined],
    ['a function', () => 1],
    ['a circle', circle],
    ['a bigint', 1n],
    ['more than 32,768 characters', 'v'.repeat(32_767)],
  ])('for the value %s', async (_, value) => {
    const properties = propertyMap(client, { issue: 'XX-21' }, { host: client.host });
    const error = await errorOf(properties.set('x', value));
    expect(error.code).toBe('JIRA_PROPERTY_INVALID');
    expect(error.message).toContain("'x'");
    expect((await errorOf(properties.set('x', value))).message).not.toContain('vvv');
    expect(site.requests).toEqual([]);
  });

  test('for a key of an app property with 128 characters, and for the reserved one', async () => {
    const properties = propertyMap(client, 'app', { appKey: APP_KEY, host: client.host });
    expect((await errorOf(properties.get('k'.repeat(128)))).message).toContain('127');
    const reserved = 'connect_client_key_019cdff3-8bfb-71fe-9628-875b700aebb8';
    expect((await errorOf(properties.set(reserved, 'x'))).code).toBe('JIRA_PROPERTY_INVALID');
    expect((await errorOf(properties.delete(reserved))).code).toBe('JIRA_PROPERTY_INVALID');
    expect(site.requests).toEqual([]);
  });

  test.each([
    [{ issue: '../../../api/3/user' }],
    [{ issue: '' }],
    [{ issue: undefined }],
    [{ project: 'XX/..' }],
    [{ comment: 'XX' }],
    [{ user: '' }],
    [{ user: undefined }],
    [{}],
    ['page'],
    [{ issue: 'XX-1', project: 'XX' }],
    [null],
  ])('for the owner %j', (owner) => {
    expect(() => propertiesOf(client, owner as never)).toThrow(
      expect.objectContaining({ code: 'JIRA_PROPERTY_INVALID' }),
    );
  });
});

describe('what Jira answers', () => {
  let site: RecordingSite;
  let properties: PropertyMap<Settings>;
  beforeAll(async () => {
    site = await startRecordingSite();
    const credentials = { siteUrl: site.origin, appKey: APP_KEY, sharedSecret: 'secret-1' };
    properties = propertiesOf(createJiraClient({ credentials }), { issue: 'XX-21' });
  });
  afterAll(() => site.close());
  beforeEach(() => {
    site.requests.length = 0;
  });

  const list = '/rest/api/3/issue/XX-21/properties';

  test('a 404 in other words is a missing property where the owner answers', async () => {
    site.answer = ({ url }, response) =>
      url === list
        ? response.end('{"keys":[]}')
        : response.writeHead(404).end('{"errorMessages":["Es gibt sie nicht."]}');
    expect(await properties.get('theme')).toBeUndefined();
    expect(await properties.delete('theme')).toBe(false);
    expect(site.requests.map(({ target }) => target)).toEqual([
      `${list}/theme`,
      list,
      `${list}/theme`,
      list,
    ]);
  });

  test('a 404 in other words is an error where the owner does not answer', async () => {
    site.answer = (_, response) => response.writeHead(404).end('{}');
    expect((await errorOf(properties.get('theme'))).code).toBe('JIRA_NOT_FOUND');
  });

  test.each([
    ['no value', '{"key":"theme"}'],
    ['nothing', ''],
    ['a list', '[]'],
  ])('%s is not taken for a missing property', async (_, body) => {
    site.answer = (_request, response) => response.end(body);
    expect((await errorOf(properties.get('theme'))).code).toBe('JIRA_ANSWER_INVALID');
    expect((await errorOf(properties.keys())).code).toBe('JIRA_ANSWER_INVALID');
  });

  test('the options of a call are those of every call', async () => {
    site.answer = () => {};
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(properties.get('theme', { signal })).rejects.toThrow('enough');
    await expect(properties.set('count', 1, { signal })).rejects.toThrow('enough');
    expect((await errorOf(properties.keys({ timeoutMs: 20 }))).code).toBe('JIRA_TIMEOUT');
  });
});
