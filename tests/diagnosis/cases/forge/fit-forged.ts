import type { ForgeCase } from '../../forge-case.ts';

export const test: ForgeCase = {
  name: 'a FIT that somebody else signed',
  expected: 'CS-FORGE-SIGNATURE',
  to: 'remote',
  async send({ remoteUrl, claims, sign }) {
    const fit = await sign(claims(), {}, 'other');
    await fetch(`${remoteUrl}/forge/events`, {
      method: 'POST',
      headers: { authorization: `Bearer ${fit}` },
    });
  },
};
