import { html } from './html.ts';
import type { PageParts } from './layout.ts';

export function notFoundPage(what: string): PageParts {
  const body = html`<h1>Not found</h1>
<p>${what}</p>
<p><a href="/">To the site's home page</a></p>`;
  return { title: 'Not found', current: '', body };
}
