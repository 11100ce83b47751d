import type { ForgeCase } from '../../forge-case.ts';

export const test: ForgeCase = {
  name: 'an API token without scopes at the gateway',
  expected: 'CS-API-TOKEN-GATEWAY',
  to: 'jira',
  credential: 'api-token',
  async send({ apiBaseUrl, person }) {
    const login = Buffer.from(`${person.email}:${person.plainApiToken}`).toString('base64');
    await fetch(`${apiBaseUrl}/rest/api/3/myself`, {
      headers: { authorization: `Basic ${login}` },
    });
  },
};
