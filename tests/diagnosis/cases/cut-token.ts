import * as jwt from 'atlassian-jwt';
import axios from 'axios';
import type { Case } from '../case.ts';

export const test: Case = {
  name: 'a token cut by a column of 100 characters',
  expected: 'CS-TOKEN-TRUNCATED',
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
    await axios.get(`${siteUrl}/rest/api/3/myself`, {
      headers: { Authorization: `JWT ${token.slice(0, 100)}` },
    });
  },
};
