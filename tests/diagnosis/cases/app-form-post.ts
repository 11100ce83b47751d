import * as jwt from 'atlassian-jwt';
import type { Case } from '../case.ts';

export const test: Case = {
  name: 'a form that reuses the token of the page',
  expected: 'CS-QSH-METHOD',
  to: 'app',
  async send({ appUrl, clientKey, sharedSecret, now }) {
    const iat = Math.floor(now() / 1000);
    const token = jwt.encodeSymmetric(
      {
        iss: clientKey,
        iat,
        exp: iat + 180,
        qsh: jwt.createQueryStringHash(jwt.fromMethodAndUrl('GET', `/page`)),
      },
      sharedSecret,
    );
    await fetch(`${appUrl}/page`, { method: 'POST', headers: { Authorization: `JWT ${token}` } });
  },
};
