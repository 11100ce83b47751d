import type { Case } from '../case.ts';
import { curl } from '../wire.ts';

export const test: Case = {
  name: 'curl with a password',
  expected: 'CS-SCHEME-BASIC',
  async send({ siteUrl, person }) {
    await curl(`curl -u ${person.email}:hunter22 ${siteUrl}/rest/api/3/myself`);
  },
};
