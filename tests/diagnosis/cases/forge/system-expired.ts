import type { ForgeCase } from '../../forge-case.ts';

export const test: ForgeCase = {
  name: 'a system token kept over night',
  expected: 'CS-FORGE-TOKEN-EXPIRED',
  to: 'jira',
  async send({ apiBaseUrl, systemToken }) {
    await fetch(`${apiBaseUrl}/rest/api/3/myself`, {
      headers: { authorization: `Bearer ${await systemToken({ madeSecondsAgo: 8 * 3600 })}` },
    });
  },
};
