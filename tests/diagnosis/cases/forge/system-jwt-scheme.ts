import type { ForgeCase } from '../../forge-case.ts';

export const test: ForgeCase = {
  name: 'the system token under the scheme of Connect',
  expected: 'CS-FORGE-SCHEME',
  to: 'jira',
  async send({ apiBaseUrl, systemToken }) {
    await fetch(`${apiBaseUrl}/rest/api/3/myself`, {
      headers: { authorization: `JWT ${await systemToken()}` },
    });
  },
};
