import axios from 'axios';
import type { Case } from '../case.ts';

export const test: Case = {
  name: 'the token of AP.context.getToken sent to Jira',
  expected: 'CS-CONTEXT-TOKEN',
  async send({ siteUrl, contextToken }) {
    await axios.get(`${siteUrl}/rest/api/3/myself`, {
      headers: { Authorization: `JWT ${contextToken()}` },
    });
  },
};
