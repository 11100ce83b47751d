import type { ForgeCase } from '../../forge-case.ts';

export const test: ForgeCase = {
  name: 'the name of the site in place of its cloudId',
  expected: 'CS-FORGE-CLOUD-ID',
  to: 'jira',
  async send({ gatewayUrl, systemToken }) {
    await fetch(`${gatewayUrl}/ex/jira/my-site/rest/api/3/myself`, {
      headers: { authorization: `Bearer ${await systemToken()}` },
    });
  },
};
