import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { isJiraApiError, type JiraClient } from '../../src/index.ts';
import { createJiraClient } from '../../src/jira/client.ts';
import { missingPermissions, type PermissionQuestion } from '../../src/jira/permissions.ts';
import { type RecordingSite, startRecordingSite } from './recording-site.ts';
import { type SandboxSite, startSandboxSite } from './sandbox-site.ts';

describe('on a site', () => {
  let sandbox: SandboxSite;
  let hiddenIssue: string;
  beforeAll(async () => {
    sandbox = await startSandboxSite(['READ']);
    const body = {
      fields: { project: { key: 'YY' }, issuetype: { name: 'Task' }, summary: 'Hidden' },
    };
    const made = await sandbox.person(0).post<{ key: string }>('/rest/api/3/issue', { body });
    hiddenIssue = made.key;
  });
  afterAll(() => sandbox.close());

  const missing = (who: 0 | 1 | 2, question: PermissionQuestion) =>
    missingPermissions(sandbox.app, sandbox.accountId(who), question);

  test('an administrator may do everything, by keys and by ids', async () => {
    const id = sandbox.site.issue('XX-20')?.id ?? '';
    expect(
      await missing(0, {
        global: ['ADMINISTER'],
        project: ['EDIT_ISSUES', 'DELETE_ISSUES'],
        projects: ['XX', 'yy', 10_000, '10001'],
        issues: ['XX-21', id, Number(id), hiddenIssue],
      }),
    ).toEqual([]);
  });

  test('what a member of one project may not do is named, permission by permission and place by place', async () => {
    expect(
      await missing(2, {
        global: ['ADMINISTER'],
        project: ['EDIT_ISSUES', 'DELETE_ISSUES'],
        projects: ['XX', 10_001],
        issues: ['XX-21', hiddenIssue],
      }),
    ).toEqual([
      { permission: 'ADMINISTER' },
      { permission: 'EDIT_ISSUES', project: '10001' },
      { permission: 'EDIT_ISSUES', issue: hiddenIssue },
      { permission: 'DELETE_ISSUES', project: 'XX' },
      { permission: 'DELETE_ISSUES', project: '10001' },
      { permission: 'DELETE_ISSUES', issue: 'XX-21' },
      { permission: 'DELETE_ISSUES', issue: hiddenIssue },
    ]);
  });

  test.each([
    ['BROWSE_PROJECTS', 'DELETE_ISSUES'],
    ['DELETE_ISSUES', 'BROWSE_PROJECTS'],
  ])('%s and %s: one of two permissions is not enough, in either order', async (...project) => {
    expect(await missing(2, { project, issues: ['XX-21'] })).toEqual([
      { permission: 'DELETE_ISSUES', issue: 'XX-21' },
    ]);
  });

  test('jira.can is the short form', async () => {
    const { app, accountId } = sandbox;
    const question = { project: ['EDIT_ISSUES'], issues: ['XX-21'] };
    expect(await app.can(accountId(2), question)).toBe(true);
    expect(await app.can(accountId(1), question)).toBe(false);
    expect(await app.can(undefined, question)).toBe(false);
    expect(await app.missingPermissions(accountId(1), question)).toEqual([
      { permission: 'EDIT_ISSUES', issue: 'XX-21' },
    ]);
  });

  test('what does not exist is missing, also for an administrator', async () => {
    const question = {
      project: ['BROWSE_PROJECTS'],
      projects: ['NO', 99, '', '../myself', '0010000', 'XX '],
      issues: ['XX-999', 999_999, 'XX-21/comment'],
    };
    expect(await missing(0, question)).toHaveLength(9);
  });

  test.each([[undefined], ['']])(
    'the accountId %j is nobody, and Jira is not asked',
    async (who) => {
      const before = sandbox.site.requests.length;
      // The app itself may see the issue: asked without an accountId, Jira would say so.
      expect(
        await missingPermissions(sandbox.app, who, {
          ...{ global: ['ADMINISTER'], project: ['BROWSE_PROJECTS'], issues: ['XX-21'] },
        }),
      ).toEqual([{ permission: 'ADMINISTER' }, { permission: 'BROWSE_PROJECTS', issue: 'XX-21' }]);
      expect(sandbox.site.requests.length).toBe(before);
    },
  );

  test.each([
    ['a permission that Jira does not know', { global: ['FLY'] }],
    ['a misspelt one', { project: ['EDIT_ISSUE'], issues: ['XX-21'] }],
    ['a global permission asked of a project', { project: ['ADMINISTER'], projects: ['XX'] }],
  ] as [string, PermissionQuestion][])('%s is an error', async (_, question) => {
    await expect(missing(0, question)).rejects.toMatchObject({ code: 'JIRA_BAD_REQUEST' });
  });

  test('an account that Jira does not know is an error', async () => {
    const call = missingPermissions(sandbox.app, 'nobody', { global: ['ADMINISTER'] });
    await expect(call).rejects.toMatchObject({ code: 'JIRA_BAD_REQUEST' });
  });

  test('who may not ask about others gets an error', async () => {
    const question = { global: ['ADMINISTER'] };
    const ask = (about: 0 | 1) =>
      missingPermissions(sandbox.person(1), sandbox.accountId(about), question);
    await expect(ask(0)).rejects.toMatchObject({ code: 'JIRA_FORBIDDEN' });
    expect(await ask(1)).toEqual([{ permission: 'ADMINISTER' }]);
  });
});

