import type { ForgeCase } from '../../forge-case.ts';

export const test: ForgeCase = {
  name: 'a call a minute after the installation',
  expected: 'CS-FORGE-JUST-INSTALLED',
  to: 'jira',
  installedSecondsAgo: 60,
  async send({ apiBaseUrl, systemToken }) {
    await fetch(`${apiBaseUrl}/rest/api/3/myself`, {
      headers: { authorization: `Bearer ${await systemToken({ settled: false })}` },
    });
  },
};
