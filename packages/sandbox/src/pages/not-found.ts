import type { Site } from '../site/site.ts';
import { html } from './html.ts';
import { layout } from './layout.ts';

export function notFoundPage(site: Site, what: string): string {
  const body = html`<h1>Not found</h1>
<p>${what}</p>
<p><a href="/">To the site's home page</a></p>`;
  return layout({ title: 'Not found', current: '', siteUrl: site.url, body });
}
