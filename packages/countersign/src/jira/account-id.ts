import { JiraApiError } from '../errors.ts';

/** An Atlassian accountId; it stands in the names of settings and in claims. */
const ACCOUNT_ID = /^[\w:-]{1,128}$/;

/**
 * The accountId, if it is one.
 *
 * @throws JiraApiError JIRA_IMPERSONATION_REFUSED.
 */
export function checkAccountId(accountId: string | undefined): string {
  if (typeof accountId === 'string' && ACCOUNT_ID.test(accountId)) return accountId;
  throw new JiraApiError(
    'JIRA_IMPERSONATION_REFUSED',
    accountId === undefined
      ? 'Nobody can be acted as: the call names no user.'
      : 'What is to be acted as is no accountId.',
    {
      hint: "Give an Atlassian accountId to as(…). Events and scheduled triggers name no user in caller.accountId; an event's payload may.",
    },
  );
}
