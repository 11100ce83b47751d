import type { Caller } from 'countersign';

export interface Greeting {
  name: string;
  /** The issue that the panel is shown on; undefined elsewhere. */
  issue?: { key: string; summary: string };
}

/** Greets whoever looks at the page, and says what they look at. */
export async function greet({ accountId, context, jira }: Caller): Promise<Greeting> {
  const user = jira.get<{ displayName: string }>('/rest/api/3/user', { query: { accountId } });
  const id = context?.jira?.issue?.id;
  if (id === undefined) return { name: (await user).displayName };
  const issue = jira.get<{ key: string; fields: { summary: string } }>(`/rest/api/3/issue/${id}`, {
    query: { fields: 'summary' },
  });
  const [{ displayName }, { key, fields }] = await Promise.all([user, issue]);
  return { name: displayName, issue: { key, summary: fields.summary } };
}
