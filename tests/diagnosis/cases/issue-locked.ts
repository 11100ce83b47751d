import * as jwt from 'atlassian-jwt';
import axios from 'axios';
import type { Case } from '../case.ts';

export const test: Case = {
  name: 'an issue whose status forbids editing',
  expected: 'CS-ISSUE-LOCKED',
  async send({ siteUrl, appKey, sharedSecret, now }) {
    const iat = Math.floor(now() / 1000);
    const token = jwt.encodeSymmetric(
      {
        iss: appKey,
        iat,
        exp: iat + 180,
        qsh: jwt.createQueryStringHash(jwt.fromMethodAndUrl('PUT', `/rest/api/3/issue/XX-22`)),
      },
      sharedSecret,
    );
    await axios.put(
      `${siteUrl}/rest/api/3/issue/XX-22`,
      { fields: { summary: 'New' } },
      { headers: { Authorization: `JWT ${token}` } },
    );
  },
};
