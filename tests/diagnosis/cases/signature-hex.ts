import { createHash, createHmac } from 'node:crypto';
import type { Case } from '../case.ts';

export const test: Case = {
  name: 'the signature in hex',
  expected: 'CS-SIGNATURE-ENCODING',
  async send({ siteUrl, appKey, sharedSecret, now }) {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const iat = Math.floor(now() / 1000);
    const qsh = createHash('sha256').update('GET&/rest/api/3/myself&').digest('hex');
    const input = `${part({ typ: 'JWT', alg: 'HS256' })}.${part({ iss: appKey, iat, exp: iat + 180, qsh })}`;
    const signature = createHmac('sha256', sharedSecret).update(input).digest('hex');
    await fetch(`${siteUrl}/rest/api/3/myself`, {
      headers: { Authorization: `JWT ${input}.${signature}` },
    });
  },
};
