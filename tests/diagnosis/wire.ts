import { createServer, type IncomingHttpHeaders, request } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as it went over the wire, and its answer. */
export interface Exchange {
  method: string;
  target: string;
  headers: IncomingHttpHeaders;
  authorizations: string[];
  body: string;
  status: number;
  answerHeaders: Headers;
  answer: string;
}

export interface Recorder {
  url: string;
  exchanges: Exchange[];
  close(): Promise<void>;
}

/** Hands everything on to `target` as it came, and keeps it. */
export async function startRecorder(target: string): Promise<Recorder> {
  const exchanges: Exchange[] = [];
  const { hostname, port } = new URL(target);
  const server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const body = Buffer.concat(chunks);
      const onward = request(
        {
          hostname,
          port,
          method: incoming.method,
          path: incoming.url,
          headers: incoming.rawHeaders,
        },
        (response) => {
          const parts: Buffer[] = [];
          response.on('data', (chunk: Buffer) => parts.push(chunk));
          response.on('end', () => {
            const answerHeaders = new Headers();
            for (const [name, value] of Object.entries(response.headers)) {
              if (value !== undefined) answerHeaders.set(name, String(value));
            }
            exchanges.push({
              method: incoming.method ?? '',
              target: incoming.url ?? '',
              headers: incoming.headers,
              authorizations: incoming.headersDistinct.authorization ?? [],
              body: body.toString('utf8'),
              status: response.statusCode ?? 0,
              answerHeaders,
              answer: Buffer.concat(parts).toString('utf8'),
            });
            outgoing.writeHead(response.statusCode ?? 502, response.headers);
            outgoing.end(Buffer.concat(parts));
          });
        },
      );
      onward.on('error', () => outgoing.writeHead(502).end());
      onward.end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    exchanges,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Sends a request without touching anything of it, as curl and Python do. */
export function sendRaw(
  url: string,
  options: { method?: string; headers?: readonly string[]; body?: string } = {},
): Promise<number> {
  const [, host = '', port = '80', target = '/'] = /^http:\/\/([^:/]+):(\d+)(.*)$/s.exec(url) ?? [];
  const { method = 'GET', headers = [], body = '' } = options;
  const pairs = ['host', `${host}:${port}`];
  for (const header of headers) {
    const colon = header.indexOf(':');
    pairs.push(header.slice(0, colon), header.slice(colon + 1).trim());
  }
  if (body !== '') pairs.push('content-length', String(Buffer.byteLength(body)));
  return new Promise((resolve, reject) => {
    const sent = request(
      { host, port, method, path: target || '/', headers: pairs },
      (response) => {
        response.resume();
        response.on('end', () => resolve(response.statusCode ?? 0));
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}

/** Runs a curl command line, as far as people use it against Jira. */
export function curl(commandLine: string): Promise<number> {
  const words = [...commandLine.matchAll(/'([^']*)'|"((?:[^"\\]|\\.)*)"|(\S+)/g)].map(
    ([, single, double, bare]) => single ?? double?.replace(/\\(.)/g, '$1') ?? bare ?? '',
  );
  const headers: string[] = [];
  const query: string[] = [];
  let [method, url, body, get]: [string | undefined, string, string, boolean] = [
    undefined,
    '',
    '',
    false,
  ];
  for (let index = 1; index < words.length; index++) {
    const word = words[index] as string;
    const next = (): string => words[++index] as string;
    if (word === '-X' || word === '--request') method = next();
    else if (word === '-H' || word === '--header') headers.push(next());
    else if (word === '-d' || word === '--data') body = next();
    else if (word === '--data-urlencode')
      query.push(next().replace(/=(.*)$/s, (_, value: string) => `=${encodeURIComponent(value)}`));
    else if (word === '-u' || word === '--user')
      headers.push(`Authorization: Basic ${Buffer.from(next()).toString('base64')}`);
    else if (word === '-G' || word === '--get') get = true;
    else if (!word.startsWith('-')) url = word;
  }
  if (query.length > 0 && get) url += `${url.includes('?') ? '&' : '?'}${query.join('&')}`;
  return sendRaw(url, { method: method ?? (body === '' ? 'GET' : 'POST'), headers, body });
}
