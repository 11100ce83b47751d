import * as jwt from 'atlassian-jwt';
import axios from 'axios';
import type { Case } from '../case.ts';

export const test: Case = {
  name: 'axios auth puts Basic over the header',
  expected: 'CS-SCHEME-BASIC',
  async send({ siteUrl, appKey, sharedSecret, now, person }) {
    const iat = Math.floor(now() / 1000);
    const token = jwt.encodeSymmetric(
      {
        iss: appKey,
        iat,
        exp: iat + 180,
        qsh: jwt.createQueryStringHash(jwt.fromMethodAndUrl('GET', `/rest/api/3/myself`)),
      },
      sharedSecret,
    );
    const client = axios.create({ auth: { username: person.email, password: 'left over' } });
    await client.get(`${siteUrl}/rest/api/3/myself`, {
      headers: { Authorization: `JWT ${token}` },
    });
  },
};
