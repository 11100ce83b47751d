import type { Case } from '../case.ts';

export const test: Case = {
  name: 'a page that sends Bearer',
  expected: 'CS-SCHEME-BEARER',
  to: 'app',
  async send({ appUrl, contextToken }) {
    await fetch(`${appUrl}/page`, { headers: { Authorization: `Bearer ${contextToken()}` } });
  },
};
