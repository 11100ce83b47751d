import type { ForgeCase } from '../../forge-case.ts';

export const test: ForgeCase = {
  name: 'a user name in place of the e-mail address',
  expected: 'CS-API-TOKEN-LOGIN',
  to: 'jira',
  credential: 'api-token',
  async send({ siteUrl, person }) {
    const login = Buffer.from(`admin:${person.plainApiToken}`).toString('base64');
    await fetch(`${siteUrl}/rest/api/3/myself`, {
      headers: { authorization: `Basic ${login}` },
    });
  },
};
