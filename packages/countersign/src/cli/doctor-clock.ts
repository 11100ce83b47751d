import { diagnoseAs } from '../jira/diagnose.ts';
import { failed, passed, type Step, skipped } from './doctor-step.ts';
import { reasonOf } from './failures.ts';
import { duration } from './times.ts';

/** What Jira allows, on either side. */
const TOLERANCE_SECONDS = 30;

/** Compares our clock with the Date header of an answer of the site, to a request without any credential. */
export async function examineClock(siteUrl: string, timeoutMs: number): Promise<Step> {
  const id = 'clock';
  const sentAt = Date.now();
  let response: Response;
  try {
    response = await fetch(`${siteUrl}/rest/api/3/serverInfo`, {
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
    });
    await response.body?.cancel();
  } catch (error) {
    return failed(
      id,
      diagnoseAs('CS-UNREACHABLE', `${siteUrl} did not answer: ${reasonOf(error)}.`),
      true,
    );
  }
  const date = Date.parse(response.headers.get('date') ?? '');
  if (Number.isNaN(date)) return skipped(id, 'The answer of the site has no Date header.');
  // The header has no fractions of a second, and was written somewhere between question and answer.
  const ours = (sentAt + Date.now()) / 2;
  const seconds = (ours - date - 500) / 1000;
  const words =
    Math.abs(seconds) < 3
      ? 'They agree to within 3 seconds.'
      : `The clock of this machine is ${duration(seconds)} ${seconds > 0 ? 'ahead' : 'behind'}.`;
  return Math.abs(seconds) > TOLERANCE_SECONDS
    ? failed(id, diagnoseAs('CS-CLOCK', words))
    : passed(id, words);
}
