import { createHash } from 'node:crypto';
import axios from 'axios';
import type { Case } from '../case.ts';
import { jsonwebtoken } from '../libraries.ts';

export const test: Case = {
  name: 'jsonwebtoken without expiresIn',
  expected: 'CS-EXP-MISSING',
  async send({ siteUrl, appKey, sharedSecret }) {
    const qsh = createHash('sha256').update('GET&/rest/api/3/myself&').digest('hex');
    const token = jsonwebtoken.sign({ iss: appKey, qsh }, sharedSecret);
    await axios.get(`${siteUrl}/rest/api/3/myself`, { headers: { Authorization: `JWT ${token}` } });
  },
};
