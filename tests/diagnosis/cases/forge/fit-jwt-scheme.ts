import type { ForgeCase } from '../../forge-case.ts';

export const test: ForgeCase = {
  name: 'a FIT under the scheme of Connect',
  expected: 'CS-FORGE-SCHEME',
  to: 'remote',
  async send({ remoteUrl, claims, sign }) {
    const fit = await sign(claims());
    await fetch(`${remoteUrl}/forge/events`, {
      method: 'POST',
      headers: { authorization: `JWT ${fit}` },
    });
  },
};
