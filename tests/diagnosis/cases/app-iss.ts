import * as jwt from 'atlassian-jwt';
import type { Case } from '../case.ts';

export const test: Case = {
  name: 'a token that the app made, sent to itself',
  expected: 'CS-ISS-APP-KEY',
  to: 'app',
  async send({ appUrl, appKey, sharedSecret, now }) {
    const iat = Math.floor(now() / 1000);
    const token = jwt.encodeSymmetric(
      {
        iss: appKey,
        iat,
        exp: iat + 180,
        qsh: jwt.createQueryStringHash(jwt.fromMethodAndUrl('GET', `/page`)),
      },
      sharedSecret,
    );
    await fetch(`${appUrl}/page`, { headers: { Authorization: `JWT ${token}` } });
  },
};
