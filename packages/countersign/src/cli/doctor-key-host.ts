import { randomUUID } from 'node:crypto';
import { INSTALL_KEY_HOSTS, type InstallKeyRealm } from '../connect/install-keys.ts';
import { diagnoseAs } from '../jira/diagnose.ts';
import { isLoopback } from '../loopback.ts';
import { failed, passed, type Step } from './doctor-step.ts';
import { badUsage, reasonOf } from './failures.ts';

/** The hosts that --key-host names, or those of this kind of site; a sandbox has its own. */
export function keyHostsFor(given: readonly string[], siteUrl: string | undefined): string[] {
  for (const host of given) {
    if (!/^https?:\/\//i.test(host) || !URL.canParse(host)) throw badUsage('--key-host is no URL.');
  }
  if (given.length > 0) return given.map((host) => host.replace(/\/$/, ''));
  const hostname = siteUrl === undefined ? '' : new URL(siteUrl).hostname;
  if (isLoopback(hostname)) return [`${siteUrl}/install-keys`];
  return [...INSTALL_KEY_HOSTS[realmOf(hostname)]];
}

function realmOf(hostname: string): InstallKeyRealm {
  if (hostname.endsWith('.jira-dev.com')) return 'staging';
  if (/\.atlassian-us-gov-mod\.(?:net|com)$/.test(hostname)) return 'fedramp';
  return hostname.endsWith('.atlassian-stg-fedm.net') ? 'fedramp-staging' : 'production';
}

/** Asks each host for a key that does not exist: its 404 shows that it can be reached. One host is enough. */
export async function examineKeyHosts(hosts: readonly string[], timeoutMs: number): Promise<Step> {
  const id = 'key-host';
  const answers = await Promise.all(hosts.map((host) => askFor(host, timeoutMs)));
  const good = answers.find(({ ok }) => ok);
  const words = answers.map(({ text }) => text).join('; ');
  if (good !== undefined) return passed(id, `${words}.`);
  return failed(
    id,
    diagnoseAs('CS-INSTALL-KEY-HOST', `${words}.`),
    answers.every(({ answered }) => !answered),
  );
}

async function askFor(
  host: string,
  timeoutMs: number,
): Promise<{ ok: boolean; answered: boolean; text: string }> {
  const name = new URL(host).host;
  try {
    const response = await fetch(`${host}/${randomUUID()}`, {
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
    });
    await response.body?.cancel();
    const ok = response.status === 404;
    return {
      ok,
      answered: true,
      text: ok
        ? `${name} answers`
        : `${name} answered with ${response.status} where 404 was expected`,
    };
  } catch (error) {
    return { ok: false, answered: false, text: `${name} did not answer: ${reasonOf(error)}` };
  }
}
