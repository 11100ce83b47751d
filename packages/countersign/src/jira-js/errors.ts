import { STATUS_CODES } from 'node:http';
import {
  ApiError,
  AuthError,
  ForbiddenError,
  NetworkError,
  NotFoundError,
  RateLimitError,
  ScopeError,
  ServerError,
} from 'jira.js/core';
import { isJiraApiError, type JiraApiError } from '../errors.ts';

/**
 * The error of jira.js that stands for one of ours, which is its `cause`: what is written for jira.js goes on working,
 * and the diagnosis is one step away. What says nothing of an answer of Jira stays as it is.
 *
 * @param body The answer's body, where it is known.
 */
export function toJiraJsError(error: unknown, body?: unknown): unknown {
  if (!isJiraApiError(error)) return error;
  switch (error.code) {
    case 'JIRA_TIMEOUT':
    case 'JIRA_UNREACHABLE': {
      const code = error.code === 'JIRA_TIMEOUT' ? 'ETIMEDOUT' : networkCode(error);
      return new NetworkError(error.message, {
        ...{ cause: error, transient: true },
        ...(code === undefined ? undefined : { code }),
      });
    }
    case 'JIRA_CREDENTIAL_IGNORED':
    case 'JIRA_UNAUTHENTICATED':
    case 'JIRA_FORBIDDEN':
    case 'JIRA_NOT_FOUND':
    case 'JIRA_BAD_REQUEST':
    case 'JIRA_CONFLICT':
    case 'JIRA_RATE_LIMITED':
    case 'JIRA_UNAVAILABLE':
    case 'JIRA_REDIRECTED':
    case 'JIRA_UNEXPECTED_STATUS':
      return ofStatus(error, body ?? { errorMessages: error.errorMessages, errors: error.errors });
    default:
      return error;
  }
}

function ofStatus(error: JiraApiError, body: unknown): ApiError {
  const { message, code, retryAfterSeconds } = error;
  const status = statusOf(error);
  const statusText = STATUS_CODES[status] ?? '';
  const options = { cause: error };
  if (status === 401 || code === 'JIRA_CREDENTIAL_IGNORED') {
    const isScope = error.errorMessages.some((said) => /scope does not match/i.test(said));
    return new (isScope ? ScopeError : AuthError)(message, statusText, body, options);
  }
  if (status === 403) return new ForbiddenError(message, statusText, body, options);
  if (status === 404) return new NotFoundError(message, statusText, body, options);
  if (status === 429) {
    return new RateLimitError(message, statusText, body, {
      ...options,
      ...(retryAfterSeconds === undefined ? undefined : { retryAfterMs: retryAfterSeconds * 1000 }),
    });
  }
  const ErrorClass = status >= 500 ? ServerError : ApiError;
  return new ErrorClass(message, status, statusText, body, options);
}

/** Calls that wait too long behind a rate limit are refused here, without an answer of their own. */
function statusOf({ status, code }: JiraApiError): number {
  return status ?? (code === 'JIRA_RATE_LIMITED' ? 429 : 502);
}

/** Such as ECONNRESET: it stands somewhere below. */
function networkCode(error: unknown, depth = 0): string | undefined {
  const { cause } = error as { cause?: { code?: unknown } };
  if (typeof cause !== 'object' || cause === null || depth > 4) return undefined;
  return typeof cause.code === 'string' && !cause.code.startsWith('JIRA_')
    ? cause.code
    : networkCode(cause, depth + 1);
}
