import * as jwt from 'atlassian-jwt';
import type { ForgeCase } from '../../forge-case.ts';

export const test: ForgeCase = {
  name: 'a webhook of the Connect half at a route of Forge',
  expected: 'CS-FORGE-CONNECT-AS-FIT',
  to: 'remote',
  async send({ remoteUrl, connect }) {
    const iat = Math.floor(Date.now() / 1000);
    const token = jwt.encodeSymmetric(
      {
        iss: connect.clientKey,
        ...{ iat, exp: iat + 180 },
        qsh: jwt.createQueryStringHash(jwt.fromMethodAndUrl('POST', '/forge/events')),
      },
      connect.sharedSecret,
    );
    await fetch(`${remoteUrl}/forge/events`, {
      method: 'POST',
      headers: { authorization: `JWT ${token}` },
    });
  },
};
