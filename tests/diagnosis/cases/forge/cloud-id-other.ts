import type { ForgeCase } from '../../forge-case.ts';

export const test: ForgeCase = {
  name: 'the cloudId of another site',
  expected: 'CS-FORGE-CLOUD-ID',
  to: 'jira',
  async send({ gatewayUrl, systemToken }) {
    const base = `${gatewayUrl}/ex/jira/00000000-5d47-4b6a-9c10-7e2f3a4b5c6d`;
    await fetch(`${base}/rest/api/3/myself`, {
      headers: { authorization: `Bearer ${await systemToken()}` },
    });
  },
};
