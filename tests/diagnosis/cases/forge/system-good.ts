import type { ForgeCase } from '../../forge-case.ts';

export const test: ForgeCase = {
  name: 'the system token at apiBaseUrl',
  expected: 'accepted',
  to: 'jira',
  async send({ apiBaseUrl, systemToken }) {
    await fetch(`${apiBaseUrl}/rest/api/3/myself`, {
      headers: { authorization: `Bearer ${await systemToken()}` },
    });
  },
};
