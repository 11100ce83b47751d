import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An app whose pages are nothing but all.js of the site: what they do, a test tells them. */
export interface FramedApp {
  key: string;
  url: string;
  descriptorUrl: string;
  close(): void;
}

export async function startFramedApp(siteUrl: string, key: string): Promise<FramedApp> {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://app');
    if (pathname === '/atlassian-connect.json') {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(descriptorOf(key, url)));
    } else if (request.method === 'POST') response.writeHead(204).end();
    else {
      response.setHeader('content-type', 'text/html; charset=utf-8');
      response.end(pageOf(siteUrl, pathname.slice(1)));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    key,
    url,
    descriptorUrl: `${url}/atlassian-connect.json`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

function descriptorOf(key: string, baseUrl: string): unknown {
  const page = (name: string, more: object = {}) => ({
    key: name.toLowerCase(),
    name: { value: name },
    url: `/${name.toLowerCase()}?issue={issue.key}&project={project.key}`,
    ...more,
  });
  return {
    key,
    name: `App ${key}`,
    baseUrl,
    authentication: { type: 'jwt' },
    apiMigrations: { 'signed-install': true },
    scopes: ['READ', 'WRITE'],
    lifecycle: { installed: '/installed' },
    modules: {
      webPanels: [page('Panel', { location: 'atl.jira.view.issue.right.context' })],
      jiraIssueContents: [
        { ...page('Content'), url: undefined, target: { type: 'web_panel', url: '/content' } },
      ],
      generalPages: [
        page('General', { url: '/general?from={ac.from}' }),
        page('Members', { conditions: [{ condition: 'user_is_logged_in' }] }),
      ],
      adminPages: [page('Admin')],
      jiraProjectPages: [page('Project')],
      dialogs: [page('Dialog')],
    },
  };
}

function pageOf(siteUrl: string, name: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${name}</title>
<link rel="icon" href="data:,">
<style>
  :root { font: 14px/1.5 system-ui, sans-serif; color: #1f2328; background: #fff; }
  :root[data-color-mode=dark] { color: #e4e7eb; background: #1d2126; }
  p { margin: 0 }
</style>
<script src="${siteUrl}/atlassian-connect/all.js"></script></head>
<body><p>This is ${name}.</p><p><button>Do it</button></p>
<script>addEventListener('message', ({ data }) => { (window.heard ??= []).push(data); });</script></body></html>`;
}
