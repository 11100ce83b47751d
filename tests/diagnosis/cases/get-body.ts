import * as jwt from 'atlassian-jwt';
import type { Case } from '../case.ts';
import { sendRaw } from '../wire.ts';

export const test: Case = {
  name: 'a GET with a body',
  expected: 'CS-GET-BODY',
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
    await sendRaw(`${siteUrl}/rest/api/3/myself`, {
      headers: [`Authorization: JWT ${token}`, 'content-type: application/json'],
      body: '{}',
    });
  },
};
