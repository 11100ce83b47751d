import { issueOf } from '../webhooks/events.ts';
import type { DeadLetter } from '../webhooks/queue.ts';
import { storedTime } from './times.ts';

/** A dead letter for JSON, without its payload. Times are in milliseconds since 1970. */
export function shownDeadLetter(letter: DeadLetter): Record<string, unknown> {
  const { delivery, attempts, diedAt, reason } = letter;
  const { id, event, payload, appKey, clientKey, receivedAt } = delivery;
  const issue = issueOf(payload);
  return {
    id,
    event,
    ...(issue === undefined ? {} : { issue }),
    ...{ appKey, clientKey, attempts, receivedAt, diedAt, reason },
  };
}

/** `jira:issue_updated of XX-21` */
export function eventAndIssue({ delivery }: DeadLetter): string {
  const issue = issueOf(delivery.payload);
  if (issue === undefined) return delivery.event;
  return `${delivery.event} of ${issue.key ?? `the issue ${issue.id}`}`;
}

/** In one line. */
export function deadLetterLine(letter: DeadLetter): string {
  const { delivery, diedAt } = letter;
  return `${delivery.id}: ${eventAndIssue(letter)}, clientKey ${delivery.clientKey}, died ${storedTime(diedAt)}`;
}

/** A message of several lines. */
export function inOneLine(text: string): string {
  return text.trim().replace(/\s*[\r\n]\s*/g, ' / ');
}
