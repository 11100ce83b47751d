import { createHash } from 'node:crypto';
import axios from 'axios';
import type { Case } from '../case.ts';
import { jsonwebtoken } from '../libraries.ts';

export const test: Case = {
  name: 'the secret base64-decoded',
  expected: 'CS-SECRET-BASE64',
  async send({ siteUrl, appKey, sharedSecret, now }) {
    const qsh = createHash('sha256').update('GET&/rest/api/3/myself&').digest('hex');
    const iat = Math.floor(now() / 1000);
    const key = Buffer.from(sharedSecret, 'base64');
    const token = jsonwebtoken.sign({ iss: appKey, iat, exp: iat + 180, qsh }, key);
    await axios.get(`${siteUrl}/rest/api/3/myself`, { headers: { Authorization: `JWT ${token}` } });
  },
};
