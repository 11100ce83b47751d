import { type Html, html } from './html.ts';
import type { Theme } from './theme.ts';
import { anonymous, type Viewer } from './viewer.ts';

/** A page, without what is around it. */
export interface PageParts {
  title: string;
  /** The path of the navigation entry that this page is. */
  current: string;
  body: Html;
  /** Paths of scripts of the site's own. */
  scripts?: readonly string[];
  /** Of scripts that have to run before the page's frames load. */
  earlyScripts?: readonly string[];
}

/** What is the same around every page. */
export interface Surroundings {
  siteUrl: string;
  viewer: Viewer;
  /** Who may be acted as. */
  people: readonly Viewer[];
  theme: Theme;
}

/** `key` is what follows the key g. */
const entries = [
  { path: '/', name: 'Home', key: 'h' },
  { path: '/projects', name: 'Projects', key: 'p' },
  { path: '/issues', name: 'Issues', key: 'i' },
  { path: '/_sandbox/apps', name: 'Apps', key: 'a' },
  { path: '/_sandbox/users', name: 'Users', key: 'u' },
  { path: '/_sandbox/requests', name: 'Requests', key: 'r' },
  { path: '/_sandbox/webhooks', name: 'Webhooks', key: 'w' },
  { path: '/_sandbox/inspector', name: 'Inspector', key: 't' },
  { path: '/_sandbox/settings', name: 'Settings', key: 's' },
];

export const siteScriptPath = '/_sandbox/site.js';

export function layout(parts: PageParts, around: Surroundings): string {
  const { title, current, body, scripts = [], earlyScripts = [] } = parts;
  const { theme } = around;
  const themed = theme === 'auto' ? html`` : html` data-theme="${theme}"`;
  return html`<!doctype html>
<html lang="en"${themed}>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · Countersign sandbox</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/_sandbox/site.css">
${earlyScripts.map((path) => html`<script src="${path}"></script>`)}
</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
<header><div>
<strong><a href="/">Countersign sandbox</a></strong>
<nav aria-label="Site">${entries.map((entry) => navigationLink(entry, current))}</nav>
<div class="tools">${themeForm(theme)}${actAsMenu(around)}</div>
</div></header>
<main id="content" tabindex="-1">
${body}
</main>
<footer>A local stand-in for a Jira Cloud site at ${around.siteUrl}. Not Jira, not for the open network.</footer>
${[siteScriptPath, ...scripts].map((path) => html`<script src="${path}"></script>`)}
</body>
</html>
`.text;
}

function navigationLink({ path, name, key }: (typeof entries)[number], current: string): Html {
  const isCurrent = path === current ? html` aria-current="page"` : html``;
  return html`<a href="${path}" data-key="${key}"${isCurrent}>${name}</a>`;
}

function themeForm(theme: Theme): Html {
  return html`<form method="post" action="/_sandbox/theme" data-theme-form><button class="quiet"><span class="unseen">Theme: </span><span data-theme-name>${theme}</span></button></form>`;
}

/** Opens without a script. */
function actAsMenu({ viewer, people }: Surroundings): Html {
  return html`<details class="menu" data-menu><summary><span class="unseen">Acting as </span>${viewer.name}</summary>
<form method="post" action="/_sandbox/users/act">${[...people, anonymous].map(
    ({ accountId, name }) =>
      html`<button class="item" name="who" value="${accountId ?? 'anonymous'}"${accountId === viewer.accountId ? html` aria-current="true"` : html``}>${name}</button>`,
  )}<a class="item" href="/_sandbox/users">What each of them may do</a></form></details>`;
}
