import { Version3Client } from 'jira.js-5';
import type { Case } from '../case.ts';

export const test: Case = {
  name: 'jira.js with the app key',
  expected: 'accepted',
  async send({ siteUrl, appKey, sharedSecret }) {
    const client = new Version3Client({
      host: siteUrl,
      authentication: { jwt: { issuer: appKey, secret: sharedSecret, expiryTimeSeconds: 180 } },
    });
    await client.myself.getCurrentUser();
  },
};
