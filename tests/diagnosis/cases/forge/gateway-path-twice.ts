import type { ForgeCase } from '../../forge-case.ts';

export const test: ForgeCase = {
  name: '/ex/jira/<cloudId> joined to a base that has it',
  expected: 'CS-FORGE-GATEWAY-PATH',
  to: 'jira',
  async send({ apiBaseUrl, cloudId, systemToken }) {
    await fetch(`${apiBaseUrl}/ex/jira/${cloudId}/rest/api/3/myself`, {
      headers: { authorization: `Bearer ${await systemToken()}` },
    });
  },
};
