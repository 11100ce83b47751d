/**
 * What of Atlassian's cloud a Forge remote calls: the gateway in front of a site, and the GraphQL mutation for tokens of
 * users. It knows tokens by their text alone, as an app has to.
 */
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import type { ForgeInstallation, InstallationRecord } from '../../src/index.ts';
import { close, listen } from '../connect/atlassian-host.ts';
import { sampleRecord } from '../installations/sample-record.ts';

export const CLOUD_ID = '11111111-2222-4333-8444-555555555555';
export const INSTALLATION_ID = 'aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee';
export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;

/** A token as Forge makes them, as far as an app can see. */
export function forgeToken(name: string, expiresAt: number): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'RS256' })}.${part({ name, exp: Math.floor(expiresAt / 1000) })}.c2lnbmF0dXJl`;
}

interface GatewayCall {
  readonly method: string;
  readonly path: string;
  readonly authorization: string;
  readonly body: string;
}

export interface ForgeGateway {
  readonly origin: string;
  readonly apiBaseUrl: string;
  readonly graphqlUrl: string;
  /** Calls of the REST API, in order. */
  readonly calls: GatewayCall[];
  /** Questions for tokens of users, in order. */
  readonly questions: GatewayCall[];
  answer: RequestListener;
  answerQuestion: (call: GatewayCall) => Answer | Promise<Answer>;
  close(): Promise<void>;
}

export interface Answer {
  readonly status?: number;
  readonly headers?: Record<string, string>;
  readonly body: unknown;
}

export const tokenAnswer = (token: string, ttl: number): Answer => ({
  body: {
    data: { offlineUserAuthToken: { success: true, errors: [], authToken: { token, ttl } } },
  },
});

export const refusedAnswer = (message: string): Answer => ({
  body: {
    data: { offlineUserAuthToken: { success: false, errors: [{ message }], authToken: null } },
  },
});

export async function startForgeGateway(): Promise<ForgeGateway> {
  const server = createServer(async (request: IncomingMessage, response) => {
    const body = Buffer.concat(await request.toArray()).toString();
    const call = {
      method: request.method ?? '',
      path: request.url ?? '',
      authorization: request.headers.authorization ?? '',
      body,
    };
    if (call.path !== '/graphql') {
      gateway.calls.push(call);
      return gateway.answer(request, response);
    }
    gateway.questions.push(call);
    const { status = 200, headers = {}, body: answer } = await gateway.answerQuestion(call);
    response
      .writeHead(status, { 'content-type': 'application/json', ...headers })
      .end(typeof answer === 'string' ? answer : JSON.stringify(answer));
  });
  const origin = await listen(server);
  const gateway: ForgeGateway = {
    ...{ origin, apiBaseUrl: `${origin}/ex/jira/${CLOUD_ID}`, graphqlUrl: `${origin}/graphql` },
    ...{ calls: [], questions: [], close: () => close(server) },
    answer: (_request, response) => response.end('{}'),
    answerQuestion: () => tokenAnswer('user-token', 3600),
  };
  return gateway;
}

/** A site that only Forge knows. */
export function forgeRecord(
  gateway: Pick<ForgeGateway, 'apiBaseUrl'>,
  change: Partial<InstallationRecord> = {},
  forge: Partial<ForgeInstallation> = {},
): InstallationRecord {
  return sampleRecord({
    clientKey: `forge:${CLOUD_ID}`,
    forge: {
      appId: '99999999-8888-4777-8666-555555555555',
      installationId: INSTALLATION_ID,
      cloudId: CLOUD_ID,
      apiBaseUrl: gateway.apiBaseUrl,
      environmentType: 'PRODUCTION',
      environmentId: '77777777-6666-4555-8444-333333333333',
      installedAt: 1_760_000_000_000,
      ...forge,
    },
    ...change,
  });
}
