import axios from 'axios';
import type { Case } from '../case.ts';

export const test: Case = {
  name: 'a person with an API token',
  expected: 'accepted',
  async send({ siteUrl, person }) {
    await axios.get(`${siteUrl}/rest/api/3/myself`, {
      auth: { username: person.email, password: person.apiToken },
    });
  },
};
