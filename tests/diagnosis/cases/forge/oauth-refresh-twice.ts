import type { ForgeCase } from '../../forge-case.ts';

export const test: ForgeCase = {
  name: 'a refresh token used twice',
  expected: 'CS-OAUTH-REFRESH-REUSED',
  to: 'jira',
  credential: 'oauth',
  async send({ gatewayUrl, refreshToken }) {
    await fetch(`${gatewayUrl}/oauth/token`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ grant_type: 'refresh_token', refresh_token: refreshToken }),
    });
  },
};
