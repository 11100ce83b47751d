import * as jwt from 'atlassian-jwt';
import axios from 'axios';
import type { Case } from '../case.ts';

export const test: Case = {
  name: 'override flags signed and not sent',
  expected: 'CS-QSH-QUERY-NOT-SENT',
  async send({ siteUrl, appKey, sharedSecret, now }) {
    const iat = Math.floor(now() / 1000);
    const token = jwt.encodeSymmetric(
      {
        iss: appKey,
        iat,
        exp: iat + 180,
        qsh: jwt.createQueryStringHash(
          jwt.fromMethodAndUrl(
            'PUT',
            `/rest/api/3/issue/XX-21?overrideScreenSecurity=true&overrideEditableFlag=true`,
          ),
        ),
      },
      sharedSecret,
    );
    await axios.put(
      `${siteUrl}/rest/api/3/issue/XX-21`,
      { fields: { customfield_10042: 'Berlin' } },
      { headers: { Authorization: `JWT ${token}` } },
    );
  },
};
