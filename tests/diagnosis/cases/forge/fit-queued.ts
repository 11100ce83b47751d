import type { ForgeCase } from '../../forge-case.ts';

export const test: ForgeCase = {
  name: 'a FIT that waited in a queue',
  expected: 'CS-FORGE-FIT-EXPIRED',
  to: 'remote',
  async send({ remoteUrl, claims, sign }) {
    const iat = Math.floor(Date.now() / 1000) - 300;
    const fit = await sign({ ...claims(), iat, nbf: iat, exp: iat + 25 });
    await fetch(`${remoteUrl}/forge/events`, {
      method: 'POST',
      headers: { authorization: `Bearer ${fit}` },
    });
  },
};
