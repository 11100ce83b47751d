import * as jwt from 'atlassian-jwt';
import axios from 'axios';
import type { Case } from '../case.ts';

export const test: Case = {
  name: 'an app without the scope DELETE',
  expected: 'CS-SCOPE-MISSING',
  async send({ siteUrl, appKey, sharedSecret, now }) {
    const iat = Math.floor(now() / 1000);
    const token = jwt.encodeSymmetric(
      {
        iss: appKey,
        iat,
        exp: iat + 180,
        qsh: jwt.createQueryStringHash(jwt.fromMethodAndUrl('DELETE', `/rest/api/3/issue/XX-20`)),
      },
      sharedSecret,
    );
    await axios.delete(`${siteUrl}/rest/api/3/issue/XX-20`, {
      headers: { Authorization: `JWT ${token}` },
    });
  },
};
