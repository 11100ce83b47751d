import type { ForgeCase } from '../../forge-case.ts';

export const test: ForgeCase = {
  name: 'a FIT of an Isolated Cloud',
  expected: 'CS-FORGE-ISOLATED-CLOUD',
  to: 'remote',
  async send({ remoteUrl, claims, sign }) {
    const fit = await sign({ ...claims(), icLabel: 'acme-eu' }, { kid: 'acme' }, 'other');
    await fetch(`${remoteUrl}/forge/events`, {
      method: 'POST',
      headers: { authorization: `Bearer ${fit}` },
    });
  },
};
