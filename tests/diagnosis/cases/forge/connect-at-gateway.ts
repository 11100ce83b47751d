import * as jwt from 'atlassian-jwt';
import type { ForgeCase } from '../../forge-case.ts';

export const test: ForgeCase = {
  name: 'a Connect token as Bearer at the gateway',
  expected: 'CS-HOST-GATEWAY',
  to: 'jira',
  async send({ apiBaseUrl, connect }) {
    const iat = Math.floor(Date.now() / 1000);
    const token = jwt.encodeSymmetric(
      {
        iss: connect.appKey,
        ...{ iat, exp: iat + 180 },
        qsh: jwt.createQueryStringHash(jwt.fromMethodAndUrl('GET', '/rest/api/3/myself')),
      },
      connect.sharedSecret,
    );
    await fetch(`${apiBaseUrl}/rest/api/3/myself`, {
      headers: { authorization: `Bearer ${token}` },
    });
  },
};
