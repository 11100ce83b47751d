import type { Case } from '../case.ts';
import { curl } from '../wire.ts';

export const test: Case = {
  name: 'a template of a REST client',
  expected: 'CS-PLACEHOLDER',
  async send({ siteUrl }) {
    await curl(`curl -H "Authorization: JWT {{jwt_token}}" ${siteUrl}/rest/api/3/myself`);
  },
};
