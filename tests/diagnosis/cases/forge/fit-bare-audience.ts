import type { ForgeCase } from '../../forge-case.ts';

export const test: ForgeCase = {
  name: 'a test that writes the bare UUID into aud',
  expected: 'CS-FORGE-APP-ID-FORM',
  to: 'remote',
  async send({ remoteUrl, claims, sign, appId }) {
    const fit = await sign({ ...claims(), aud: appId.slice(-36) });
    await fetch(`${remoteUrl}/forge/events`, {
      method: 'POST',
      headers: { authorization: `Bearer ${fit}` },
    });
  },
};
