import * as jwt from 'atlassian-jwt';
import axios from 'axios';
import type { Case } from '../case.ts';

export const test: Case = {
  name: 'the override flags without ADMIN',
  expected: 'CS-FIELD-OVERRIDE',
  async send({ siteUrl, appKey, sharedSecret, now }) {
    const iat = Math.floor(now() / 1000);
    const token = jwt.encodeSymmetric(
      {
        iss: appKey,
        iat,
        exp: iat + 180,
        qsh: jwt.createQueryStringHash(
          jwt.fromMethodAndUrl('PUT', `/rest/api/3/issue/XX-21?overrideScreenSecurity=true`),
        ),
      },
      sharedSecret,
    );
    await axios.put(
      `${siteUrl}/rest/api/3/issue/XX-21?overrideScreenSecurity=true`,
      { fields: { customfield_10042: 'Berlin' } },
      { headers: { Authorization: `JWT ${token}` } },
    );
  },
};
