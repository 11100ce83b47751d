import { type Html, html } from './html.ts';

export interface PageParts {
  title: string;
  /** The path of the navigation entry that this page is. */
  current: string;
  siteUrl: string;
  body: Html;
  /** Paths of scripts of the site's own. */
  scripts?: readonly string[];
}

const entries = [
  { path: '/', name: 'Site' },
  { path: '/_sandbox/requests', name: 'Request log' },
  { path: '/_sandbox/inspector', name: 'Token inspector' },
  { path: '/_sandbox/forge', name: 'Invocation' },
  { path: '/_sandbox/settings', name: 'Settings' },
];

export function layout({ title, current, siteUrl, body, scripts = [] }: PageParts): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · Countersign sandbox</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/_sandbox/site.css">
</head>
<body>
<header><div>
  <strong><a href="/">Countersign sandbox</a></strong>
  <nav aria-label="Site">${entries.map((entry) => navigationLink(entry, current))}</nav>
</div></header>
<main>
${body}
</main>
<footer>A local stand-in for a Jira Cloud site at ${siteUrl}. Not Jira, not for the open network.</footer>
${scripts.map((path) => html`<script src="${path}"></script>`)}
</body>
</html>
`.text;
}

function navigationLink({ path, name }: { path: string; name: string }, current: string): Html {
  return path === current
    ? html`<a href="${path}" aria-current="page">${name}</a>`
    : html`<a href="${path}">${name}</a>`;
}
