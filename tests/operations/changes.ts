import { setTimeout as sleep } from 'node:timers/promises';
import type { Sandbox } from 'countersign-sandbox';
import { expect, onTestFinished } from 'vitest';
import type { Fleet } from './fleet.ts';

/** People at work on a site. */
export interface Changes {
  /** How many they made so far. */
  readonly count: number;
  /** Ends them, and waits until the site has nothing to send any more. */
  end(): Promise<void>;
}

/** How long something is waited for: the machine may have much else to do. */
export const SOON = { timeout: 20_000, interval: 50 } as const;

const ISSUES = ['XX-1', 'XX-20', 'XX-21'];
const PAUSE_MS = 60;

/** Changes issues one after another, as a person does, until it is ended. The site tells the app of each. */
export function startChanges(site: Sandbox): Changes {
  const credentials = Buffer.from(`admin@example.com:${site.apiToken}`).toString('base64');
  let isGoing = true;
  let count = 0;
  const going = (async () => {
    while (isGoing) {
      const issue = ISSUES[count % ISSUES.length];
      const answer = await fetch(`${site.url}/rest/api/3/issue/${issue}`, {
        method: 'PUT',
        headers: { authorization: `Basic ${credentials}`, 'content-type': 'application/json' },
        body: JSON.stringify({ fields: { summary: `Change ${count}` } }),
      });
      if (answer.status !== 204) throw new Error(`A change was answered ${answer.status}.`);
      count++;
      await sleep(PAUSE_MS);
    }
  })();
  const stop = async () => {
    isGoing = false;
    await going;
  };
  onTestFinished(() => stop().catch(() => undefined));
  return {
    get count() {
      return count;
    },
    async end() {
      await stop();
      await site.webhooks.idle();
    },
  };
}

/** The site had each of its webhooks acknowledged, and the app has handled each that was. */
export async function expectNothingLost(site: Sandbox, fleet: Fleet): Promise<void> {
  const { deliveries } = site.webhooks;
  // The newest 1,000 are kept: none is left out here.
  expect(deliveries.length).toBeLessThan(1000);
  expect(deliveries.filter(({ state }) => state !== 'delivered')).toEqual([]);
  await expectHandled(
    deliveries.map(({ identifier }) => identifier),
    fleet,
  );
}

/** Each of these was handled, sooner or later. */
export async function expectHandled(identifiers: readonly string[], fleet: Fleet): Promise<void> {
  const lost = () => {
    const handled = new Set(fleet.handled().map(({ identifier }) => identifier));
    return identifiers.filter((identifier) => !handled.has(identifier));
  };
  await expect.poll(lost, SOON).toEqual([]);
}
