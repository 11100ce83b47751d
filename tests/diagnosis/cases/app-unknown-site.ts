import * as jwt from 'atlassian-jwt';
import type { Case } from '../case.ts';

export const test: Case = {
  name: 'a token of a site that is not stored',
  expected: 'CS-INSTALLATION-UNKNOWN',
  to: 'app',
  async send({ appUrl, now }) {
    const iat = Math.floor(now() / 1000);
    const token = jwt.encodeSymmetric(
      {
        iss: '11111111-aaaa-bbbb-cccc-222222222222',
        iat,
        exp: iat + 180,
        qsh: jwt.createQueryStringHash(jwt.fromMethodAndUrl('GET', `/page`)),
      },
      'other',
    );
    await fetch(`${appUrl}/page`, { headers: { Authorization: `JWT ${token}` } });
  },
};
