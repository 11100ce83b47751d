import axios from 'axios';
import type { Case } from '../case.ts';

export const test: Case = {
  name: 'a token that was never set',
  expected: 'CS-TOKEN-NOT-TEXT',
  async send({ siteUrl }) {
    const { jwtToken } = JSON.parse('{}') as { jwtToken?: string };
    await axios.get(`${siteUrl}/rest/api/3/myself`, {
      headers: { Authorization: `JWT ${jwtToken}` },
    });
  },
};
