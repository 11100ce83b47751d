import type { ForgeCase } from '../../forge-case.ts';

export const test: ForgeCase = {
  name: 'a FIT of the staging of Atlassian',
  expected: 'CS-FORGE-STAGING',
  to: 'remote',
  async send({ remoteUrl, claims, sign }) {
    const app = { ...claims().app, apiBaseUrl: 'https://api.stg.atlassian.com/ex/jira/1' };
    const fit = await sign({ ...claims(), app }, { kid: 'staging' }, 'other');
    await fetch(`${remoteUrl}/forge/events`, {
      method: 'POST',
      headers: { authorization: `Bearer ${fit}` },
    });
  },
};
