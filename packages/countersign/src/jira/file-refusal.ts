import { errorCatalogue, type JiraApiError } from '../errors.ts';
import { type Call, refusal } from './answer.ts';
import { diagnoseAnswer } from './diagnose.ts';
import { keptAnswer } from './kept-refusal.ts';

/**
 * The error of an answer that `jira.fetch` gave as it was.
 *
 * @param hint What to do, where the client that called does not know better.
 */
export async function refusalOf(
  response: Response,
  call: Call,
  hint: string | undefined,
): Promise<JiraApiError> {
  const kept = keptAnswer(response);
  if (kept !== undefined) {
    const error = await kept.refusal(response);
    const isKnown = error.hint !== errorCatalogue[error.code].hint;
    return hint === undefined || isKnown ? error : Object.assign(error, { hint });
  }
  return refusal(response, call, {
    // What was sent is not known here; text that looks like a token is taken out anyway.
    secrets: [],
    now: Date.now,
    hint,
    diagnose: ({ status, headers }, messages) =>
      // Why a login is refused takes what was sent, too.
      status === 401
        ? undefined
        : diagnoseAnswer({ method: call.method, url: call.path, status, headers, ...messages }),
  });
}
