import * as jwt from 'atlassian-jwt';
import type { Case } from '../case.ts';

export const test: Case = {
  name: 'a panel left open',
  expected: 'CS-EXPIRED',
  to: 'app',
  async send({ appUrl, clientKey, sharedSecret, now }) {
    const iat = Math.floor(now() / 1000) - 700;
    const token = jwt.encodeSymmetric(
      {
        iss: clientKey,
        iat,
        exp: iat + 180,
        qsh: jwt.createQueryStringHash(jwt.fromMethodAndUrl('GET', `/page`)),
      },
      sharedSecret,
    );
    await fetch(`${appUrl}/page`, { headers: { Authorization: `JWT ${token}` } });
  },
};
