import { createHash } from 'node:crypto';
import axios from 'axios';
import type { Case } from '../case.ts';
import { jsonwebtoken } from '../libraries.ts';

export const test: Case = {
  name: 'an unsigned token',
  expected: 'CS-ALG-NONE',
  async send({ siteUrl, appKey, sharedSecret, now }) {
    const qsh = createHash('sha256').update('GET&/rest/api/3/myself&').digest('hex');
    const token = jsonwebtoken.sign({ iss: appKey, qsh }, '', {
      algorithm: 'none',
      expiresIn: sharedSecret === '' || now() === 0 ? 0 : 180,
    });
    await axios.get(`${siteUrl}/rest/api/3/myself`, { headers: { Authorization: `JWT ${token}` } });
  },
};
