/**
 * What Atlassian does for the installed and uninstalled callbacks: a host that publishes a public key by its id, and
 * tokens signed with the private half. Signed with jose and hashed with Atlassian's own package, so that nothing of
 * this project judges itself.
 */
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createQueryStringHash, fromMethodAndUrl } from '@atlassian/atlassian-jwt';
import { CompactSign } from 'jose';

export const KEY_ID = 'd1f7c3a0-5b0e-4c8e-9f51-0a8c6b8b7e11';

export interface KeyPair {
  readonly publicPem: string;
  readonly privateKey: KeyObject;
}

export function rsaKeyPair(): KeyPair {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { publicPem: publicKey.export({ type: 'spki', format: 'pem' }).toString(), privateKey };
}

/** The key pair that {@link startAtlassianHost} publishes. Making one takes long, so it is made once. */
export const atlassianKeys: KeyPair = rsaKeyPair();

export interface AtlassianHost {
  /** Of the key host: a key stands at `<url>/<kid>`. */
  readonly url: string;
  /** The path of each request that came, in order. */
  readonly requests: string[];
  /** Answers the requests; it may be exchanged at any time. */
  answer: RequestListener;
  close(): Promise<void>;
}

/** Publishes {@link atlassianKeys} at {@link KEY_ID} and answers 404 to everything else, unless told otherwise. */
export async function startAtlassianHost(
  answer: RequestListener = publishKey,
): Promise<AtlassianHost> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(request.url ?? '');
    host.answer(request, response);
  });
  const host = { url: await listen(server), requests, answer, close: () => close(server) };
  return host;
}

export const publishKey: RequestListener = (request, response) => {
  if (request.url === `/${KEY_ID}`) return response.end(atlassianKeys.publicPem);
  response.writeHead(404).end('not found');
};

export async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

export async function close(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}

/** A URL of this machine where nobody listens. */
export async function unreachableUrl(): Promise<string> {
  const server = createServer();
  const url = await listen(server);
  await close(server);
  return url;
}

/** What a lifecycle token can be given. A claim or header of `undefined` is left out. */
export interface TokenKnobs {
  claims?: Record<string, unknown>;
  header?: Record<string, unknown>;
  privateKey?: KeyObject;
}

/** The token of an installed or uninstalled callback to `url`. */
export async function lifecycleToken(
  { url, clientKey, appUrl, at }: { url: string; clientKey: string; appUrl: string; at: number },
  { claims, header, privateKey = atlassianKeys.privateKey }: TokenKnobs = {},
): Promise<string> {
  const iat = Math.floor(at / 1000);
  const payload = {
    iss: clientKey,
    aud: [appUrl],
    iat,
    exp: iat + 900,
    qsh: createQueryStringHash(fromMethodAndUrl('POST', url), false, appUrl),
    ...claims,
  };
  return new CompactSign(Buffer.from(JSON.stringify(payload)))
    .setProtectedHeader({ typ: 'JWT', alg: 'RS256', kid: KEY_ID, ...header })
    .sign(privateKey);
}
