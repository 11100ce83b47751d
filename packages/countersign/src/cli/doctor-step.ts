import type { Diagnosis } from '../errors.ts';
import { isJiraApiError, type JiraApiError } from '../errors.ts';
import { isOutOfReach } from './failures.ts';

export type StepId = 'installation' | 'descriptor' | 'clock' | 'key-host' | 'myself' | 'request';

/** What each step asks. */
export const STEP_TITLES: Readonly<Record<StepId, string>> = {
  installation: 'A stored installation is found',
  descriptor: 'The descriptor fits it',
  clock: 'The clocks agree',
  'key-host': 'The host of the install keys answers',
  myself: 'GET /rest/api/3/myself is answered',
  request: 'Your request is answered',
};

/** The outcome of one step. */
export interface Step {
  readonly id: StepId;
  readonly result: 'passed' | 'failed' | 'skipped';
  readonly detail: string;
  /** Of a failed step. */
  readonly verdict?: StepVerdict;
  /** True when nothing could be judged, because something did not answer. */
  readonly outOfReach?: boolean;
}

export type StepVerdict = Pick<
  Diagnosis,
  'cause' | 'title' | 'evidence' | 'fix' | 'docs' | 'confidence'
>;

export function passed(id: StepId, detail: string): Step {
  return { id, result: 'passed', detail };
}

export function skipped(id: StepId, detail: string): Step {
  return { id, result: 'skipped', detail };
}

export function failed(id: StepId, verdict: StepVerdict, outOfReach = false): Step {
  return { id, result: 'failed', detail: verdict.evidence, verdict, outOfReach };
}

/** A refusal as a step shows it: with the diagnosis that it carries, or with its own message and hint. */
export function failedCall(id: StepId, error: unknown): Step {
  if (!isJiraApiError(error)) throw error;
  const { code, message } = error;
  return { ...failed(id, verdictOf(error), isOutOfReach(code)), detail: message };
}

function verdictOf(error: JiraApiError): StepVerdict {
  return (
    error.diagnosis ?? {
      cause: undefined,
      title: 'Jira did not take the request',
      evidence: error.message,
      fix: error.hint,
      docs: 'docs/401.md#nothing-fits',
      confidence: 'none',
    }
  );
}
