import type { ForgeCase } from '../../forge-case.ts';

export const test: ForgeCase = {
  name: 'a FIT of this app, used at once',
  expected: 'accepted',
  to: 'remote',
  async send({ remoteUrl, claims, sign }) {
    const fit = await sign(claims());
    await fetch(`${remoteUrl}/forge/events`, {
      method: 'POST',
      headers: { authorization: `Bearer ${fit}` },
    });
  },
};
