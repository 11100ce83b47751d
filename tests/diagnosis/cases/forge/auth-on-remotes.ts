import type { ForgeCase } from '../../forge-case.ts';

export const test: ForgeCase = {
  name: 'auth on remotes[] where the endpoint needs it',
  expected: 'CS-FORGE-AUTH-PLACE',
  to: 'jira',
  manifest: {
    modules: { endpoint: [{ key: 'sync', remote: 'backend', route: { path: '/forge/events' } }] },
    remotes: [{ key: 'backend', auth: { appSystemToken: { enabled: true } } }],
    permissions: { scopes: ['read:app-system-token', 'read:jira-work'] },
  },
  async send({ apiBaseUrl }) {
    // What request.headers gives for a header that never came.
    const headers: Record<string, string | undefined> = {};
    await fetch(`${apiBaseUrl}/rest/api/3/myself`, {
      headers: { authorization: `Bearer ${headers['x-forge-oauth-system']}` },
    });
  },
};
