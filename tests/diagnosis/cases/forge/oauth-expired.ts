import type { ForgeCase } from '../../forge-case.ts';

export const test: ForgeCase = {
  name: 'an access token that was not refreshed',
  expected: 'CS-OAUTH-EXPIRED',
  to: 'jira',
  credential: 'oauth',
  async send({ apiBaseUrl, accessToken }) {
    await fetch(`${apiBaseUrl}/rest/api/3/myself`, {
      headers: { authorization: `Bearer ${await accessToken({ madeSecondsAgo: 4000 })}` },
    });
  },
};
