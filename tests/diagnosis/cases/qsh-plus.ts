import { createHash } from 'node:crypto';
import * as jwt from 'atlassian-jwt';
import axios from 'axios';
import type { Case } from '../case.ts';

export const test: Case = {
  name: 'spaces as + by URLSearchParams',
  expected: 'CS-QSH-PLUS',
  async send({ siteUrl, appKey, sharedSecret, now }) {
    const query = new URLSearchParams({ jql: 'project = XX', maxResults: '5' }).toString();
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
