import type { ForgeCase } from '../../forge-case.ts';

export const test: ForgeCase = {
  name: 'a request that comes without Forge',
  expected: 'CS-TOKEN-MISSING',
  to: 'remote',
  async send({ remoteUrl }) {
    await fetch(`${remoteUrl}/forge/events`, { method: 'POST' });
  },
};
