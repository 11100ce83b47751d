import { webhooksOf } from '../../hosts/connect/webhook-modules.ts';
import type { Site } from '../../site/site.ts';
import type { WebhookDelivery } from '../../site/webhook-deliveries.ts';
import { appsPath } from '../apps/paths.ts';
import { type Html, html } from '../html.ts';
import type { PageParts } from '../layout.ts';
import { webhooksPath, webhookTable } from './table.ts';

const shownWebhooks = 200;

/** What is shown. It stands in the page's URL, so that it can be linked. */
interface Filter {
  state: string;
  event: string;
  app: string;
}

type Choices = readonly (readonly [value: string, name: string])[];

const stateChoices: Choices = [
  ['', 'Any state'],
  ['open', 'Waiting or sending'],
  ['delivered', 'Delivered'],
  ['given-up', 'Given up'],
];

export function webhooksPage(site: Site, query: Record<string, string>): PageParts {
  const filter: Filter = {
    state: stateChoices.some(([value]) => value === query.state) ? (query.state ?? '') : '',
    event: query.event ?? '',
    app: query.app ?? '',
  };
  const all = site.webhooks.list();
  const fitting = all.filter((delivery) => passes(delivery, filter)).reverse();
  const newest = fitting.slice(0, shownWebhooks);
  const body = html`<h1>Webhooks</h1>
<p class="soft">What Connect apps were told of changes on this site, newest first. 200, 202 and 204 count as delivered; without an answer, and after 408, 409, 425, 429 or 5xx, a webhook is sent again, at most five times.</p>
<section class="card">
<div class="bar">${filterForm(site, all, filter)}</div>
${newest.length > 0 ? webhookTable(newest, site.now()) : emptyText(site, all.length > 0)}
${fitting.length > newest.length ? html`<p class="small soft after">The newest ${newest.length} of ${fitting.length} are shown.</p>` : undefined}
</section>`;
  return { title: 'Webhooks', current: webhooksPath, body };
}

function passes({ state, event, appKey }: WebhookDelivery, filter: Filter): boolean {
  const group = state === 'waiting' || state === 'sending' ? 'open' : state;
  return (
    (filter.state === '' || filter.state === group) &&
    (filter.event === '' || filter.event === event) &&
    (filter.app === '' || filter.app === appKey)
  );
}

function filterForm(site: Site, all: readonly WebhookDelivery[], filter: Filter): Html {
  const { state, event, app } = filter;
  const clear =
    state + event + app === '' ? undefined : html`<a href="${webhooksPath}">Show all</a>`;
  const installed = site.apps.installed().map(({ key }) => key);
  const events = choices('Any event', [...all.map((each) => each.event), event]);
  const apps = choices('Any app', [...installed, ...all.map(({ appKey }) => appKey), app]);
  return html`<form class="row filter" method="get" action="${webhooksPath}" aria-label="Filter">
<label>State<select name="state">${options(stateChoices, state)}</select></label>
<label>Event<select name="event">${options(events, event)}</select></label>
<label>App<select name="app">${options(apps, app)}</select></label>
<button>Filter</button>${clear}<a href="">Reload</a></form>`;
}

function choices(any: string, values: readonly string[]): Choices {
  const known = [...new Set(values)].filter((value) => value !== '').sort();
  return [['', any], ...known.map((value) => [value, value] as const)];
}

function options(all: Choices, chosen: string): Html[] {
  return all.map(([value, name]) =>
    value === chosen
      ? html`<option value="${value}" selected>${name}</option>`
      : html`<option value="${value}">${name}</option>`,
  );
}

function emptyText(site: Site, filtered: boolean): Html {
  if (filtered) return html`<p class="soft last">No webhook fits this filter.</p>`;
  const asking = site.apps
    .installed()
    .filter((app) => webhooksOf(app.descriptor.modules).length > 0);
  return asking.length > 0
    ? html`<p class="soft last">Nothing yet. Edit or comment an issue, and ${asking.map(({ key }) => key).join(', ')} will be told.</p>`
    : html`<p class="soft last">Nothing yet: no app of this site asks for webhooks. <a href="${appsPath}">Install one</a> whose descriptor has <code>modules.webhooks</code>.</p>`;
}
