import axios from 'axios';
import type { Case } from '../case.ts';

export const test: Case = {
  name: 'the token of the iframe sent to Jira',
  expected: 'CS-TOKEN-FORWARDED',
  async send({ siteUrl, pageUrl }) {
    const token = new URL(pageUrl()).searchParams.get('jwt');
    await axios.get(`${siteUrl}/rest/api/3/myself`, { headers: { Authorization: `JWT ${token}` } });
  },
};
