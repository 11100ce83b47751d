import type { ForgeCase } from '../../forge-case.ts';

export const test: ForgeCase = {
  name: 'the system token verified as a FIT',
  expected: 'CS-FORGE-OAUTH-AS-FIT',
  to: 'remote',
  async send({ remoteUrl, systemToken }) {
    const fit = await systemToken();
    await fetch(`${remoteUrl}/forge/events`, {
      method: 'POST',
      headers: { authorization: `Bearer ${fit}` },
    });
  },
};
