import * as jwt from 'atlassian-jwt';
import type { Case } from '../case.ts';
import { sendRaw } from '../wire.ts';

export const test: Case = {
  name: 'axios.put without a body',
  expected: 'CS-BODY-NOT-JSON',
  async send({ siteUrl, appKey, sharedSecret, now }) {
    const iat = Math.floor(now() / 1000);
    const token = jwt.encodeSymmetric(
      {
        iss: appKey,
        iat,
        exp: iat + 180,
        qsh: jwt.createQueryStringHash(jwt.fromMethodAndUrl('PUT', `/rest/api/3/issue/XX-21`)),
      },
      sharedSecret,
    );
    await sendRaw(`${siteUrl}/rest/api/3/issue/XX-21`, {
      method: 'PUT',
      headers: [`Authorization: JWT ${token}`, 'content-type: application/json'],
      body: "{'fields': {'summary': 'As Python prints it'}}",
    });
  },
};
