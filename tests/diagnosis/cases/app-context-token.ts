import type { Case } from '../case.ts';

export const test: Case = {
  name: 'a context token on a route for request tokens',
  expected: 'CS-CONTEXT-TOKEN',
  to: 'app',
  async send({ appUrl, contextToken }) {
    await fetch(`${appUrl}/page`, { headers: { Authorization: `JWT ${contextToken()}` } });
  },
};
