import axios from 'axios';
import type { Case } from '../case.ts';

export const test: Case = {
  name: 'a promise that was not awaited',
  expected: 'CS-TOKEN-NOT-TEXT',
  async send({ siteUrl, appKey, sharedSecret, now }) {
    const makeToken = async () => `${appKey}.${sharedSecret.length}.${now()}`;
    const token = makeToken();
    await axios.get(`${siteUrl}/rest/api/3/myself`, { headers: { Authorization: `JWT ${token}` } });
  },
};
