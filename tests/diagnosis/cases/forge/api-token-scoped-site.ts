import type { ForgeCase } from '../../forge-case.ts';

export const test: ForgeCase = {
  name: 'an API token with scopes at the URL of the site',
  expected: 'CS-API-TOKEN-SITE',
  to: 'jira',
  credential: 'api-token',
  async send({ siteUrl, person }) {
    const login = Buffer.from(`${person.email}:${person.scopedApiToken}`).toString('base64');
    await fetch(`${siteUrl}/rest/api/3/myself`, {
      headers: { authorization: `Basic ${login}` },
    });
  },
};
