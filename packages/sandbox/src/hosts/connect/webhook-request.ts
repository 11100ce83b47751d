import type { Agent } from 'node:http';
import type { AppRecord } from '../../site/apps.ts';
import { redact } from '../../site/redact.ts';
import type { RefusalNotes, Verdict } from '../../site/request-log.ts';
import type { Site } from '../../site/site.ts';
import type { WebhookFlow } from '../../site/site-change.ts';
import type { WebhookTry } from '../../site/webhook-deliveries.ts';
import { type AppRequest, sendToApp } from './app-request.ts';
import { resolveAppUrl } from './app-url.ts';
import { installationEvidence } from './evidence.ts';
import { outgoingHash, signWithSecret, tokenLifetime } from './tokens.ts';

/** A webhook as it is sent once. */
export interface WebhookRequest {
  event: string;
  /** Below the app's baseUrl, and with variables filled in. */
  path: string;
  body?: string;
  identifier: string;
  /** From 1; 0 is the first time. */
  retry: number;
  flow: WebhookFlow;
  trace?: string;
  /** Who did what it tells of: the `sub` of the token. */
  accountId?: string;
}

export interface SendOptions {
  agent?: Agent;
  /** False leaves it out of the request log. Default true. */
  log?: boolean;
}

/** https://developer.atlassian.com/cloud/jira/platform/webhooks/: these, 5xx, and no answer. */
const sentAgain: readonly number[] = [408, 409, 425, 429];

/** The headers of a webhook besides its token. */
export function webhookHeaders(request: WebhookRequest): Record<string, string> {
  const { identifier, flow, retry, trace, body } = request;
  return {
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    'user-agent': 'Atlassian-Connect/sandbox',
    'x-atlassian-webhook-identifier': identifier,
    'x-atlassian-webhook-flow': flow,
    ...(retry === 0 ? {} : { 'x-atlassian-webhook-retry': String(retry) }),
    ...(trace === undefined ? {} : { 'x-atlassian-webhook-trace': trace }),
  };
}

/** Signs and sends a webhook, and writes into the request log what came of it. Throws for a path that is none of the app's. */
export async function sendWebhook(
  site: Site,
  app: AppRecord,
  request: WebhookRequest,
  { agent, log = true }: SendOptions = {},
): Promise<WebhookTry> {
  const url = resolveAppUrl(app.baseUrl, request.path);
  const authorization = `JWT ${webhookToken(site, app, url, request.accountId)}`;
  const startedAt = site.now();
  const startedOn = performance.now();
  const answer = await ask({
    method: 'POST',
    url,
    headers: { authorization, ...webhookHeaders(request) },
    ...(request.body === undefined ? {} : { body: request.body }),
    signal: site.closing.signal,
    timeoutMs: site.webhookTimeoutMs,
    ...(agent === undefined ? {} : { agent }),
  });
  const made: WebhookTry = {
    at: new Date(startedAt).toISOString(),
    retry: request.retry,
    durationMs: Math.round(performance.now() - startedOn),
    ...judge(answer),
    status: answer.status,
    reply: answer.text === '' ? '' : redact(answer.text, site.secrets()),
  };
  if (!log || site.closing.signal.aborted) return made;
  const record = site.requestLog.add(
    {
      at: made.at,
      direction: 'callback',
      method: 'POST',
      path: `${url.pathname}${url.search}`,
      appKey: app.key,
      status: made.status,
      durationMs: made.durationMs,
      verdict: verdictOn(site, request, made),
    },
    made.accepted ? {} : notesOn(site, app, url, authorization, made),
  );
  site.events.emit('callback', record);
  return { ...made, requestId: record.id };
}

/** A token of this try alone, but for others of the same second. */
function webhookToken(site: Site, app: AppRecord, url: URL, accountId: string | undefined): string {
  const iat = Math.floor(site.now() / 1000);
  return signWithSecret(
    {
      iss: site.identity.clientKey,
      ...(accountId === undefined ? {} : { sub: accountId }),
      iat,
      exp: iat + tokenLifetime,
      qsh: outgoingHash('POST', url, app.baseUrl),
      context: {},
    },
    app.sharedSecret,
  );
}

interface Answer {
  status: number;
  text: string;
  /** Why there is no status. */
  failure?: string;
}

async function ask(request: AppRequest): Promise<Answer> {
  try {
    const { status, text } = await sendToApp(request);
    return { status, text };
  } catch (error) {
    return { status: 0, text: '', failure: error instanceof Error ? error.message : String(error) };
  }
}

function judge({
  status,
  failure,
}: Answer): Pick<WebhookTry, 'accepted' | 'good' | 'again' | 'reason'> {
  const good = status === 200 || status === 204;
  if (good)
    return { accepted: true, good, again: false, reason: `the app accepted it (${status})` };
  if (status === 202) {
    const reason = 'the app accepted it (202, which Cloud Fortified does not count as success)';
    return { accepted: true, good, again: false, reason };
  }
  const again = status === 0 || status >= 500 || sentAgain.includes(status);
  const what = status === 0 ? `the app gave no answer: ${failure}` : `the app answered ${status}`;
  const then = again
    ? 'which is a reason to send it again'
    : 'which is final: it is not sent again';
  return { accepted: false, good, again, reason: `${what}, ${then}` };
}

function verdictOn(site: Site, request: WebhookRequest, made: WebhookTry): Verdict {
  const { event, identifier, retry, flow } = request;
  const which = retry === 0 ? event : `${event}, retry ${retry}`;
  return {
    authenticated: made.accepted,
    as: 'app',
    reason: `${which}: ${made.reason}`,
    checks: [
      { name: 'sent', passed: true, detail: `webhook ${identifier}, ${flow}` },
      { name: 'signed', passed: true, detail: 'HS256 with the sharedSecret' },
      { name: 'addressed', passed: true, detail: `iss ${site.identity.clientKey}` },
      { name: 'answered 200, 202 or 204', passed: made.accepted, detail: made.reason },
    ],
  };
}

function notesOn(
  site: Site,
  app: AppRecord,
  url: URL,
  authorization: string,
  { status }: WebhookTry,
): RefusalNotes {
  const fix = fixFor(status);
  // What else an app answers says nothing of the token.
  if (![400, 401, 403].includes(status)) return { fix };
  const explanation = site.explain({
    ...installationEvidence(site, app),
    token: authorization,
    method: 'POST',
    url: url.href,
    baseUrl: app.baseUrl,
    direction: 'from-jira',
    now: site.now,
  });
  return { fix, explanation };
}

function fixFor(status: number): string {
  if (status === 0) {
    return 'Start the app, and look whether it listens at its baseUrl. Answer first and work afterwards: the time is short.';
  }
  if (status >= 300 && status < 400) return 'Answer this route itself: a redirect is not followed.';
  if (status === 404 || status === 405) {
    return 'Let the app answer POST at the url of this webhook in its descriptor.';
  }
  if (status === 401 || status === 403) {
    return 'Let the app verify with the sharedSecret of the last installed event; its own log says what it refused.';
  }
  if (status >= 200 && status < 300)
    return 'Answer 204: other codes besides 200 and 202 do not count.';
  return "Look at the app's own log: the site has no more than the status.";
}
