import type { JiraApiError } from '../errors.ts';
import type { Answer } from './answer.ts';

/** What a client knows of an answer that `jira.fetch` gave as it was. */
interface KeptAnswer {
  /** Makes the error of a refusal, with its diagnosis, from an answer whose body has not been read. */
  readonly refusal: (answer: Answer) => Promise<JiraApiError>;
  /** Whether an earlier try may have been carried out, although its answer was lost. */
  readonly wasUnclear: boolean;
}

/** What was sent stands in no `Response`, so that it is kept beside it, for as long as somebody holds it. */
const kept = new WeakMap<Response, KeptAnswer>();

export function keepAnswer(response: Response, answer: KeptAnswer): Response {
  kept.set(response, answer);
  return response;
}

/** Undefined for an answer that is no client's, such as one of another host. */
export function keptAnswer(response: Response): KeptAnswer | undefined {
  return kept.get(response);
}
