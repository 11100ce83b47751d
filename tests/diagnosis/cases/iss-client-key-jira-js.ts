import { Version3Client } from 'jira.js-5';
import type { Case } from '../case.ts';

export const test: Case = {
  name: 'jira.js with the clientKey as issuer',
  expected: 'CS-ISS-CLIENT-KEY',
  async send({ siteUrl, clientKey, sharedSecret }) {
    const client = new Version3Client({
      host: siteUrl,
      authentication: { jwt: { issuer: clientKey, secret: sharedSecret, expiryTimeSeconds: 180 } },
    });
    await client.myself.getCurrentUser();
  },
};
