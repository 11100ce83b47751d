import type { ForgeCase } from '../../forge-case.ts';

export const test: ForgeCase = {
  name: 'an edit with a token for reading',
  expected: 'CS-SCOPE-GATEWAY',
  to: 'jira',
  async send({ apiBaseUrl, systemToken }) {
    await fetch(`${apiBaseUrl}/rest/api/3/issue/XX-21`, {
      method: 'PUT',
      headers: {
        authorization: `Bearer ${await systemToken()}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify({ fields: { summary: 'From the app' } }),
    });
  },
};
