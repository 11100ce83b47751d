import * as jwt from 'atlassian-jwt';
import type { Case } from '../case.ts';
import { sendRaw } from '../wire.ts';

export const test: Case = {
  name: 'a base URL that ends with a slash',
  expected: 'CS-QSH-SLASH',
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
    const base = `${siteUrl}/rest/api/3/`;
    await sendRaw(`${base}/myself`, { headers: [`Authorization: JWT ${token}`] });
  },
};
