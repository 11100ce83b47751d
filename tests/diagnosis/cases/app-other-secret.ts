import * as jwt from 'atlassian-jwt';
import type { Case } from '../case.ts';

export const test: Case = {
  name: 'a token of the site with another secret',
  expected: 'CS-SECRET-OTHER',
  to: 'app',
  async send({ appUrl, clientKey, now }) {
    const iat = Math.floor(now() / 1000);
    const token = jwt.encodeSymmetric(
      {
        iss: clientKey,
        iat,
        exp: iat + 180,
        qsh: jwt.createQueryStringHash(jwt.fromMethodAndUrl('GET', `/page`)),
      },
      'nobody knows this one',
    );
    await fetch(`${appUrl}/page`, { headers: { Authorization: `JWT ${token}` } });
  },
};
