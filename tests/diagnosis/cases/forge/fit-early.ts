import type { ForgeCase } from '../../forge-case.ts';

export const test: ForgeCase = {
  name: 'a machine whose clock is two minutes behind',
  expected: 'CS-FORGE-FIT-EARLY',
  to: 'remote',
  async send({ remoteUrl, claims, sign }) {
    const iat = Math.floor(Date.now() / 1000) + 120;
    const fit = await sign({ ...claims(), iat, nbf: iat, exp: iat + 25 });
    await fetch(`${remoteUrl}/forge/events`, {
      method: 'POST',
      headers: { authorization: `Bearer ${fit}` },
    });
  },
};
