import type { Case } from '../case.ts';

export const test: Case = {
  name: 'an installed callback without a token',
  expected: 'CS-INSTALL-UNSIGNED',
  to: 'app',
  async send({ appUrl }) {
    await fetch(`${appUrl}/installed`, { method: 'POST', body: '{}' });
  },
};
