import { JiraApiError } from '../errors.ts';
import type { JiraCalls } from './calls.ts';
import type { JiraHost } from './credentials.ts';
import { diagnoseAs } from './diagnose.ts';
import type { FieldDescriptor } from './fields.ts';

/** Permissions change seldom, and an edit that Jira refuses meanwhile says so. */
const MAX_AGE_MS = 5 * 60 * 1000;

/** Tells whether overrideScreenSecurity and overrideEditableFlag may be used, before they are. */
export interface OverrideCheck {
  /**
   * Resolves where they may, or where it could not be found out: Jira then decides.
   *
   * @throws JiraApiError JIRA_OVERRIDE_REFUSED.
   */
  demand(call: { signal?: AbortSignal | undefined }): Promise<void>;
}

/**
 * Jira gives both flags to apps alone, and to those with the scope ADMIN whose app user administers Jira.
 *
 * @see https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issues/#api-rest-api-3-issue-issueidorkey-put
 */
export function createOverrideCheck(
  calls: JiraCalls,
  options: {
    readonly now: () => number;
    readonly descriptor?: FieldDescriptor | undefined;
    readonly host: () => Promise<JiraHost>;
  },
): OverrideCheck {
  const { now, descriptor, host } = options;
  let administersUntil = 0;
  return {
    async demand({ signal }) {
      const way = await host();
      if (way !== 'connect' && way !== 'forge') {
        throw refuse(
          'Jira allows them to apps alone, and no app calls',
          'Make the call as a Connect or Forge app, or put the field on the edit screen.',
        );
      }
      const scopes = descriptor?.scopes;
      if (
        way === 'connect' &&
        scopes !== undefined &&
        !scopes.some((scope) => scope.toUpperCase() === 'ADMIN')
      ) {
        throw refuse(
          `the descriptor has the scopes ${scopes.join(', ').slice(0, 100) || '(none)'} and lacks ADMIN`,
          'Add ADMIN to `scopes` of the descriptor, and install the app again.',
        );
      }
      if (now() < administersUntil) return;
      const administers = await holdsAdminister(calls, signal);
      if (administers === false) {
        throw refuse(
          'the app user lacks the global permission Administer Jira',
          way === 'forge'
            ? 'A Forge app overrides as a user who administers Jira; the app user itself needs manage:jira-configuration and Administer Jira.'
            : 'Give the app user Administer Jira (global permissions, through a group), or put the field on the edit screen.',
        );
      }
      if (administers) administersUntil = now() + MAX_AGE_MS;
    },
  };
}

/** Undefined where Jira does not say: a check that fails is no reason to refuse. */
async function holdsAdminister(
  calls: JiraCalls,
  signal: AbortSignal | undefined,
): Promise<boolean | undefined> {
  try {
    const answer = await calls.get<{
      permissions?: { ADMINISTER?: { havePermission?: unknown } };
    }>('/rest/api/3/mypermissions', {
      query: { permissions: 'ADMINISTER' },
      ...(signal === undefined ? {} : { signal }),
    });
    const has = answer?.permissions?.ADMINISTER?.havePermission;
    return typeof has === 'boolean' ? has : undefined;
  } catch (error) {
    if (signal?.aborted) throw error;
    return undefined;
  }
}

function refuse(reason: string, hint: string): JiraApiError {
  const evidence = `overrideScreenSecurity and overrideEditableFlag cannot be used: ${reason}`;
  return new JiraApiError('JIRA_OVERRIDE_REFUSED', `${evidence}. Nothing was sent.`, {
    hint,
    diagnosis: { ...diagnoseAs('CS-FIELD-OVERRIDE', `${evidence}.`), fix: hint },
  });
}
