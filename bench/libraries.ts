/**
 * What each library needs for the same job: a token bound to one request. Where it knows no qsh, its user takes the
 * hash from atlassian-jwt, and compares it when verifying. None of them is given less to do than Countersign; fast-jwt
 * keeps the signer and the verifier that it makes once for a secret.
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import scoped from '@atlassian/atlassian-jwt';
import unscoped from 'atlassian-jwt';
import { createSigner, createVerifier } from 'fast-jwt';
import { jwtVerify, SignJWT } from 'jose';
import jsonwebtoken from 'jsonwebtoken';
import {
  canonicalRequest,
  createToken,
  explainToken,
  queryStringHash,
  verifyToken,
} from '../packages/countersign/dist/jwt/jwt.js';
import { appKey, sharedSecret } from './workloads.ts';

interface Claims {
  iss?: string;
  iat?: number;
  exp?: number;
  qsh?: string;
}

type Sign = (method: string, url: string) => string | Promise<string>;
type Verify = (token: string, method: string, url: string) => Claims | Promise<Claims>;
type Hash = (method: string, url: string) => string;

export interface Library {
  name: string;
  sign: Sign;
  verify: Verify;
  /** Missing where the library has none of its own. */
  hash?: Hash;
}

/** All checks that there are, of a token that passes them. */
export function explain(token: string, method: string, url: string): unknown {
  // A page's URL carries the token that the site made.
  const maker = url.includes('&jwt=') ? { clientKey: appKey } : { appKey };
  const direction = url.includes('&jwt=') ? 'from-jira' : 'to-jira';
  const { verdict } = explainToken({ token, sharedSecret, method, url, direction, ...maker });
  if (!verdict.ok) throw new Error(`A passing token is blamed: ${verdict.evidence}`);
  return verdict;
}

const seconds = () => Math.floor(Date.now() / 1000);

function claimsFor(qsh: string): Required<Claims> {
  const iat = seconds();
  return { iss: appKey, iat, exp: iat + 180, qsh };
}

/** What a user must still compare after a library verified signature and, perhaps, lifetime. */
function checked(claims: Claims, qsh: string): Claims {
  if (claims.exp === undefined || claims.exp + 30 <= seconds()) throw new Error('expired');
  if (claims.qsh !== qsh) throw new Error('made for another request');
  return claims;
}

function atlassian(name: string, jwt: typeof scoped): Required<Library> {
  const hash: Hash = (method, url) => jwt.createQueryStringHash(jwt.fromMethodAndUrl(method, url));
  return {
    name,
    hash,
    sign: (method, url) => jwt.encodeSymmetric(claimsFor(hash(method, url)), sharedSecret),
    verify: (token, method, url) =>
      checked(
        jwt.decodeSymmetric(token, sharedSecret, jwt.SymmetricAlgorithm.HS256),
        hash(method, url),
      ),
  };
}

const atlassianJwt = atlassian('atlassian-jwt', unscoped);
const { hash } = atlassianJwt;

const fastSign = createSigner({ key: sharedSecret, algorithm: 'HS256' });
const fastVerify = createVerifier({
  key: sharedSecret,
  algorithms: ['HS256'],
  clockTolerance: 30_000,
});

export const countersign: Required<Library> = {
  name: 'countersign',
  hash: (method, url) => queryStringHash({ method, url }),
  sign: (method, url) => createToken({ issuer: appKey, sharedSecret, method, url }),
  verify: (token, method, url) => verifyToken(token, { sharedSecret, method, url }),
};

export const libraries: Library[] = [
  countersign,
  atlassianJwt,
  atlassian('@atlassian/atlassian-jwt', scoped),
  {
    name: 'jsonwebtoken',
    sign: (method, url) => jsonwebtoken.sign(claimsFor(hash(method, url)), sharedSecret),
    verify: (token, method, url) =>
      checked(
        jsonwebtoken.verify(token, sharedSecret, { algorithms: ['HS256'], clockTolerance: 30 }),
        hash(method, url),
      ),
  },
  {
    name: 'jose',
    sign: (method, url) =>
      new SignJWT({ ...claimsFor(hash(method, url)) })
        .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
        .sign(new TextEncoder().encode(sharedSecret)),
    verify: async (token, method, url) => {
      const key = new TextEncoder().encode(sharedSecret);
      const options = { algorithms: ['HS256'], clockTolerance: 30 };
      const { payload } = await jwtVerify<Claims>(token, key, options);
      return checked(payload, hash(method, url));
    },
  },
  {
    name: 'fast-jwt',
    sign: (method, url) => fastSign(claimsFor(hash(method, url))),
    verify: (token, method, url) => checked(fastVerify(token), hash(method, url)),
  },
];

/** The cryptography alone, over the same bytes: what no library on top of createHmac and createHash can be under. */
export function floorFor(method: string, url: string, token: string) {
  const canonical = canonicalRequest({ method, url });
  const end = token.lastIndexOf('.');
  const signingInput = token.slice(0, end);
  const signature = Buffer.from(token.slice(end + 1));
  const sha256 = () => createHash('sha256').update(canonical).digest('hex');
  const hmac = () => createHmac('sha256', sharedSecret).update(signingInput).digest('base64url');
  return {
    hash: sha256,
    sign: () => `${sha256()}${hmac()}`,
    verify: () => `${sha256()}${timingSafeEqual(Buffer.from(hmac()), signature)}`,
  };
}
