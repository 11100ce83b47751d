import * as jwt from 'atlassian-jwt';
import axios from 'axios';
import type { Case } from '../case.ts';

export const test: Case = {
  name: 'the header is not sent at all',
  expected: 'CS-TOKEN-MISSING',
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
    // The third argument of get() does not exist: axios never sees the headers.
    const get = axios.get as (url: string, data: object, config: object) => Promise<unknown>;
    await get(`${siteUrl}/rest/api/3/myself`, {}, { headers: { Authorization: `JWT ${token}` } });
  },
};
