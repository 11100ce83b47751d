import type { ForgeCase } from '../../forge-case.ts';

export const test: ForgeCase = {
  name: 'the context token of Forge',
  expected: 'CS-FORGE-ISS',
  to: 'remote',
  async send({ remoteUrl, claims, sign }) {
    const fit = await sign({ ...claims(), iss: 'forge/context-token' });
    await fetch(`${remoteUrl}/forge/events`, {
      method: 'POST',
      headers: { authorization: `Bearer ${fit}` },
    });
  },
};
