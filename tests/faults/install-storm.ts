/** Hundreds of signed installs, some of them at the same moment, while what receives them is struck by faults. */
import { setTimeout as pause } from 'node:timers/promises';
import type { AppProcess } from './app-process.ts';
import { callbackToken, sendCallback } from './jira.ts';
import { below, type Random, shuffled } from './random.ts';
import { createTurnstile } from './turnstile.ts';

/** An install that was sent once. */
export interface SentInstall {
  readonly clientKey: string;
  readonly siteUrl: string;
  /** No two are alike. */
  readonly sharedSecret: string;
  /** When the event was made, in milliseconds: no two of one clientKey are alike. */
  readonly at: number;
  readonly token: string;
  /** True when it was answered with 204. */
  isAcknowledged: boolean;
}

/** Something that is done to the app or its database in the middle. */
export interface Fault {
  /** After so many acknowledged installs. */
  readonly after: number;
  strike(): Promise<void>;
}

export interface Storm {
  readonly processes: readonly AppProcess[];
  readonly clientKeys: number;
  readonly installs: number;
  /** In the order of `after`. */
  readonly faults: readonly Fault[];
  readonly random: Random;
}

/** So many requests are on their way at a time. */
const CONCURRENCY = 16;
/** Tokens live for 15 minutes: so long ago that a few seconds more for each attempt are not in the future. */
const STARTED_AGO_MS = 10 * 60_000;

/**
 * Sends installs until each was acknowledged: after an answer of 503, or none, it is made anew, as by an administrator
 * who tries again. Those of one clientKey follow each other, but the last ones are sent at the same moment, to one
 * process and to another.
 *
 * @returns all that was ever sent.
 * @throws Error when an install is answered with something else than 204 and 503.
 */
export async function sendStorm(storm: Storm): Promise<SentInstall[]> {
  const { processes, random, faults, installs } = storm;
  const start = Math.floor((Date.now() - STARTED_AGO_MS) / 1000) * 1000;
  const sent: SentInstall[] = [];
  const clocks = new Map<string, number>();
  const turnstile = createTurnstile();

  const attempt = async (site: number, process: AppProcess): Promise<boolean> => {
    const clientKey = `client-${site}`;
    const at = clocks.get(clientKey) ?? start;
    clocks.set(clientKey, at + 1000);
    const event = {
      clientKey,
      siteUrl: `https://site-${site}.atlassian.net`,
      sharedSecret: `secret-${sent.length}-${crypto.randomUUID()}`,
      at,
    };
    const callback = { ...event, event: 'installed' as const, token: '' };
    const install = { ...event, token: await callbackToken(callback), isAcknowledged: false };
    sent.push(install);
    const status = await sendCallback(process.url, { ...callback, token: install.token });
    install.isAcknowledged = status === 204;
    if (install.isAcknowledged || status === 0 || status === 503) return install.isAcknowledged;
    throw new Error(`An install was answered with ${status}:\n${process.output.slice(-2000)}`);
  };
  const deliver = async (site: number, first: number): Promise<void> => {
    await turnstile.enter();
    for (let tries = 0; ; tries++) {
      const process = processes[(first + tries) % processes.length] as AppProcess;
      if (await attempt(site, process)) break;
      await pause(Math.min(1000, 50 * 2 ** tries) * (0.5 + random()));
    }
    turnstile.leave();
  };

  const chains = new Map<number, Promise<unknown>>();
  const send = async (steps: Iterator<Step>): Promise<void> => {
    for (let next = steps.next(); !next.done; next = steps.next()) {
      const { site, together } = next.value;
      const first = below(processes.length, random);
      const run = (chains.get(site) ?? Promise.resolve()).then(() =>
        Promise.all(Array.from({ length: together }, (_, index) => deliver(site, first + index))),
      );
      chains.set(site, run);
      await run;
    }
  };
  const strike = async (): Promise<void> => {
    for (const [index, fault] of faults.entries()) {
      // Up to the next one, work goes on while this one strikes.
      turnstile.allow(faults[index + 1]?.after ?? installs);
      await turnstile.reaches(fault.after);
      await fault.strike();
    }
    turnstile.allow(installs);
  };

  const steps = plan(storm).values();
  await Promise.all([strike(), ...Array.from({ length: CONCURRENCY }, () => send(steps))]);
  return sent;
}

interface Step {
  readonly site: number;
  /** How many installs are sent at the same moment. */
  readonly together: number;
}

/** For each site one step after another; in the last one several installs meet, and nothing comes to mend it. */
function plan({ clientKeys, installs, random }: Storm): Step[] {
  const last = Array.from({ length: clientKeys }, () => 2 + below(2, random));
  const singles = installs - last.reduce((sum, together) => sum + together, 0);
  const order = shuffled(
    [...last.keys(), ...Array.from({ length: singles }, () => below(clientKeys, random))],
    random,
  );
  return order.map((site, index) => ({
    site,
    together: order.includes(site, index + 1) ? 1 : (last[site] as number),
  }));
}
