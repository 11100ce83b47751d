import * as jwt from 'atlassian-jwt';
import axios from 'axios';
import type { Case } from '../case.ts';

export const test: Case = {
  name: 'an issue that does not exist',
  expected: 'CS-NOT-VISIBLE',
  async send({ siteUrl, appKey, sharedSecret, now }) {
    const iat = Math.floor(now() / 1000);
    const token = jwt.encodeSymmetric(
      {
        iss: appKey,
        iat,
        exp: iat + 180,
        qsh: jwt.createQueryStringHash(jwt.fromMethodAndUrl('GET', `/rest/api/3/issue/XX-999`)),
      },
      sharedSecret,
    );
    await axios.get(`${siteUrl}/rest/api/3/issue/XX-999`, {
      headers: { Authorization: `JWT ${token}` },
    });
  },
};
