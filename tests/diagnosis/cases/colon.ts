import * as jwt from 'atlassian-jwt';
import type { Case } from '../case.ts';
import { curl } from '../wire.ts';

export const test: Case = {
  name: 'a colon after the scheme',
  expected: 'CS-SCHEME-FORM',
  async send({ siteUrl, appKey, sharedSecret, now }) {
    const iat = Math.floor(now() / 1000);
    const token = jwt.encodeSymmetric(
      {
        iss: appKey,
        iat,
        exp: iat + 180,
        qsh: jwt.createQueryStringHash(jwt.fromMethodAndUrl('GET', `/rest/api/3/myself`)),
      },
      sharedSecret,
    );
    await curl(`curl -H 'Authorization: JWT: ${token}' ${siteUrl}/rest/api/3/myself`);
  },
};
