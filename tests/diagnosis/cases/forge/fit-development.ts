import type { ForgeCase } from '../../forge-case.ts';

export const test: ForgeCase = {
  name: 'a FIT of the development environment',
  expected: 'CS-FORGE-ENVIRONMENT',
  to: 'remote',
  async send({ remoteUrl, claims, sign }) {
    const { app } = claims();
    const environment = { ...(app.environment as object), type: 'DEVELOPMENT' };
    const fit = await sign({ ...claims(), app: { ...app, environment } });
    await fetch(`${remoteUrl}/forge/events`, {
      method: 'POST',
      headers: { authorization: `Bearer ${fit}` },
    });
  },
};
