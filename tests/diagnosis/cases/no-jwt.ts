import axios from 'axios';
import type { Case } from '../case.ts';

export const test: Case = {
  name: 'something that is no token',
  expected: 'CS-TOKEN-MALFORMED',
  async send({ siteUrl }) {
    await axios.get(`${siteUrl}/rest/api/3/myself`, {
      headers: { Authorization: 'JWT 8f14e45fceea167a5a36dedd4bea2543' },
    });
  },
};
