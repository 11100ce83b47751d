import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Caller, createApp, html, memoryStore, unsafeHtml } from 'countersign';
import { authenticate, handle } from 'countersign/node';
import type { Sandbox } from 'countersign-sandbox';

/** An app in this process, with a clock of its own, that has a page made by `app.page`. */
export interface PagedApp {
  readonly url: string;
  /** Who called since the app was started, and what came with the calls. */
  readonly calls: { readonly caller: Caller; readonly referrer: string | undefined }[];
  close(): void;
}

const descriptor = {
  key: 'paged-app',
  name: 'Paged app',
  authentication: { type: 'jwt' },
  apiMigrations: { 'signed-install': true },
  scopes: ['READ'],
  lifecycle: { installed: '/installed' },
  modules: {
    webPanels: [
      {
        key: 'panel',
        name: { value: 'Paged panel' },
        url: '/panel?issueKey={issue.key}',
        location: 'atl.jira.view.issue.right.context',
      },
    ],
  },
};

export async function startPagedApp(site: Sandbox, now: () => number): Promise<PagedApp> {
  const calls: PagedApp['calls'] = [];
  const server = createServer(async (request, response) => {
    if (await handle(app, request, response)) return;
    const caller = await authenticate(app, request, response, { accept: ['session', 'context'] });
    if (caller === undefined) return;
    calls.push({ caller, referrer: request.headers.referer });
    const { accountId, tokenKind, context } = caller;
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ accountId, tokenKind, issue: context?.jira?.issue?.key }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const app = createApp({
    descriptor,
    appUrl: url,
    store: memoryStore(),
    allowedSites: [site.url],
    installKeyHosts: [`${site.url}/install-keys`],
    // A secret ends at once with the next one.
    previousSecretSeconds: 0,
    logger: { info: () => {}, warn: () => {}, error: () => {} },
    now,
  });
  app.page(
    '/panel',
    ({ accountId }, { query }) => html`<title>Paged panel</title>
<h1>Hello ${accountId}</h1>
<p>${query.get('issueKey')}</p>
<div>${unsafeHtml('<script>typed = 1</script><img alt="" src="data:," onerror="typed = 2">')}</div>
<script type="module">
  import { session } from 'countersign/browser';
  globalThis.session = session;
  document.querySelector('h1').dataset.ready = '';
</script>`,
  );
  app.page('/admin', () => '<h1>Settings</h1>', { authorize: { global: ['ADMINISTER'] } });
  await site.install(`${url}/atlassian-connect.json`);
  return {
    url,
    calls,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
