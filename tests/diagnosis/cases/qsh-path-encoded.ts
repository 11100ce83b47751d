import * as jwt from 'atlassian-jwt';
import type { Case } from '../case.ts';
import { sendRaw } from '../wire.ts';

export const test: Case = {
  name: 'a path encoded once more by a proxy',
  expected: 'CS-QSH-PATH-ENCODED',
  async send({ siteUrl, appKey, sharedSecret, now }) {
    const iat = Math.floor(now() / 1000);
    const token = jwt.encodeSymmetric(
      {
        iss: appKey,
        iat,
        exp: iat + 180,
        qsh: jwt.createQueryStringHash(
          jwt.fromMethodAndUrl('GET', `/rest/api/3/project/site%2520location`),
        ),
      },
      sharedSecret,
    );
    await sendRaw(`${siteUrl}/rest/api/3/project/site%20location`, {
      headers: [`Authorization: JWT ${token}`],
    });
  },
};
