import type { ForgeCase } from '../../forge-case.ts';

export const test: ForgeCase = {
  name: 'new URL that cuts the path of apiBaseUrl off',
  expected: 'CS-FORGE-GATEWAY-PATH',
  to: 'jira',
  async send({ apiBaseUrl, systemToken }) {
    const url = new URL('/rest/api/3/myself', apiBaseUrl);
    await fetch(url, { headers: { authorization: `Bearer ${await systemToken()}` } });
  },
};
