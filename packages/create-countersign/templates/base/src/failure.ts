import { isJiraApiError } from 'countersign';

/** What the page is told of a failure. Why it failed stands in the log. */
export function failure(error: unknown): { status: number; body: { error: string } } {
  console.error(isJiraApiError(error) ? `${error.message} ${error.hint}` : error);
  return {
    status: isJiraApiError(error) ? error.httpStatus : 500,
    body: { error: 'It did not work. The log of the app says why.' },
  };
}
