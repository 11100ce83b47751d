import * as jwt from 'atlassian-jwt';
import type { Case } from '../case.ts';
import { sendRaw } from '../wire.ts';

export const test: Case = {
  name: 'two Authorization headers',
  expected: 'CS-HEADER-TWICE',
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
    const basic = Buffer.from(`${person.email}:x`).toString('base64');
    await sendRaw(`${siteUrl}/rest/api/3/myself`, {
      headers: [`Authorization: Basic ${basic}`, `Authorization: JWT ${token}`],
    });
  },
};
