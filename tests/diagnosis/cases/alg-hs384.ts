import { createHash } from 'node:crypto';
import axios from 'axios';
import type { Case } from '../case.ts';
import { jsonwebtoken } from '../libraries.ts';

export const test: Case = {
  name: 'HS384 of jsonwebtoken',
  expected: 'CS-ALG-UNEXPECTED',
  async send({ siteUrl, appKey, sharedSecret, now }) {
    const qsh = createHash('sha256').update('GET&/rest/api/3/myself&').digest('hex');
    const iat = Math.floor(now() / 1000);
    const token = jsonwebtoken.sign({ iss: appKey, iat, exp: iat + 180, qsh }, sharedSecret, {
      algorithm: 'HS384',
    });
    await axios.get(`${siteUrl}/rest/api/3/myself`, { headers: { Authorization: `JWT ${token}` } });
  },
};
