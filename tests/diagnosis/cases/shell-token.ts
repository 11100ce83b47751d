import type { Case } from '../case.ts';
import { curl } from '../wire.ts';

export const test: Case = {
  name: 'a shell variable in single quotes',
  expected: 'CS-PLACEHOLDER',
  async send({ siteUrl }) {
    await curl(`curl -H 'Authorization: JWT $JIRA_TOKEN' ${siteUrl}/rest/api/3/myself`);
  },
};
