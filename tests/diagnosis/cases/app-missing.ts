import type { Case } from '../case.ts';

export const test: Case = {
  name: 'a page without a token',
  expected: 'CS-TOKEN-MISSING',
  to: 'app',
  async send({ appUrl }) {
    await fetch(`${appUrl}/page`);
  },
};
