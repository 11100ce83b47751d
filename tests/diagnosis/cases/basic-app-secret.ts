import axios from 'axios';
import type { Case } from '../case.ts';

export const test: Case = {
  name: 'Basic with app key and secret',
  expected: 'CS-SCHEME-BASIC',
  async send({ siteUrl, appKey, sharedSecret }) {
    await axios.get(`${siteUrl}/rest/api/3/myself`, {
      auth: { username: appKey, password: sharedSecret },
    });
  },
};
