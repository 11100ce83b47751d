import * as jwt from '@atlassian/atlassian-jwt';
import axios from 'axios';
import type { Case } from '../case.ts';

export const test: Case = {
  name: 'the token among axios params',
  expected: 'CS-TOKEN-IN-QUERY',
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
    await axios.get(`${siteUrl}/rest/api/3/issue/XX-21`, { params: { jwt: token } });
  },
};
