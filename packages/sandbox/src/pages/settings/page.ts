import type { Fault } from '../../site/faults.ts';
import type { Site } from '../../site/site.ts';
import { type Html, html } from '../html.ts';
import type { PageParts } from '../layout.ts';
import { faultChoices } from './form.ts';

export const settingsPath = '/_sandbox/settings';

/** Faults, latency and rate limits as forms, and what they have done so far. */
export function settingsPage(site: Site, problem?: string): PageParts {
  const notice =
    problem === undefined ? undefined : html`<p class="notice" role="alert">${problem}</p>`;
  const body = html`${notice}
<h1>Settings</h1>
<p class="soft">How the site treats the calls of apps: REST, the gateway, GraphQL, the authorization server and the media host. Its pages are not touched. Nothing of this outlasts the process.</p>
<section class="card"><h2>Faults</h2>
${faultTable(site.faults.list)}
${faultForm()}
</section>
<section class="card"><h2>Latency</h2>
${latencyForm(site)}
</section>
<section class="card"><h2>Rate limits</h2>
${limitsForm(site)}
</section>
<section class="card"><h2>Traffic</h2>
${trafficList(site)}
<form class="after" method="post" action="${settingsPath}/traffic/reset"><button class="quiet">Count anew</button></form>
</section>`;
  return { title: 'Settings', current: settingsPath, body };
}

function faultTable(faults: readonly Fault[]): Html {
  if (faults.length === 0) return html`<p class="soft">None is on. Every call is answered.</p>`;
  return html`<div class="scroll"><table>
<thead><tr><th scope="col">Fault</th><th scope="col">Calls</th><th scope="col">Met</th><th scope="col"><span>End</span></th></tr></thead>
<tbody>${faults.map(faultRow)}</tbody>
</table></div>
<form class="after" method="post" action="${settingsPath}/faults/clear"><button class="quiet">End all faults and the latency</button></form>`;
}

function faultRow(fault: Fault): Html {
  const { id, percent = 100, times, method, path, met } = fault;
  const which = [method ?? 'any method', path ?? 'any path'].join(', ');
  return html`<tr><td>${effectOf(fault)}</td>
<td>${percent}% of ${which}${times === undefined ? '' : `, ${times} times`}</td>
<td class="tight">${met}</td>
<td><form method="post" action="${settingsPath}/faults/${id}/end"><button class="quiet" aria-label="End fault ${id}">End</button></form></td></tr>`;
}

function effectOf(fault: Fault): string {
  switch (fault.kind) {
    case 'status': {
      const after = fault.retryAfter === undefined ? '' : `, Retry-After ${fault.retryAfter}`;
      return `${fault.status}${fault.handled ? ', after it was handled' : ''}${after}`;
    }
    case 'slow':
      return `${fault.trickle ? 'in pieces over' : 'late by'} ${fault.delayMs} ms`;
    case 'clock':
      return `clock off by ${fault.seconds} s`;
    default:
      return fault.kind;
  }
}

function faultForm(): Html {
  return html`<form class="settings after" method="post" action="${settingsPath}/faults">
<label class="whole">What happens<select name="what">${faultChoices.map(({ value, name }) => html`<option value="${value}">${name}</option>`)}</select></label>
${field('number', 'Number', { step: 'any', note: 'none' })}
${field('percent', 'Percent of calls', { step: 'any', min: 0, max: 100, value: 100 })}
${field('times', 'Times', { min: 1, note: 'no end' })}
<label>Method<input name="method" placeholder="any" autocapitalize="characters" autocomplete="off" spellcheck="false"></label>
<label class="whole">Path<input name="path" placeholder="any; * stands for any text, as in /rest/api/3/issue/*" autocapitalize="off" autocomplete="off" spellcheck="false"></label>
<button class="whole">Turn on</button>
</form>`;
}

function latencyForm(site: Site): Html {
  const { ms, jitterMs } = site.faults.latency;
  return html`<form class="settings" method="post" action="${settingsPath}/latency">
${field('ms', 'Delay (ms)', { min: 0, step: 'any', value: ms })}
${field('jitterMs', 'Jitter (ms)', { min: 0, step: 'any', value: jitterMs })}
<button class="whole">Set</button>
</form>`;
}

function limitsForm(site: Site): Html {
  const { burst, issueWrites, points, structuredHeaders, retryAfter } = site.rateLimits.settings;
  return html`<form class="settings" method="post" action="${settingsPath}/rate-limits">
${box('burst', 'Calls a second, for each resource and method', burst !== undefined)}
${field('reads', 'GET and POST a second', { min: 1, value: burst?.GET ?? 100 })}
${field('writes', 'PUT and DELETE a second', { min: 1, value: burst?.PUT ?? 50 })}
${box('issueWrites', 'Writes of one issue', issueWrites !== undefined)}
${field('in2Seconds', 'In 2 seconds', { min: 1, value: issueWrites?.in2Seconds ?? 20 })}
${field('in30Seconds', 'In 30 seconds', { min: 1, value: issueWrites?.in30Seconds ?? 100 })}
${box('points', 'Points of an app', points !== undefined)}
${field('perHour', 'Each hour (UTC)', { min: 1, value: points?.perHour ?? 65_000 })}
${box('structuredHeaders', 'Also send RateLimit and RateLimit-Policy', structuredHeaders !== false)}
${box('retryAfter', 'Send Retry-After with a 429', retryAfter)}
<button class="whole">Set</button>
</form>`;
}

function trafficList(site: Site): Html {
  const { calls, inFlight, mostInFlight, mostInFlightByApp, refusedByLimit, faults } =
    site.traffic.counts;
  const byApp = Object.entries(mostInFlightByApp).map(([key, most]) => `${key}: ${most}`);
  const met = Object.entries(faults).map(([kind, count]) => `${kind}: ${count}`);
  return html`<dl><dt>Calls</dt><dd>${calls}</dd>
<dt>Under way now</dt><dd>${inFlight}</dd>
<dt>Most at once</dt><dd>${mostInFlight}${byApp.length === 0 ? '' : ` (${byApp.join(', ')})`}</dd>
<dt>Refused by limits</dt><dd>${refusedByLimit}</dd>
<dt>Met by faults</dt><dd>${met.length === 0 ? 'none' : met.join(', ')}</dd></dl>`;
}

interface FieldParts {
  value?: number;
  min?: number;
  max?: number;
  step?: string;
  /** What an empty field means. */
  note?: string;
}

function field(name: string, label: string, parts: FieldParts): Html {
  const { value, min, max, step, note } = parts;
  const given = Object.entries({ value, min, max, step, placeholder: note }).filter(
    ([, each]) => each !== undefined,
  );
  const attributes = given.map(([key, each]) => html` ${key}="${each as string | number}"`);
  return html`<label>${label}<input name="${name}" type="number"${attributes}></label>`;
}

function box(name: string, label: string, checked: boolean): Html {
  return checked
    ? html`<label class="check whole"><input name="${name}" type="checkbox" checked>${label}</label>`
    : html`<label class="check whole"><input name="${name}" type="checkbox">${label}</label>`;
}