describe('fails closed', () => {
  let site: RecordingSite;
  let jira: JiraClient;
  let answer: unknown;
  beforeAll(async () => {
    site = await startRecordingSite();
    const credentials = { siteUrl: site.origin, appKey: 'panel-app', sharedSecret: 'secret-1' };
    jira = createJiraClient({ credentials });
  });
  afterAll(() => site.close());
  beforeEach(() => {
    site.requests.length = 0;
    site.answer = (_, response) => response.end(JSON.stringify(answer));
  });
  const codeOf = (question: unknown): Promise<string> =>
    missingPermissions(jira, 'ann', question as PermissionQuestion).then(
      (missing) => `answered with ${missing.length}`,
      (error: unknown) => (isJiraApiError(error) ? error.code : (error as { code: string }).code),
    );

  const grant = { permission: 'EDIT_ISSUES', projects: [1], issues: [2] };
  const question = { project: ['EDIT_ISSUES'], projects: [1], issues: [2] };

  test('a full answer is a yes', async () => {
    answer = { globalPermissions: [], projectPermissions: [grant] };
    expect(await codeOf(question)).toBe('answered with 0');
    expect(JSON.parse(site.requests[0]?.body ?? '')).toEqual({
      accountId: 'ann',
      projectPermissions: [{ permissions: ['EDIT_ISSUES'], projects: [1], issues: [2] }],
    });
  });

  test.each([
    ['nothing', undefined],
    ['true', true],
    ['an empty object', {}],
    ['a list', [grant]],
    ['an HTML page as text', '<html>'],
    ['null in place of the grants', { globalPermissions: [], projectPermissions: null }],
    ['a grant without projects', { projectPermissions: [{ ...grant, projects: undefined }] }],
    ['a grant without issues', { projectPermissions: [{ ...grant, issues: true }] }],
    ['a grant without a permission', { projectPermissions: [{ ...grant, permission: undefined }] }],
  ])('the answer is %s', async (_, given) => {
    answer = given;
    expect(await codeOf(question)).toBe('JIRA_ANSWER_INVALID');
  });

  test('a global permission needs the list of global ones', async () => {
    answer = { projectPermissions: [] };
    expect(await codeOf({ global: ['ADMINISTER'] })).toBe('JIRA_ANSWER_INVALID');
    answer = { globalPermissions: { ADMINISTER: true } };
    expect(await codeOf({ global: ['ADMINISTER'] })).toBe('JIRA_ANSWER_INVALID');
  });

  test.each([
    ['no grant', []],
    ['a grant of another permission', [{ ...grant, permission: 'BROWSE_PROJECTS' }]],
    ['a grant for other ids', [{ ...grant, projects: [2], issues: [1] }]],
    ['the project as an issue', [{ ...grant, projects: [], issues: [1] }]],
  ])('%s is a no', async (_, projectPermissions) => {
    answer = { globalPermissions: ['EDIT_ISSUES'], projectPermissions };
    expect(await codeOf({ project: ['EDIT_ISSUES'], projects: [1] })).toBe('answered with 1');
  });

  test('a key without an id in its answer is an error', async () => {
    answer = { key: 'XX-21' };
    expect(await codeOf({ ...question, issues: ['XX-21'] })).toBe('JIRA_ANSWER_INVALID');
  });

  test.each([
    ['nothing at all', {}],
    ['an empty list', { global: [] }],
    ['permissions of no project', { project: ['EDIT_ISSUES'] }],
    ['permissions of an empty list of issues', { project: ['EDIT_ISSUES'], issues: [] }],
    ['issues without a permission', { issues: ['XX-21'] }],
    ['issues beside a global permission', { global: ['ADMINISTER'], issues: ['XX-21'] }],
    ['an empty name', { global: [''] }],
    ['text in place of a list', { project: 'EDIT_ISSUES', issues: ['XX-21'] }],
  ])('a question is refused that asks %s, also of nobody', async (_, asked) => {
    expect(await codeOf(asked)).toBe('CONFIG_OPTION_INVALID');
    const ofNobody = missingPermissions(jira, undefined, asked as PermissionQuestion);
    await expect(ofNobody).rejects.toMatchObject({ code: 'CONFIG_OPTION_INVALID' });
    expect(site.requests).toEqual([]);
  });

  test('an option that does not exist is refused by its name', async () => {
    expect(await codeOf({ globals: ['ADMINISTER'] })).toBe('CONFIG_OPTION_UNKNOWN');
  });

  test('a place that has no name is nobody’s', async () => {
    answer = { projectPermissions: [{ ...grant, projects: [1], issues: [1] }], id: '1' };
    const asked = { project: ['EDIT_ISSUES'], projects: [undefined, null], issues: [{}] };
    expect(await codeOf(asked)).toBe('answered with 3');
    expect(site.requests).toEqual([]);
  });

  test('more than 1,000 ids are asked for in parts, and a part that says no counts', async () => {
    const ids = Array.from({ length: 2500 }, (_, index) => index + 1);
    site.answer = (_request, response) => {
      const { projectPermissions } = JSON.parse(site.requests.at(-1)?.body ?? '');
      const [{ permissions, projects, issues }] = projectPermissions;
      response.end(
        JSON.stringify({
          globalPermissions: ['ADMINISTER'],
          projectPermissions: [
            {
              permission: permissions[0],
              projects,
              issues: issues.filter((id: number) => id !== 2001),
            },
          ],
        }),
      );
    };
    expect(
      await missingPermissions(jira, 'ann', {
        ...{ global: ['ADMINISTER'], project: ['EDIT_ISSUES'], projects: [7], issues: ids },
      }),
    ).toEqual([{ permission: 'EDIT_ISSUES', issue: '2001' }]);
    const bodies = site.requests.map(({ body }) => JSON.parse(body));
    expect(
      bodies.map(({ projectPermissions: [{ projects, issues }] }) => [
        projects.length,
        issues.length,
      ]),
    ).toEqual(
      expect.arrayContaining([
        [1, 1000],
        [0, 1000],
        [0, 500],
      ]),
    );
    expect(bodies.filter(({ globalPermissions }) => globalPermissions)).toHaveLength(1);
  });
});
