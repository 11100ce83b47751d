import { createHash } from 'node:crypto';
import * as jwt from 'atlassian-jwt';
import axios from 'axios';
import type { Case } from '../case.ts';

export const test: Case = {
  name: 'a query hashed without encoding',
  expected: 'CS-QSH-QUERY-DECODED',
  async send({ siteUrl, appKey, sharedSecret, now }) {
    const jql = 'project = "XX" & status';
    const iat = Math.floor(now() / 1000);
    const token = jwt.encodeSymmetric(
      {
        iss: appKey,
        iat,
        exp: iat + 180,
        qsh: createHash('sha256').update(`GET&/rest/api/3/search/jql&jql=${jql}`).digest('hex'),
      },
      sharedSecret,
    );
    await axios.get(`${siteUrl}/rest/api/3/search/jql?jql=${encodeURIComponent(jql)}`, {
      headers: { Authorization: `JWT ${token}` },
    });
  },
};
