import { SignJWT } from 'jose';
import type { ForgeCase } from '../../forge-case.ts';

export const test: ForgeCase = {
  name: 'HS256 with the public key as the secret',
  expected: 'CS-FORGE-ALG',
  to: 'remote',
  async send({ remoteUrl, claims, publicKeyPem }) {
    const fit = await new SignJWT(claims())
      .setProtectedHeader({ alg: 'HS256', kid: 'forge/invocation-token/1' })
      .sign(new TextEncoder().encode(publicKeyPem));
    await fetch(`${remoteUrl}/forge/events`, {
      method: 'POST',
      headers: { authorization: `Bearer ${fit}` },
    });
  },
};
