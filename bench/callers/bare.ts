/** What no client can be much faster than: the same bytes with a token that was made once. */
import { createToken } from '../../packages/countersign/dist/jwt/jwt.js';
import { appKey, sharedSecret } from '../workloads.ts';
import { path, serve, siteUrl } from './measure.ts';

const url = `${siteUrl}${path}?fields=summary`;
const token = createToken({ issuer: appKey, sharedSecret, method: 'GET', url });
const headers = { authorization: `JWT ${token}`, accept: 'application/json' };

await serve({
  fetch: async () => (await fetch(url, { headers })).json(),
});
