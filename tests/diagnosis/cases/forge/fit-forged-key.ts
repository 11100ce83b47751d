import type { ForgeCase } from '../../forge-case.ts';

export const test: ForgeCase = {
  name: 'a kid that the key set does not have',
  expected: 'CS-FORGE-KEY-UNKNOWN',
  to: 'remote',
  async send({ remoteUrl, claims, sign }) {
    const fit = await sign(claims(), { kid: 'forge/invocation-token/mine' }, 'other');
    await fetch(`${remoteUrl}/forge/events`, {
      method: 'POST',
      headers: { authorization: `Bearer ${fit}` },
    });
  },
};
