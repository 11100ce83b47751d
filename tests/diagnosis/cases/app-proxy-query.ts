import type { Case } from '../case.ts';

export const test: Case = {
  name: 'a proxy that adds a parameter',
  expected: 'CS-QSH-QUERY-NOT-SIGNED',
  to: 'app',
  async send({ pageUrl }) {
    await fetch(`${pageUrl()}&utm_source=mail`);
  },
};
