/** Tokens as a Jira site makes them for an app: HS256, with `iss` = clientKey. Signed with jose, hashed with Atlassian's own package. */
import { createSecretKey } from 'node:crypto';
import { createQueryStringHash, fromMethodAndUrl } from '@atlassian/atlassian-jwt';
import { CompactSign } from 'jose';

export interface SiteTokenOptions {
  clientKey: string;
  sharedSecret: string;
  url: string;
  appUrl: string;
  /** When it is made, in milliseconds. */
  at: number;
  method?: string;
  /** A claim of `undefined` is left out. */
  claims?: Record<string, unknown>;
  header?: Record<string, unknown>;
}

export async function siteToken(options: SiteTokenOptions): Promise<string> {
  const { clientKey, sharedSecret, url, appUrl, at, method = 'GET', claims, header } = options;
  const iat = Math.floor(at / 1000);
  const payload = {
    iss: clientKey,
    iat,
    exp: iat + 900,
    qsh: createQueryStringHash(fromMethodAndUrl(method, url), false, appUrl),
    ...claims,
  };
  return new CompactSign(Buffer.from(JSON.stringify(payload)))
    .setProtectedHeader({ typ: 'JWT', alg: 'HS256', ...header })
    .sign(createSecretKey(Buffer.from(sharedSecret)));
}
