import * as jwt from 'atlassian-jwt';
import axios from 'axios';
import type { Case } from '../case.ts';

export const test: Case = {
  name: 'a fraction of a second',
  expected: 'CS-TIME-TEXT',
  async send({ siteUrl, appKey, sharedSecret, now }) {
    const iat = (now() - 7) / 1000 + 0.0005;
    const token = jwt.encodeSymmetric(
      {
        iss: appKey,
        iat,
        exp: iat + 180,
        qsh: jwt.createQueryStringHash(jwt.fromMethodAndUrl('GET', `/rest/api/3/myself`)),
      },
      sharedSecret,
    );
    await axios.get(`${siteUrl}/rest/api/3/myself`, { headers: { Authorization: `JWT ${token}` } });
  },
};
