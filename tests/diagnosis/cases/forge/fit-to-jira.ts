import type { ForgeCase } from '../../forge-case.ts';

export const test: ForgeCase = {
  name: 'the FIT sent to Jira as a credential',
  expected: 'CS-KIND-FIT',
  to: 'jira',
  async send({ apiBaseUrl, claims, sign }) {
    await fetch(`${apiBaseUrl}/rest/api/3/myself`, {
      headers: { authorization: `Bearer ${await sign(claims())}` },
    });
  },
};
