import type { Case } from '../case.ts';

export const test: Case = {
  name: 'a resource that anybody may read',
  expected: 'accepted',
  async send({ siteUrl }) {
    await fetch(`${siteUrl}/rest/api/3/serverInfo`);
  },
};
