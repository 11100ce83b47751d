import { createHash } from 'node:crypto';
import axios from 'axios';
import type { Case } from '../case.ts';

export const test: Case = {
  name: 'a Forge invocation token',
  expected: 'CS-KIND-FIT',
  async send({ siteUrl, now }) {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const iat = Math.floor(now() / 1000);
    const fit = [
      part({ alg: 'RS256', kid: 'forge/invocation-token/1234', typ: 'JWT' }),
      part({
        iss: 'forge/invocation-token',
        aud: 'ari:cloud:ecosystem::app/1',
        iat,
        exp: iat + 25,
      }),
      createHash('sha512').update('x').digest('base64url').repeat(3),
    ].join('.');
    await axios.get(`${siteUrl}/rest/api/3/myself`, { headers: { Authorization: `JWT ${fit}` } });
  },
};
