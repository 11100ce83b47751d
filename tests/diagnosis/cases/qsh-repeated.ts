import { createHash } from 'node:crypto';
import * as jwt from 'atlassian-jwt';
import axios from 'axios';
import type { Case } from '../case.ts';

export const test: Case = {
  name: 'repeated parameters written out',
  expected: 'CS-QSH-REPEATED',
  async send({ siteUrl, appKey, sharedSecret, now }) {
    const iat = Math.floor(now() / 1000);
    const token = jwt.encodeSymmetric(
      {
        iss: appKey,
        iat,
        exp: iat + 180,
        qsh: createHash('sha256')
          .update('GET&/rest/api/3/issue/XX-21&fields=status&fields=summary')
          .digest('hex'),
      },
      sharedSecret,
    );
    await axios.get(`${siteUrl}/rest/api/3/issue/XX-21?fields=summary&fields=status`, {
      headers: { Authorization: `JWT ${token}` },
    });
  },
};
