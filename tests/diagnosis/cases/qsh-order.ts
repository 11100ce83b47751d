import { createHash } from 'node:crypto';
import * as jwt from 'atlassian-jwt';
import axios from 'axios';
import type { Case } from '../case.ts';

export const test: Case = {
  name: 'parameters in the order of the URL',
  expected: 'CS-QSH-QUERY-ORDER',
  async send({ siteUrl, appKey, sharedSecret, now }) {
    const query = 'maxResults=5&jql=project%20%3D%20XX';
    const iat = Math.floor(now() / 1000);
    const token = jwt.encodeSymmetric(
      {
        iss: appKey,
        iat,
        exp: iat + 180,
        qsh: createHash('sha256').update(`GET&/rest/api/3/search/jql&${query}`).digest('hex'),
      },
      sharedSecret,
    );
    await axios.get(`${siteUrl}/rest/api/3/search/jql?${query}`, {
      headers: { Authorization: `JWT ${token}` },
    });
  },
};
