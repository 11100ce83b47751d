import { expect, test } from 'vitest';
import { callSigned, send, startBoth, startSite } from './app.ts';

test('serverInfo is for everyone', async () => {
  const site = await startSite();
  const answer = await send(site, '/rest/api/3/serverInfo');
  expect(await answer.json()).toMatchObject({ baseUrl: site.url, deploymentType: 'Cloud' });
});

test('field lists the fields, of which two have one name; an anonymous caller sees no custom field', async () => {
  const { site } = await startBoth();
  const fields = (await (await callSigned(site, '/rest/api/3/field')).json()) as {
    id: string;
    name: string;
    custom: boolean;
  }[];
  expect(fields.filter(({ name }) => name === 'Region').map(({ id }) => id)).toEqual([
    'customfield_10061',
    'customfield_10062',
  ]);
  expect(fields.find(({ id }) => id === 'customfield_10042')).toMatchObject({
    name: 'Site location',
    schema: { type: 'string', customId: 10042 },
  });
  expect(site.field('customfield_10042')).toMatchObject({ onScreen: false });
  expect(site.field('customfield_10050')).toMatchObject({ onScreen: true, kind: 'number' });
  const anonymous = (await (await send(site, '/rest/api/3/field')).json()) as typeof fields;
  expect(anonymous.some(({ custom }) => custom)).toBe(false);
});

test('projects are listed, searched and read, by those who may browse them', async () => {
  const { site } = await startBoth();
  const list = await callSigned(site, '/rest/api/3/project');
  expect(await list.json()).toMatchObject([{ key: 'XX', name: 'Example' }, { key: 'YY' }]);
  const page = await callSigned(site, '/rest/api/3/project/search?maxResults=1');
  expect(await page.json()).toMatchObject({ total: 2, isLast: false, values: [{ key: 'XX' }] });
  const last = await callSigned(site, '/rest/api/3/project/search?startAt=1');
  expect(await last.json()).toMatchObject({ total: 2, isLast: true, values: [{ key: 'YY' }] });
  expect((await callSigned(site, '/rest/api/3/project/search?startAt=-1')).status).toBe(400);
  for (const name of ['XX', '10000']) {
    const one = await callSigned(site, `/rest/api/3/project/${name}`);
    expect(await one.json()).toMatchObject({ id: '10000', key: 'XX' });
  }
  const missing = await callSigned(site, '/rest/api/3/project/ZZ');
  expect(missing.status).toBe(404);
  expect(await missing.json()).toMatchObject({
    errorMessages: ["No project could be found with key 'ZZ'."],
  });
  expect(await (await send(site, '/rest/api/3/project')).json()).toEqual([]);
  expect((await send(site, '/rest/api/3/project/XX')).status).toBe(404);
});

test('mypermissions tells what the caller may do', async () => {
  const { site } = await startBoth();
  const target = '/rest/api/3/mypermissions?permissions=EDIT_ISSUES,ADMINISTER';
  const answer = await callSigned(site, `${target}&projectKey=XX&issueKey=XX-21`);
  expect(await answer.json()).toMatchObject({
    permissions: {
      EDIT_ISSUES: { key: 'EDIT_ISSUES', type: 'PROJECT', havePermission: true },
      ADMINISTER: { type: 'GLOBAL', havePermission: false },
    },
  });
  const { site: other } = await startBoth({ scopes: ['ADMIN'] });
  expect(await (await callSigned(other, target)).json()).toMatchObject({
    permissions: { ADMINISTER: { havePermission: true } },
  });
  expect(await (await send(site, target)).json()).toMatchObject({
    permissions: { EDIT_ISSUES: { havePermission: false } },
  });
});

test('mypermissions refuses what it does not know', async () => {
  const { site } = await startBoth();
  const target = '/rest/api/3/mypermissions';
  expect((await callSigned(site, target)).status).toBe(400);
  expect((await callSigned(site, `${target}?permissions=FLY`)).status).toBe(400);
  const edit = `${target}?permissions=EDIT_ISSUES`;
  expect((await callSigned(site, `${edit}&projectKey=ZZ`)).status).toBe(404);
  expect((await callSigned(site, `${edit}&issueKey=XX-99`)).status).toBe(404);
});

test('what is not modelled is a 404 that says so, after authentication', async () => {
  const { site } = await startBoth();
  const answer = await callSigned(site, '/rest/api/3/screens');
  expect(answer.status).toBe(404);
  expect(await answer.json()).toEqual({
    errorMessages: ['The sandbox does not model GET /rest/api/3/screens. See docs/sandbox.md.'],
    errors: {},
  });
  expect((await callSigned(site, '/rest/agile/1.0/epic/XX-1')).status).toBe(404);
  expect((await send(site, '/rest/api/3/screens', 'JWT x')).status).toBe(401);
});
