import { createQueryStringHash, encodeSymmetric } from '@atlassian/atlassian-jwt';
import { type Sandbox, startSandbox } from 'countersign-sandbox';
import { onTestFinished } from 'vitest';
import { freePort, RunningProcess, root, temporaryFolder } from '../processes.ts';

export const appKey = 'issue-locator';

export async function startSite(): Promise<Sandbox> {
  const site = await startSandbox();
  onTestFinished(() => site.close());
  return site;
}

/** The example as a process of its own, installed on the site. */
export async function installExample(site: Sandbox): Promise<string> {
  const port = await freePort();
  const app = new RunningProcess(process.execPath, ['examples/issue-locator/src/main.ts'], {
    cwd: root,
    env: {
      ...process.env,
      PORT: String(port),
      SANDBOX_URL: site.url,
      DATABASE: `${temporaryFolder()}/app.db`,
    },
  });
  await app.prints(/Issue Locator on/);
  const url = `http://127.0.0.1:${port}`;
  await site.install(`${url}/atlassian-connect.json`);
  return url;
}

export interface TokenParts {
  method?: string;
  path?: string;
  claims?: Record<string, unknown>;
}

/** A token of the example, made with Atlassian's library. */
export function makeToken(site: Sandbox, parts: TokenParts = {}): string {
  const { method = 'GET', path = '/rest/api/3/myself', claims = {} } = parts;
  const iat = Math.floor(Date.now() / 1000);
  const [pathname = '', query = ''] = path.split('?');
  const qsh = createQueryStringHash({
    method,
    pathname,
    query: Object.fromEntries(new URLSearchParams(query)),
  });
  const all = { iss: appKey, iat, exp: iat + 180, qsh, ...claims };
  return encodeSymmetric(all, site.sharedSecret(appKey));
}
