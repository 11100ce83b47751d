import { html, type PageHandler } from 'countersign';
import { readChanges } from './changes.ts';

/** What Jira shows beside an issue. */
export const changesPage: PageHandler = async ({ jira }, { query }) => {
  const changes = await readChanges(jira, query.get('issueKey') ?? '');
  return html`
    <title>Changes</title>
    <style>
      body { background: var(--ds-surface, light-dark(#fff, #1d2125)); color: var(--ds-text, light-dark(#172b4d, #dee4ea)); font: 14px/1.5 system-ui, sans-serif; margin: 8px; }
    </style>
    ${changes.length === 0 && html`<p>Nothing was changed yet.</p>`}
    <ol reversed>
      ${changes.map(
        ({ at, by, fields }) => html`
          <li>
            ${by}, <time datetime="${new Date(at).toISOString()}">${new Date(at).toUTCString()}</time>
            ${fields.map(({ name, from, to }) => html`<div>${name}: <del>${from}</del> <ins>${to}</ins></div>`)}
          </li>`,
      )}
    </ol>`;
};
