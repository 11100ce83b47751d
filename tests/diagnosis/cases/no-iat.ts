import { createHash } from 'node:crypto';
import axios from 'axios';
import type { Case } from '../case.ts';
import { jsonwebtoken } from '../libraries.ts';

export const test: Case = {
  name: 'noTimestamp',
  expected: 'CS-IAT-MISSING',
  async send({ siteUrl, appKey, sharedSecret, now }) {
    const qsh = createHash('sha256').update('GET&/rest/api/3/myself&').digest('hex');
    const exp = Math.floor(now() / 1000) + 180;
    const token = jsonwebtoken.sign({ iss: appKey, exp, qsh }, sharedSecret, { noTimestamp: true });
    await axios.get(`${siteUrl}/rest/api/3/myself`, { headers: { Authorization: `JWT ${token}` } });
  },
};
