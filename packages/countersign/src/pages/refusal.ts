import { html } from './html.ts';

/** What a person reads in the frame instead of the page. Why is in the log alone. */
const TEXTS: Readonly<Record<number, readonly [title: string, text: string]>> = {
  401: ['This page has expired', 'Reload the page of Jira around it.'],
  403: ['You may not see this', 'Ask an administrator of this site for access.'],
  502: ['Jira did not answer as expected', 'Try again in a moment.'],
  503: ['This app is not available right now', 'Try again in a moment.'],
};
const OTHER = ['This page could not be shown', 'Try again in a moment.'] as const;

/** A page for a refusal of `status`. It needs no script. */
export function refusalDocument(status: number, nonce: string): string {
  const [title, text] = TEXTS[status] ?? OTHER;
  return html`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>:root{color-scheme:light dark;font:14px/1.5 system-ui,sans-serif}</style>
<main><h1>${title}</h1>
<p>${text}</p></main>
</html>
`.render(nonce);
}
