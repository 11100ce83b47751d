import type { Site } from '../../site/site.ts';
import { type Html, html } from '../html.ts';
import type { PageParts } from '../layout.ts';
import {
  appChoices,
  filterQuery,
  isFiltered,
  passesFilter,
  type RequestFilter,
  readFilter,
  statusChoices,
} from './filter.ts';
import { requestsPath, requestTable } from './table.ts';

const shownRequests = 200;

export function requestsPage(site: Site, query: Record<string, string>): PageParts {
  const filter = readFilter(query);
  const records = site.requestLog.list();
  const fitting = records.filter((record) => passesFilter(record, filter)).reverse();
  const newest = fitting.slice(0, shownRequests);
  const body = html`<h1>Requests</h1>
<p class="soft">REST calls to this site, and lifecycle events that it sent to apps, newest first. The verdict says what the HTTP answer does not. Tokens and secrets are never written down.</p>
<section class="card" data-live="${requestsPath}/events${filterQuery(filter)}" data-last="${records.at(-1)?.id ?? 0}" data-shown="${shownRequests}">
<div class="bar">${filterForm(filter, appChoices(site, records, filter.app))}
<p class="small soft live" id="live" role="status">Reload the page for new requests.</p></div>
${emptyText(filter, newest.length > 0)}
<div class="log"${newest.length > 0 ? html`` : html` hidden`}>${requestTable(newest)}</div>
${fitting.length > newest.length ? html`<p class="small soft after">The newest ${newest.length} of ${fitting.length} are shown.</p>` : undefined}
</section>`;
  return {
    title: 'Requests',
    current: requestsPath,
    body,
    scripts: [`${requestsPath}.js`],
  };
}

function filterForm(filter: RequestFilter, apps: [string, string][]): Html {
  const clear = isFiltered(filter) ? html`<a href="${requestsPath}">Show all</a>` : undefined;
  return html`<form class="row filter" method="get" action="${requestsPath}" aria-label="Filter">
<label>Status<select name="status">${options(statusChoices, filter.status)}</select></label>
<label>App<select name="app">${options(apps, filter.app)}</select></label>
<button>Filter</button>${clear}</form>`;
}

function options(choices: readonly [value: string, name: string][], chosen: string): Html[] {
  return choices.map(([value, name]) =>
    value === chosen
      ? html`<option value="${value}" selected>${name}</option>`
      : html`<option value="${value}">${name}</option>`,
  );
}

function emptyText(filter: RequestFilter, hidden: boolean): Html {
  const text = isFiltered(filter)
    ? html`No request fits this filter.`
    : html`Nothing yet. Call <code>/rest/api/3/myself</code> of this site, or <a href="/_sandbox/apps">install an app</a>.`;
  return html`<p class="soft last" id="empty"${hidden ? html` hidden` : html``}>${text}</p>`;
}
