import * as jwt from 'atlassian-jwt';
import axios from 'axios';
import type { Case } from '../case.ts';

export const test: Case = {
  name: 'signed for GET, sent as PUT',
  expected: 'CS-QSH-METHOD',
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
    await axios.put(
      `${siteUrl}/rest/api/3/issue/XX-21`,
      { fields: { summary: 'New' } },
      { headers: { Authorization: `JWT ${token}` } },
    );
  },
};
