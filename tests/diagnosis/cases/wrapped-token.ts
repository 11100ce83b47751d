import * as jwt from 'atlassian-jwt';
import type { Case } from '../case.ts';
import { sendRaw } from '../wire.ts';

export const test: Case = {
  name: 'a token broken into lines',
  expected: 'CS-TOKEN-WHITESPACE',
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
    const wrapped = token.replace(/(.{76})/g, '$1 ');
    await sendRaw(`${siteUrl}/rest/api/3/myself`, { headers: [`Authorization: JWT ${wrapped}`] });
  },
};
