import * as jwt from 'atlassian-jwt';
import axios from 'axios';
import type { Case } from '../case.ts';

export const test: Case = {
  name: 'a field that Jira computes',
  expected: 'CS-FIELD-READ-ONLY',
  async send({ siteUrl, appKey, sharedSecret, now }) {
    const iat = Math.floor(now() / 1000);
    const token = jwt.encodeSymmetric(
      {
        iss: appKey,
        iat,
        exp: iat + 180,
        qsh: jwt.createQueryStringHash(jwt.fromMethodAndUrl('PUT', `/rest/api/3/issue/XX-21`)),
      },
      sharedSecret,
    );
    await axios.put(
      `${siteUrl}/rest/api/3/issue/XX-21`,
      { fields: { created: '2026-01-01' } },
      { headers: { Authorization: `JWT ${token}` } },
    );
  },
};
