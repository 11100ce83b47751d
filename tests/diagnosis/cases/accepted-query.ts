import * as jwt from '@atlassian/atlassian-jwt';
import axios from 'axios';
import type { Case } from '../case.ts';

export const test: Case = {
  name: 'a good search, spelt with +',
  expected: 'accepted',
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
            `/rest/api/3/search/jql?jql=project%20%3D%20XX&fields=summary&fields=status`,
          ),
        ),
      },
      sharedSecret,
    );
    await axios.get(
      `${siteUrl}/rest/api/3/search/jql?fields=status&jql=project+%3D+XX&fields=summary`,
      { headers: { Authorization: `JWT ${token}` } },
    );
  },
};
