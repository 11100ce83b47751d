import type { ForgeCase } from '../../forge-case.ts';

export const test: ForgeCase = {
  name: 'a label that would lead to another key host',
  expected: 'CS-FORGE-ISOLATED-CLOUD',
  to: 'remote',
  async send({ remoteUrl, claims, sign }) {
    const fit = await sign({ ...claims(), icLabel: 'x.evil.example/#' }, {}, 'other');
    await fetch(`${remoteUrl}/forge/events`, {
      method: 'POST',
      headers: { authorization: `Bearer ${fit}` },
    });
  },
};
