import * as jwt from 'atlassian-jwt';
import axios from 'axios';
import type { Case } from '../case.ts';

export const test: Case = {
  name: 'a list that axios spells fields[]',
  expected: 'CS-QSH-BRACKETS',
  async send({ siteUrl, appKey, sharedSecret, now }) {
    const iat = Math.floor(now() / 1000);
    const token = jwt.encodeSymmetric(
      {
        iss: appKey,
        iat,
        exp: iat + 180,
        qsh: jwt.createQueryStringHash(
          jwt.fromMethodAndUrl('GET', `/rest/api/3/issue/XX-21?fields=summary&fields=status`),
        ),
      },
      sharedSecret,
    );
    await axios.get(`${siteUrl}/rest/api/3/issue/XX-21`, {
      params: { fields: ['summary', 'status'] },
      headers: { Authorization: `JWT ${token}` },
    });
  },
};
