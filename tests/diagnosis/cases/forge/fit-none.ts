import { UnsecuredJWT } from 'jose';
import type { ForgeCase } from '../../forge-case.ts';

export const test: ForgeCase = {
  name: 'an unsigned FIT',
  expected: 'CS-FORGE-ALG',
  to: 'remote',
  async send({ remoteUrl, claims }) {
    const fit = new UnsecuredJWT(claims()).encode();
    await fetch(`${remoteUrl}/forge/events`, {
      method: 'POST',
      headers: { authorization: `Bearer ${fit}` },
    });
  },
};
