import axios from 'axios';
import type { Case } from '../case.ts';

export const test: Case = {
  name: 'the shared secret as the token',
  expected: 'CS-KIND-RAW-KEY',
  async send({ siteUrl, sharedSecret }) {
    await axios.get(`${siteUrl}/rest/api/3/myself`, {
      headers: { Authorization: `JWT ${sharedSecret}` },
    });
  },
};
