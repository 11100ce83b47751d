import type { AppRecord } from '../../site/apps.ts';
import type { RefusalNotes, Verdict } from '../../site/request-log.ts';
import { adminAccountId } from '../../site/seed.ts';
import { installKeysUrl, type Site } from '../../site/site.ts';
import { sendToApp } from './app-request.ts';
import { resolveAppUrl } from './app-url.ts';
import type { LifecycleEvent } from './descriptor.ts';
import { installationEvidence } from './evidence.ts';
import { type Claims, outgoingHash, signWithKey, signWithSecret, tokenLifetime } from './tokens.ts';

// The payload's publicKey is the tenant's old key and NOT the one that signs: its private half does not exist.
const tenantPublicKey =
  'MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAjfEDQkqAJoqrMvS+NQq2qs8fEJvaO4XBeEWCVdeEd4xiFY9jjbLICUjrOmnkmY2K78jMZ3H8LEyoSjEfiftx/evE+9ueOZ155nW6nk+x/ewgRUX8zxPNyD5Byx5OEj1pMsa5Qlg1bYyqPJCFJIbtKDpKehv7yJfw+P+q2nI56sYDQuKSF8Po8z9RXpXqP8n6jbfHH6TOg1Rg5HnbqDRo+ssRiWmYT5VQuXDYUNA/rA5xiGHBSv2qsMS2DkjKVJPc8v/GJIX5vBn1I6Bo59NeUKTd+GL9bcgVovB31fNa+hO1bJDU89BpHYhYwyQjHFrEKsThMQRpQuqKJ6MpyS+mZQIDAQAB';

/** How a callback went. `status` is 0 where the app gave no answer. */
export interface CallbackOutcome {
  accepted: boolean;
  status: number;
  reason: string;
}

/** Sends a lifecycle event, where the descriptor asks for it, and writes it down in the request log. */
export async function sendCallback(
  site: Site,
  app: AppRecord,
  event: LifecycleEvent,
): Promise<CallbackOutcome> {
  const relative = app.descriptor.lifecycle[event];
  if (relative === undefined) {
    return { accepted: true, status: 0, reason: `the descriptor declares no lifecycle.${event}` };
  }
  const isForge = site.forgeApps.withConnectKey(app.key) !== undefined;
  if (isForge && (event === 'enabled' || event === 'disabled')) {
    return { accepted: true, status: 0, reason: `an app on Forge gets no ${event}` };
  }
  const url = resolveAppUrl(app.baseUrl, relative);
  const startedAt = site.now();
  const startedOn = performance.now();
  const authorization = `JWT ${callbackToken(site, app, event, url)}`;
  const outcome = await deliver(site, app, event, url, authorization);
  if (!site.closing.signal.aborted) {
    const record = site.requestLog.add(
      {
        at: new Date(startedAt).toISOString(),
        direction: 'callback',
        method: 'POST',
        path: `${url.pathname}${url.search}`,
        appKey: app.key,
        status: outcome.status,
        durationMs: Math.round(performance.now() - startedOn),
        verdict: verdictOn(site, app, event, outcome),
      },
      outcome.accepted ? {} : notesOn(site, app, event, url, authorization, outcome),
    );
    site.events.emit('callback', record);
  }
  return outcome;
}

async function deliver(
  site: Site,
  app: AppRecord,
  event: LifecycleEvent,
  url: URL,
  authorization: string,
): Promise<CallbackOutcome> {
  try {
    const { status } = await sendToApp({
      method: 'POST',
      url,
      headers: {
        authorization,
        'content-type': 'application/json',
        'user-agent': 'Atlassian-Connect/sandbox',
      },
      body: JSON.stringify(payload(site, app, event)),
      signal: site.closing.signal,
    });
    const accepted = status === 200 || status === 204;
    const reason = accepted
      ? `the app accepted it (${status})`
      : `the app answered ${status}; only 200 and 204 count as success`;
    return { accepted, status, reason };
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error);
    return { accepted: false, status: 0, reason: `the app gave no answer: ${cause}` };
  }
}

function isKeySigned(event: LifecycleEvent): boolean {
  return event === 'installed' || event === 'uninstalled';
}

