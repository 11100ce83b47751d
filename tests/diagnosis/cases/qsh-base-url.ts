import * as jwt from 'atlassian-jwt';
import axios from 'axios';
import type { Case } from '../case.ts';

export const test: Case = {
  name: 'signed below the baseURL of axios',
  expected: 'CS-QSH-CONTEXT-PATH-CUT',
  async send({ siteUrl, appKey, sharedSecret, now }) {
    const iat = Math.floor(now() / 1000);
    const token = jwt.encodeSymmetric(
      {
        iss: appKey,
        iat,
        exp: iat + 180,
        qsh: jwt.createQueryStringHash(jwt.fromMethodAndUrl('GET', `/issue/XX-21`)),
      },
      sharedSecret,
    );
    const client = axios.create({ baseURL: `${siteUrl}/rest/api/3` });
    await client.get('/issue/XX-21', { headers: { Authorization: `JWT ${token}` } });
  },
};
