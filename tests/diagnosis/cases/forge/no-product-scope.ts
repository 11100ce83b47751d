import type { ForgeCase } from '../../forge-case.ts';

export const test: ForgeCase = {
  name: 'a manifest with no scope of Jira',
  expected: 'CS-FORGE-TOKEN-SCOPE',
  to: 'jira',
  manifest: {
    modules: { endpoint: [{ key: 'sync', auth: { appSystemToken: { enabled: true } } }] },
    permissions: { scopes: ['read:app-system-token'] },
  },
  async send({ apiBaseUrl }) {
    // What request.headers gives for a header that never came.
    const headers: Record<string, string | undefined> = {};
    await fetch(`${apiBaseUrl}/rest/api/3/myself`, {
      headers: { authorization: `Bearer ${headers['x-forge-oauth-system']}` },
    });
  },
};
