import * as jwt from 'atlassian-jwt';
import type { Case } from '../case.ts';
import { curl } from '../wire.ts';

export const test: Case = {
  name: 'JWT added twice',
  expected: 'CS-SCHEME-DOUBLED',
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
    const header = `JWT ${token}`;
    await curl(`curl -H "Authorization: JWT ${header}" ${siteUrl}/rest/api/3/myself`);
  },
};
