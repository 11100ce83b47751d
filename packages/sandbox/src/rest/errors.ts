import type { ContentfulStatusCode } from 'hono/utils/http-status';

/** An answer that ends a REST call: Jira's error body, or plain text. */
export class RestError extends Error {
  readonly status: ContentfulStatusCode;
  readonly body: ErrorBody | Record<string, unknown> | string;
  /** What to do about it, for the request log. The answer does not say it. */
  readonly fix: string | undefined;

  constructor(
    status: ContentfulStatusCode,
    body: ErrorBody | Record<string, unknown> | string,
    fix?: string,
  ) {
    super(`HTTP ${status}`);
    this.status = status;
    this.body = body;
    this.fix = fix;
  }
}

export interface ErrorBody {
  errorMessages: string[];
  errors: Record<string, string>;
}

/** An error of the request as a whole. */
export function failure(status: ContentfulStatusCode, message: string, fix?: string): RestError {
  return new RestError(status, { errorMessages: [message], errors: {} }, fix);
}

/** Errors of single fields. */
export function fieldErrors(errors: Record<string, string>, fix?: string): RestError {
  return new RestError(400, { errorMessages: [], errors }, fix);
}

export const issueNotFound = 'Issue does not exist or you do not have permission to see it.';

export function cannotBeSet(fieldId: string): string {
  return `Field '${fieldId}' cannot be set. It is not on the appropriate screen, or unknown.`;
}
