import type { ForgeCase } from '../../forge-case.ts';

export const test: ForgeCase = {
  name: 'the system token at the URL of the site',
  expected: 'CS-FORGE-SITE-URL',
  to: 'jira',
  async send({ siteUrl, systemToken }) {
    await fetch(`${siteUrl}/rest/api/3/myself`, {
      headers: { authorization: `Bearer ${await systemToken()}` },
    });
  },
};
