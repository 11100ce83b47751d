import * as jwt from 'atlassian-jwt';
import axios from 'axios';
import type { Case } from '../case.ts';

export const test: Case = {
  name: 'the JSON body hashed as parameters',
  expected: 'CS-QSH-BODY',
  async send({ siteUrl, appKey, sharedSecret, now }) {
    const iat = Math.floor(now() / 1000);
    const token = jwt.encodeSymmetric(
      {
        iss: appKey,
        iat,
        exp: iat + 180,
        qsh: jwt.createQueryStringHash(
          jwt.fromMethodAndUrl('POST', `/rest/api/3/search/jql?jql=project=XX&maxResults=5`),
        ),
      },
      sharedSecret,
    );
    await axios.post(
      `${siteUrl}/rest/api/3/search/jql`,
      { jql: 'project=XX', maxResults: 5 },
      { headers: { Authorization: `JWT ${token}` } },
    );
  },
};
