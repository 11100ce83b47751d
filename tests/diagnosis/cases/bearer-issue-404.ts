import * as jwt from 'atlassian-jwt';
import type { Case } from '../case.ts';

export const test: Case = {
  name: 'a read with Bearer, answered with a 404',
  expected: 'CS-SCHEME-BEARER',
  async send({ siteUrl, appKey, sharedSecret, now }) {
    const iat = Math.floor(now() / 1000);
    const token = jwt.encodeSymmetric(
      {
        iss: appKey,
        iat,
        exp: iat + 180,
        qsh: jwt.createQueryStringHash(jwt.fromMethodAndUrl('GET', `/rest/api/3/issue/XX-21`)),
      },
      sharedSecret,
    );
    await fetch(`${siteUrl}/rest/api/3/issue/XX-21`, {
      headers: { Authorization: `Bearer ${token}` },
    });
  },
};
