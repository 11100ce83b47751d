/** The sites of these tests: they send webhooks as Jira does, and again what was not acknowledged. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Descriptor, InstallationRecord } from 'countersign';
import { createToken } from 'countersign/jwt';
import { Agent, type Dispatcher, request } from 'undici';

export const APP_URL = 'https://app.example.com';

export const descriptor: Descriptor = {
  key: 'webhook-app',
  authentication: { type: 'jwt' },
  lifecycle: { installed: '/installed' },
  apiMigrations: { 'signed-install': true },
  scopes: ['READ'],
  modules: {
    webhooks: [
      { event: 'jira:issue_updated', url: '/webhooks' },
      { event: 'comment_created', url: '/webhooks' },
    ],
  },
};

export function siteUrlOf(name: string): string {
  return name === '*' ? '*.atlassian.net' : `https://${name}.atlassian.net`;
}

export function recordOf(clientKey: string): InstallationRecord {
  const at = Date.now();
  return {
    ...{ clientKey, appKey: descriptor.key, siteUrl: siteUrlOf(clientKey) },
    sharedSecret: `secret of ${clientKey}`,
    ...{ status: 'installed', enabled: true, revision: 1, payload: {} },
    ...{ installedAt: at, changedAt: at, enabledChangedAt: at },
  };
}

/** What the handlers of these tests read of a body. */
export interface SentBody {
  readonly webhookEvent: string;
  readonly timestamp: number;
  readonly issue: { readonly id: string; readonly key: string };
  readonly sequence: number;
  readonly takesMs: number;
  readonly fails: boolean;
  /** As large as a small issue is. */
  readonly filling: string;
}

/** A webhook before it is sent. */
export interface Webhook {
  readonly clientKey: string;
  readonly identifier: string;
  readonly body: SentBody;
}

/** One that was acknowledged. */
export interface Acknowledged extends Webhook {
  readonly acknowledgedAt: number;
  readonly tries: number;
}

const FILLING = 'x'.repeat(1500);
let identifiers = 0;

export function webhookOf(
  clientKey: string,
  event: 'jira:issue_updated' | 'comment_created',
  issue: number,
  of: Partial<SentBody> = {},
): Webhook {
  return {
    clientKey,
    identifier: `${clientKey}-${identifiers++}`,
    body: {
      webhookEvent: event,
      timestamp: Date.now(),
      issue: { id: String(10_000 + issue), key: `XX-${issue}` },
      ...{ sequence: 0, takesMs: 0, fails: false, filling: FILLING },
      ...of,
    },
  };
}

/** Longer than any outage here: it gives up when the test would. */
const MOST_TRIES = 600;

/** Sends webhooks to whichever node is up. */
export class Sender {
  readonly acknowledged: Acknowledged[] = [];
  /** How often each status was answered; 0 where there was no answer. */
  readonly answers = new Map<number, number>();
  readonly #nodes: () => readonly string[];
  readonly #agent: Dispatcher = new Agent({ connections: 64, headersTimeout: 20_000 });

  constructor(nodes: () => readonly string[]) {
    this.#nodes = nodes;
  }

  /** Sends one until it is acknowledged, with the same identifier each time. */
  async deliver(webhook: Webhook): Promise<void> {
    for (let tries = 1; tries <= MOST_TRIES; tries++) {
      const status = await this.send(webhook, tries - 1);
      if (status >= 200 && status < 300) {
        this.acknowledged.push({ ...webhook, acknowledgedAt: Date.now(), tries });
        return;
      }
      if (status >= 400 && status < 500) throw new Error(`A webhook was answered ${status}.`);
      await sleep(50);
    }
    throw new Error('A webhook was never acknowledged.');
  }

  /** Sends one once. */
  async send({ clientKey, identifier, body }: Webhook, retry = 0): Promise<number> {
    const nodes = this.#nodes();
    const node = nodes[Math.floor(Math.random() * nodes.length)];
    const status =
      node === undefined ? 0 : await this.#post(node, clientKey, identifier, body, retry);
    this.answers.set(status, (this.answers.get(status) ?? 0) + 1);
    return status;
  }

  async #post(node: string, clientKey: string, identifier: string, body: SentBody, retry: number) {
    const token = createToken({
      issuer: clientKey,
      sharedSecret: `secret of ${clientKey}`,
      ...{ method: 'POST', url: '/webhooks', baseUrl: APP_URL },
    });
    try {
      const answer = await request(`${node}/webhooks`, {
        method: 'POST',
        dispatcher: this.#agent,
        headers: {
          authorization: `JWT ${token}`,
          'content-type': 'application/json',
          'x-atlassian-webhook-identifier': identifier,
          'x-atlassian-webhook-flow': 'Primary',
          ...(retry === 0 ? {} : { 'x-atlassian-webhook-retry': String(retry) }),
        },
        body: JSON.stringify(body),
      });
      await answer.body.dump();
      return answer.statusCode;
    } catch {
      return 0;
    }
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }
}
