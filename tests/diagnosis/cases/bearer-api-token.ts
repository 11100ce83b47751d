import axios from 'axios';
import type { Case } from '../case.ts';

export const test: Case = {
  name: 'an API token as Bearer',
  expected: 'CS-KIND-API-TOKEN',
  async send({ siteUrl }) {
    await axios.get(`${siteUrl}/rest/api/3/myself`, {
      headers: { Authorization: 'Bearer ATATT3xFfGF0T2xhbXBsZS1ub3QtYS1yZWFsLXRva2Vu_x=0A1B2C3D' },
    });
  },
};
