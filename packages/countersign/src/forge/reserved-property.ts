import { isJiraApiError } from '../errors.ts';
import type { JiraClient } from '../jira/client.ts';

/** Where Jira keeps the clientKey of an app that came from Connect, for as long as there is Connect. */
const PROPERTY = 'connect_client_key_019cdff3-8bfb-71fe-9628-875b700aebb8';

/**
 * The clientKey that the site had for the app under Connect. It is asked as the Forge app, which needs `app.connect.key` in
 * its manifest.
 *
 * @returns undefined where the site never had the app by Connect.
 * @throws JiraApiError.
 * @see https://developer.atlassian.com/platform/adopting-forge-from-connect/migrate-connect-clientkey/
 */
export async function readConnectClientKey(
  jira: Pick<JiraClient, 'get'>,
  connectKey: string,
): Promise<string | undefined> {
  try {
    const property = await jira.get<{ value?: unknown } | undefined>(
      `/rest/atlassian-connect/1/addons/${encodeURIComponent(connectKey)}/properties/${PROPERTY}`,
    );
    return clientKeyIn(property?.value);
  } catch (error) {
    if (isJiraApiError(error) && error.code === 'JIRA_NOT_FOUND') return undefined;
    throw error;
  }
}

/** Its shape is not documented: the text itself, or an object around it. */
function clientKeyIn(value: unknown): string | undefined {
  if (typeof value === 'string' && value !== '' && value.length <= 2048) return value;
  const { clientKey } = (value ?? {}) as { clientKey?: unknown };
  return typeof clientKey === 'string' ? clientKeyIn(clientKey) : undefined;
}
