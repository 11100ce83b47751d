import * as jwt from 'atlassian-jwt';
import axios from 'axios';
import type { Case } from '../case.ts';

export const test: Case = {
  name: 'JQL encoded twice for the hash',
  expected: 'CS-QSH-QUERY-DOUBLE-ENCODED',
  async send({ siteUrl, appKey, sharedSecret, now }) {
    const iat = Math.floor(now() / 1000);
    const token = jwt.encodeSymmetric(
      {
        iss: appKey,
        iat,
        exp: iat + 180,
        qsh: jwt.createQueryStringHash(
          jwt.fromMethodAndUrl(
            'GET',
            `/rest/api/3/search/jql?jql=${encodeURIComponent(encodeURIComponent('project = XX'))}`,
          ),
        ),
      },
      sharedSecret,
    );
    await axios.get(`${siteUrl}/rest/api/3/search/jql?jql=${encodeURIComponent('project = XX')}`, {
      headers: { Authorization: `JWT ${token}` },
    });
  },
};
