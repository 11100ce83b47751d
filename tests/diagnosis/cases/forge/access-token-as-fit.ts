import type { ForgeCase } from '../../forge-case.ts';

export const test: ForgeCase = {
  name: 'an OAuth access token verified as a FIT',
  expected: 'CS-FORGE-OAUTH-AS-FIT',
  to: 'remote',
  async send({ remoteUrl, accessToken }) {
    const fit = await accessToken();
    await fetch(`${remoteUrl}/forge/events`, {
      method: 'POST',
      headers: { authorization: `Bearer ${fit}` },
    });
  },
};
