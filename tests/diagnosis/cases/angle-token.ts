import type { Case } from '../case.ts';

export const test: Case = {
  name: '<token> copied from the documentation',
  expected: 'CS-PLACEHOLDER',
  async send({ siteUrl }) {
    await fetch(`${siteUrl}/rest/api/3/myself`, {
      headers: { Authorization: 'JWT <your-jwt-token>' },
    });
  },
};
