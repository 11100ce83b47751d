import * as jwt from 'atlassian-jwt';
import axios from 'axios';
import type { Case } from '../case.ts';

export const test: Case = {
  name: 'signed for version 2, sent to 3',
  expected: 'CS-QSH-VERSION',
  async send({ siteUrl, appKey, sharedSecret, now }) {
    const iat = Math.floor(now() / 1000);
    const token = jwt.encodeSymmetric(
      {
        iss: appKey,
        iat,
        exp: iat + 180,
        qsh: jwt.createQueryStringHash(jwt.fromMethodAndUrl('GET', `/rest/api/2/myself`)),
      },
      sharedSecret,
    );
    await axios.get(`${siteUrl}/rest/api/3/myself`, { headers: { Authorization: `JWT ${token}` } });
  },
};
