import type { ForgeCase } from '../../forge-case.ts';

export const test: ForgeCase = {
  name: 'no x-forge-oauth-user came with a scheduled trigger',
  expected: 'CS-FORGE-USER-TOKEN-MISSING',
  to: 'jira',
  credential: 'forge-user',
  async send({ apiBaseUrl }) {
    // What request.headers gives for a header that never came.
    const headers: Record<string, string | undefined> = {};
    await fetch(`${apiBaseUrl}/rest/api/3/myself`, {
      headers: { authorization: `Bearer ${headers['x-forge-oauth-user']}` },
    });
  },
};
