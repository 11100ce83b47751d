import type { ForgeCase } from '../../forge-case.ts';

export const test: ForgeCase = {
  name: 'an access token whose consent was taken back',
  expected: 'CS-OAUTH-REFUSED',
  to: 'jira',
  credential: 'oauth',
  async send({ apiBaseUrl, accessToken }) {
    await fetch(`${apiBaseUrl}/rest/api/3/myself`, {
      headers: { authorization: `Bearer ${await accessToken({ revoked: true })}` },
    });
  },
};