// Two callbacks of one second would carry the same token, and an app takes each token once.
const lastIssuedAt = new WeakMap<Site, number>();

function nextIssuedAt(site: Site): number {
  const issuedAt = Math.max(Math.floor(site.now() / 1000), (lastIssuedAt.get(site) ?? 0) + 1);
  lastIssuedAt.set(site, issuedAt);
  return issuedAt;
}

function callbackToken(site: Site, app: AppRecord, event: LifecycleEvent, url: URL): string {
  const iat = nextIssuedAt(site);
  const claims: Claims = {
    iss: site.identity.clientKey,
    sub: adminAccountId,
    iat,
    exp: iat + tokenLifetime,
    qsh: outgoingHash('POST', url, app.baseUrl),
  };
  return isKeySigned(event)
    ? signWithKey({ ...claims, aud: [app.baseUrl] }, site.identity)
    : signWithSecret({ ...claims, context: {} }, app.sharedSecret);
}

function payload(site: Site, app: AppRecord, event: LifecycleEvent): Record<string, unknown> {
  const forge = site.forgeApps.withConnectKey(app.key);
  return {
    key: app.key,
    clientKey: site.identity.clientKey,
    oauthClientId: app.oauthClientId,
    publicKey: tenantPublicKey,
    ...(event === 'installed' ? { sharedSecret: app.sharedSecret } : {}),
    serverVersion: '100000',
    pluginsVersion: '1.1000.0',
    baseUrl: site.url,
    displayUrl: site.url,
    displayUrlServicedeskHelpCenter: site.url,
    productType: 'jira',
    description: `Countersign sandbox at ${site.url}`,
    eventType: event,
    // The Connect half of a Forge app: what joins the clientKey and the invocation token.
    ...(forge === undefined
      ? {}
      : { installationId: `ari:cloud:ecosystem::installation/${forge.installationId}` }),
  };
}

function verdictOn(
  site: Site,
  app: AppRecord,
  event: LifecycleEvent,
  outcome: CallbackOutcome,
): Verdict {
  const { clientKey, keyId } = site.identity;
  const [signature, addressed] = isKeySigned(event)
    ? [`RS256 with the site's install key ${keyId}`, `iss ${clientKey}, aud ${app.baseUrl}`]
    : ['HS256 with the sharedSecret', `iss ${clientKey}`];
  const fields = Object.keys(payload(site, app, event)).join(', ');
  return {
    authenticated: outcome.accepted,
    as: 'app',
    reason: `${event}: ${outcome.reason}`,
    checks: [
      { name: 'sent', passed: true, detail: fields },
      { name: 'signed', passed: true, detail: signature },
      { name: 'addressed', passed: true, detail: addressed },
      { name: 'answered 200 or 204', passed: outcome.accepted, detail: outcome.reason },
    ],
  };
}

/** For the page of a callback that the app refused: what it could have checked, and what to look at. */
function notesOn(
  site: Site,
  app: AppRecord,
  event: LifecycleEvent,
  url: URL,
  authorization: string,
  { status }: CallbackOutcome,
): RefusalNotes {
  const explanation = site.explain({
    ...installationEvidence(site, app),
    token: authorization,
    method: 'POST',
    url: url.href,
    baseUrl: app.baseUrl,
    direction: 'from-jira',
    lifecycle: isKeySigned(event),
    now: site.now,
  });
  return { fix: fixFor(site, event, status), explanation };
}

function fixFor(site: Site, event: LifecycleEvent, status: number): string {
  if (status === 0) return 'Start the app, and look whether it listens at its baseUrl.';
  if (status >= 300 && status < 400) return 'Answer this route itself: a redirect is not followed.';
  if (status === 404 || status === 405) {
    return `Let the app answer POST at the path of lifecycle.${event} in its descriptor.`;
  }
  if (status === 401 || status === 403) {
    return isKeySigned(event)
      ? `Let the app take its keys from ${installKeysUrl(site)}, and trust the site ${site.url}; its own log says what it refused.`
      : 'Let the app verify with the sharedSecret of the last installed event; its own log says what it refused.';
  }
  return "Look at the app's own log: the site has no more than the status.";
}
