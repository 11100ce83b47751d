import {
  type IssueUpdatedWebhook,
  isJiraApiError,
  type JiraClient,
  type WebhookHandler,
} from 'countersign';

/** One entry of the log, as it is kept in the issue property. */
export interface Change {
  /** The idempotency key of the webhook that told of it. */
  readonly id: string;
  /** In milliseconds since 1970. */
  readonly at: number;
  readonly by: string;
  readonly fields: readonly { name: string; from: string; to: string }[];
}

interface Properties {
  'change-log': readonly Change[];
}

const KEPT = 20;
const FIELDS = 10;
const LONGEST_TEXT = 100;
/** Jira takes 32,768, and does not say whether it counts characters. */
const MOST_BYTES = 32_000;

/** Adds what a webhook tells to the log of its issue, once, however often the webhook comes. */
export const recordChange: WebhookHandler<'jira:issue_updated'> = async (notice) => {
  const { event, jira, signal, log } = notice;
  const change = changeOf(event.payload, event.idempotencyKey, event.timestamp ?? event.receivedAt);
  if (event.issue === undefined || change.fields.length === 0) return;
  // One handler at a time writes to an issue, because of `order: 'issue'`: Jira has no compare-and-set for properties.
  const properties = jira.properties<Properties>({ issue: event.issue.id });
  try {
    const before = (await properties.get('change-log', { signal })) ?? [];
    if (before.some(({ id }) => id === change.id)) return;
    await properties.set('change-log', fitting([...before, change]), { signal });
    log.info({ fields: change.fields.length }, 'A change was recorded.');
  } catch (error) {
    // An issue that is gone needs no log. Whatever else fails is tried again.
    if (isJiraApiError(error) && error.code === 'JIRA_NOT_FOUND') return;
    throw error;
  }
};

/** The log of an issue, newest first. */
export async function readChanges(jira: JiraClient, issueKey: string): Promise<Change[]> {
  const log = await jira.properties<Properties>({ issue: issueKey }).get('change-log');
  return [...(log ?? [])].reverse();
}

function changeOf(payload: IssueUpdatedWebhook, id: string, at: number): Change {
  return {
    id,
    at,
    by: payload.user?.displayName ?? 'Somebody',
    fields: (payload.changelog?.items ?? []).slice(0, FIELDS).map((item) => ({
      name: short(item.field),
      from: short(item.fromString),
      to: short(item.toString),
    })),
  };
}

function short(text: string | null): string {
  return (text ?? '').slice(0, LONGEST_TEXT);
}

/** The newest ones, as many as Jira takes. */
function fitting(log: readonly Change[]): readonly Change[] {
  let kept = log.slice(-KEPT);
  while (kept.length > 1 && Buffer.byteLength(JSON.stringify(kept)) > MOST_BYTES) {
    kept = kept.slice(1);
  }
  return kept;
}
