import axios from 'axios';
import type { Case } from '../case.ts';
import { jsonwebtoken } from '../libraries.ts';

export const test: Case = {
  name: 'jsonwebtoken without qsh',
  expected: 'CS-QSH-MISSING',
  async send({ siteUrl, appKey, sharedSecret }) {
    const token = jsonwebtoken.sign({ iss: appKey }, sharedSecret, { expiresIn: 180 });
    await axios.get(`${siteUrl}/rest/api/3/myself`, { headers: { Authorization: `JWT ${token}` } });
  },
};
