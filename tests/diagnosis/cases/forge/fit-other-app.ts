import type { ForgeCase } from '../../forge-case.ts';

export const test: ForgeCase = {
  name: 'a FIT of another Forge app, with a good signature',
  expected: 'CS-FORGE-APP-OTHER',
  to: 'remote',
  async send({ remoteUrl, claims, sign }) {
    const other = 'ari:cloud:ecosystem::app/00000000-e33d-48c7-af0d-0d73816e08fa';
    const fit = await sign({ ...claims(), aud: other, app: { ...claims().app, id: other } });
    await fetch(`${remoteUrl}/forge/events`, {
      method: 'POST',
      headers: { authorization: `Bearer ${fit}` },
    });
  },
};
