import * as jwt from 'atlassian-jwt';
import type { Case } from '../case.ts';

export const test: Case = {
  name: 'a proxy that takes a part of the path away',
  expected: 'CS-QSH-CONTEXT-PATH-CUT',
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
    await fetch(`${appUrl}/prefix/page`, { headers: { Authorization: `JWT ${token}` } });
  },
};
