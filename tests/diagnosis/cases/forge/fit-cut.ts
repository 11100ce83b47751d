import type { ForgeCase } from '../../forge-case.ts';

export const test: ForgeCase = {
  name: 'a FIT that a proxy cut',
  expected: 'CS-TOKEN-TRUNCATED',
  to: 'remote',
  async send({ remoteUrl, claims, sign }) {
    const fit = (await sign(claims())).split('.').slice(0, 2).join('.');
    await fetch(`${remoteUrl}/forge/events`, {
      method: 'POST',
      headers: { authorization: `Bearer ${fit}` },
    });
  },
};
