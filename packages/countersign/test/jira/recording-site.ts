/**
 * A site that records every request and lets Atlassian's own package judge its token: the signature, the issuer, and
 * the hash of exactly what arrived.
 */
import { createServer, type IncomingHttpHeaders, type RequestListener } from 'node:http';
import { parse } from 'node:querystring';
import {
  createQueryStringHash,
  decodeSymmetric,
  SymmetricAlgorithm,
} from '@atlassian/atlassian-jwt';
import { close, listen } from '../connect/atlassian-host.ts';

export interface RecordedRequest {
  readonly method: string;
  /** Path and query, as they arrived. */
  readonly target: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly token: string;
  /** What Atlassian's package says of the token: its claims, or why it is not good. */
  readonly claims: Record<string, unknown>;
}

export interface RecordingSite {
  readonly origin: string;
  readonly requests: RecordedRequest[];
  /** The secret that tokens are checked with. */
  sharedSecret: string;
  /** Answers the requests whose token is good. */
  answer: RequestListener;
  close(): Promise<void>;
}

/** @param contextPath The path of the product, such as `/wiki`. */
export async function startRecordingSite(contextPath = ''): Promise<RecordingSite> {
  const requests: RecordedRequest[] = [];
  const site: RecordingSite = {
    origin: '',
    requests,
    sharedSecret: 'secret-1',
    answer: (_request, response) => response.end('{}'),
    close: () => close(server),
  };
  const server = createServer(async (request, response) => {
    const { method = '', url = '', headers } = request;
    const chunks = await request.toArray().catch(() => undefined);
    // The caller left in the middle of it.
    if (chunks === undefined) return;
    const body = Buffer.concat(chunks).toString();
    const token = headers.authorization?.replace(/^JWT /, '') ?? '';
    const question = url.indexOf('?');
    const pathname = question === -1 ? url : url.slice(0, question);
    const query = question === -1 ? {} : parse(url.slice(question + 1));
    try {
      const claims = decodeSymmetric(token, site.sharedSecret, SymmetricAlgorithm.HS256);
      const expected = createQueryStringHash({ method, pathname, query }, false, contextPath);
      if (claims.qsh !== expected) throw new Error('the hash is of another request');
      requests.push({ method, target: url, headers, body, token, claims });
    } catch (error) {
      requests.push({ method, target: url, headers, body, token, claims: { refused: `${error}` } });
      return response.writeHead(401).end(`Refused: ${error}`);
    }
    site.answer(request, response);
  });
  return Object.assign(site, { origin: await listen(server) });
}
