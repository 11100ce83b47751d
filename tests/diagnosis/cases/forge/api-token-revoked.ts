import type { ForgeCase } from '../../forge-case.ts';

export const test: ForgeCase = {
  name: 'an API token that was revoked',
  expected: 'CS-API-TOKEN-REFUSED',
  to: 'jira',
  credential: 'api-token',
  async send({ siteUrl, person }) {
    const login = Buffer.from(`${person.email}:ATATT3xFfGF0MARKED-revoked`).toString('base64');
    await fetch(`${siteUrl}/rest/api/3/myself`, {
      headers: { authorization: `Basic ${login}` },
    });
  },
};
