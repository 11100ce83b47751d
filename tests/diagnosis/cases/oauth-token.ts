import { createHash } from 'node:crypto';
import axios from 'axios';
import type { Case } from '../case.ts';

export const test: Case = {
  name: 'an OAuth access token at the URL of the site',
  expected: 'CS-KIND-OAUTH',
  async send({ siteUrl, now }) {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const iat = Math.floor(now() / 1000);
    const accessToken = [
      part({ alg: 'RS256', kid: 'auth.atlassian.com-ACCESS-1', typ: 'JWT' }),
      part({
        iss: 'https://auth.atlassian.com',
        client_id: 'abc',
        scope: 'read:jira-work',
        iat,
        exp: iat + 3600,
      }),
      createHash('sha512').update('x').digest('base64url').repeat(3),
    ].join('.');
    await axios.get(`${siteUrl}/rest/api/3/myself`, {
      headers: { Authorization: `Bearer ${accessToken}` },
    });
  },
};
