import type { Site } from '../../site/site.ts';
import type { Viewer } from '../viewer.ts';

/**
 * Changes something as the viewer, through the REST API: permissions, events and the request log are those of any
 * other call. Rejects with what Jira would say.
 */
export async function callAs(
  site: Site,
  { accountId }: Viewer,
  path: string,
  body: unknown,
): Promise<void> {
  const person = site.users.people().find((each) => each.accountId === accountId);
  const credentials = person && `${person.emailAddress}:${person.apiToken}`;
  const answer = await fetch(`${site.url}/rest/api/2${path}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(credentials === undefined
        ? {}
        : { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` }),
    },
    body: JSON.stringify(body),
    signal: site.closing.signal,
  }).catch(() => {
    throw new Error('The connection was cut: a fault is on. See the settings.');
  });
  if (!answer.ok) throw new Error(messageOf(answer.status, await answer.text()));
}

function messageOf(status: number, text: string): string {
  try {
    const { errorMessages = [], errors = {} } = JSON.parse(text) as {
      errorMessages?: string[];
      errors?: Record<string, string>;
    };
    const all = [...errorMessages, ...Object.values(errors)];
    if (all.length > 0) return all.join(' ');
  } catch {
    // Then it is no JSON of Jira's.
  }
  return `The site answered ${status}.`;
}
