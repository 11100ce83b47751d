import * as jwt from 'atlassian-jwt';
import type { Case } from '../case.ts';

export const test: Case = {
  name: 'an installed callback signed with HS256',
  expected: 'CS-INSTALL-UNSIGNED',
  to: 'app',
  async send({ appUrl, clientKey, sharedSecret, now }) {
    const iat = Math.floor(now() / 1000);
    const token = jwt.encodeSymmetric(
      {
        iss: clientKey,
        iat,
        exp: iat + 180,
        qsh: jwt.createQueryStringHash(jwt.fromMethodAndUrl('POST', `/installed`)),
      },
      sharedSecret,
    );
    await fetch(`${appUrl}/installed`, {
      method: 'POST',
      headers: { Authorization: `JWT ${token}` },
      body: '{}',
    });
  },
};
