import type { ForgeCase } from '../../forge-case.ts';

export const test: ForgeCase = {
  name: 'a FIT whose apiBaseUrl is no gateway',
  expected: 'CS-FORGE-API-BASE',
  to: 'remote',
  async send({ remoteUrl, claims, sign }) {
    const app = { ...claims().app, apiBaseUrl: 'https://evil.example/ex/jira/1' };
    const fit = await sign({ ...claims(), app });
    await fetch(`${remoteUrl}/forge/events`, {
      method: 'POST',
      headers: { authorization: `Bearer ${fit}` },
    });
  },
};
