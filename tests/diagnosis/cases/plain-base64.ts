import { createHash, createHmac } from 'node:crypto';
import type { Case } from '../case.ts';

export const test: Case = {
  name: 'a token by hand in plain base64',
  expected: 'CS-TOKEN-BASE64',
  async send({ siteUrl, appKey, sharedSecret, now }) {
    const base64 = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64');
    const iat = Math.floor(now() / 1000);
    const qsh = createHash('sha256').update('GET&/rest/api/3/myself&').digest('hex');
    const claims = { iss: appKey, iat, exp: iat + 180, qsh };
    const input = `${base64({ typ: 'JWT', alg: 'HS256' })}.${base64(claims)}`;
    const signature = createHmac('sha256', sharedSecret).update(input).digest('base64');
    await fetch(`${siteUrl}/rest/api/3/myself`, {
      headers: { Authorization: `JWT ${input}.${signature}` },
    });
  },
};
