import type { ForgeCase } from '../../forge-case.ts';

export const test: ForgeCase = {
  name: 'an API token without scopes at the site',
  expected: 'accepted',
  to: 'jira',
  credential: 'api-token',
  async send({ siteUrl, person }) {
    const login = Buffer.from(`${person.email}:${person.plainApiToken}`).toString('base64');
    await fetch(`${siteUrl}/rest/api/3/myself`, {
      headers: { authorization: `Basic ${login}` },
    });
  },
};
