import type { ForgeCase } from '../../forge-case.ts';

export const test: ForgeCase = {
  name: 'a FIT that a test made with half of its claims',
  expected: 'CS-FORGE-CLAIMS',
  to: 'remote',
  async send({ remoteUrl, claims, sign, appId }) {
    const fit = await sign({ ...claims(), app: { id: appId } });
    await fetch(`${remoteUrl}/forge/events`, {
      method: 'POST',
      headers: { authorization: `Bearer ${fit}` },
    });
  },
};
