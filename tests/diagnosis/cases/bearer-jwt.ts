import * as jwt from 'atlassian-jwt';
import axios from 'axios';
import type { Case } from '../case.ts';

export const test: Case = {
  name: 'a client that adds Bearer to a value with JWT',
  expected: 'CS-SCHEME-DOUBLED',
  async send({ siteUrl, appKey, sharedSecret, now }) {
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
    const client = axios.create({ baseURL: siteUrl });
    const credential = `JWT ${token}`;
    client.defaults.headers.common.Authorization = `Bearer ${credential}`;
    await client.get('/rest/api/3/myself');
  },
};
