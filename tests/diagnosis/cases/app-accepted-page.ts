import type { Case } from '../case.ts';

export const test: Case = {
  name: 'a page that Jira opens',
  expected: 'accepted',
  to: 'app',
  async send({ pageUrl }) {
    await fetch(pageUrl());
  },
};
