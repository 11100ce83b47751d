/**
 * An authorization server that behaves as Atlassian's is known to: codes are good once, refresh tokens rotate and may be
 * used again for ten minutes, access tokens end after an hour. Behind it, a gateway that knows the access tokens.
 */
import { createServer } from 'node:http';
import { close, listen } from '../connect/atlassian-host.ts';

export const CLOUD_ID = '11111111-2222-4333-8444-555555555555';
export const CLIENT = { clientId: 'client-id', clientSecret: 'marked-client-secret' };
const LEEWAY_MS = 600_000;

interface Grant {
  readonly contentType: string | undefined;
  readonly parameters: Record<string, string>;
}

export interface AuthorizationServer {
  readonly origin: string;
  readonly tokenUrl: string;
  /** What the token endpoint was asked, in order. */
  readonly grants: Grant[];
  /** `<method> <path> <authorization>` of each call of the gateway. */
  readonly calls: string[];
  /** Codes that a user's consent gave. */
  readonly codes: Map<string, { redirectUri: string }>;
  /** Until when each access token is good. */
  readonly accessTokens: Map<string, number>;
  /** When each refresh token was first used; undefined while it was not. */
  readonly refreshTokens: Map<string, number | undefined>;
  /** Whether a refresh gives the next refresh token, as it should. */
  rotates: boolean;
  /** Answers the token endpoint in place of all of that. */
  answer:
    | ((grant: Grant) => { status: number; body: string; headers?: Record<string, string> })
    | undefined;
  now: () => number;
  /** An hour's access token, and its refresh token. */
  consent(): { accessToken: string; refreshToken: string };
  close(): Promise<void>;
}

export async function startAuthorizationServer(now: () => number): Promise<AuthorizationServer> {
  let count = 0;
  const refused = (status: number, error: string, description = '') => ({
    status,
    body: JSON.stringify({ error, error_description: description }),
  });
  const give = (withRefresh: boolean) => {
    count += 1;
    const accessToken = `marked-access-${count}`;
    const refreshToken = `marked-refresh-${count}`;
    self.accessTokens.set(accessToken, self.now() + 3600_000);
    if (withRefresh) self.refreshTokens.set(refreshToken, undefined);
    return {
      accessToken,
      refreshToken,
      answer: {
        status: 200,
        body: JSON.stringify({
          access_token: accessToken,
          expires_in: 3600,
          token_type: 'Bearer',
          scope: 'read:jira-work offline_access',
          ...(withRefresh ? { refresh_token: refreshToken } : {}),
        }),
      },
    };
  };
  const grant = ({ parameters }: Grant) => {
    if (
      parameters.client_id !== CLIENT.clientId ||
      parameters.client_secret !== CLIENT.clientSecret
    )
      return refused(401, 'access_denied', 'Unauthorized');
    switch (parameters.grant_type) {
      case 'client_credentials':
        return give(false).answer;
      case 'authorization_code': {
        const code = self.codes.get(parameters.code ?? '');
        if (code === undefined || code.redirectUri !== parameters.redirect_uri)
          return refused(403, 'invalid_grant', 'Invalid authorization code');
        self.codes.delete(parameters.code ?? '');
        return give(true).answer;
      }
      case 'refresh_token': {
        const token = parameters.refresh_token ?? '';
        const usedAt = self.refreshTokens.get(token);
        if (!self.refreshTokens.has(token) || (usedAt ?? self.now()) + LEEWAY_MS < self.now())
          return refused(403, 'invalid_grant', 'Unknown or invalid refresh token.');
        if (self.rotates) self.refreshTokens.set(token, usedAt ?? self.now());
        return give(self.rotates).answer;
      }
      default:
        return refused(400, 'unsupported_grant_type');
    }
  };
  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray()).toString();
    const { authorization = '' } = request.headers;
    if (request.url === '/oauth/token') {
      const asked = {
        contentType: request.headers['content-type'],
        parameters: JSON.parse(body),
      };
      self.grants.push(asked);
      const {
        status,
        body: answer,
        headers = {},
      } = {
        headers: {},
        ...(self.answer ?? grant)(asked),
      };
      return response
        .writeHead(status, { 'content-type': 'application/json', ...headers })
        .end(answer);
    }
    self.calls.push(`${request.method} ${request.url} ${authorization}`);
    const good = (self.accessTokens.get(authorization.replace(/^Bearer /, '')) ?? 0) > self.now();
    if (!good) return response.writeHead(401).end('{"code":401,"message":"Unauthorized"}');
    const sites = [
      {
        id: CLOUD_ID,
        name: 'example',
        url: 'https://example.atlassian.net',
        scopes: ['read:jira-work'],
      },
    ];
    response.end(
      JSON.stringify(request.url === '/oauth/token/accessible-resources' ? sites : { ok: true }),
    );
  });
  const origin = await listen(server);
  const self: AuthorizationServer = {
    ...{ origin, tokenUrl: `${origin}/oauth/token`, grants: [], calls: [] },
    ...{ codes: new Map(), accessTokens: new Map(), refreshTokens: new Map() },
    ...{ rotates: true, answer: undefined, now, close: () => close(server) },
    consent: () => give(true),
  };
  return self;
}
