import { requestOf } from '../../hosts/connect/webhook-queue.ts';
import { webhookHeaders } from '../../hosts/connect/webhook-request.ts';
import type { Site } from '../../site/site.ts';
import type { WebhookDelivery, WebhookTry } from '../../site/webhook-deliveries.ts';
import { type Html, html } from '../html.ts';
import type { PageParts } from '../layout.ts';
import { requestStatus, requestsPath } from '../requests/table.ts';
import { span, stateBadge, webhooksPath } from './table.ts';

/** One webhook: what becomes of it, each try, and what is sent. */
export function webhookPage(site: Site, delivery: WebhookDelivery, problem?: string): PageParts {
  const { id, event, appKey, at, tries } = delivery;
  const body = html`${problem === undefined ? undefined : html`<p class="notice" role="alert">${problem}</p>`}
<p class="small soft crumbs"><a href="${webhooksPath}">Webhooks</a> / ${id}</p>
<h1 class="path">${event}</h1>
<p class="facts">${stateBadge(delivery.state)} <span class="soft"><time datetime="${at}">${at.slice(0, 19).replace('T', ' ')} UTC</time> · to <code>${appKey}</code>${issueLink(delivery)}</span></p>
<section class="card" aria-label="State"><h2>${stateText(site, delivery)}</h2>
<form class="inline" method="post" action="${webhooksPath}/${id}/resend"><button>Resend</button></form>
<form class="inline" method="post" action="${webhooksPath}/${id}/resend"><button class="quiet" name="as" value="new">Resend as new</button></form>
<p class="small soft last">Resend sends it again now, as a repetition with the same identifier. As new, it is another webhook with the same content.</p></section>
<section class="card"><h2>Tries</h2>
${tries.length === 0 ? html`<p class="soft last">None yet.</p>` : tryTable(tries)}</section>
<section class="card verdict" aria-label="Headers"><h2>Headers</h2>
<p class="small soft">Of the ${tries.length === 0 ? 'first try' : 'next try, if there is one'}; each has a token of its own.</p>
<dl class="answer">${headersOf(delivery).map(([name, value]) => html`<dt><code>${name}</code></dt><dd>${value}</dd>`)}</dl></section>
<section class="card"><h2>Body</h2>
${delivery.body === undefined ? html`<p class="soft last">None: the descriptor says <code>excludeBody</code>.</p>` : html`<pre class="last tall" tabindex="0">${pretty(delivery.body)}</pre>`}</section>`;
  return { title: event, current: webhooksPath, body };
}

function issueLink({ issueKey }: WebhookDelivery): Html | undefined {
  return issueKey === undefined
    ? undefined
    : html` · <a href="/browse/${issueKey}">${issueKey}</a>`;
}

function stateText(site: Site, { state, reason, nextTryAt, tries }: WebhookDelivery): string {
  const count = tries.length === 1 ? 'one try' : `${tries.length} tries`;
  switch (state) {
    case 'waiting':
      if (nextTryAt === undefined) return 'Waits for its turn';
      return `Is sent again in ${span(Date.parse(nextTryAt) - site.now())}`;
    case 'sending':
      return 'Is being sent';
    case 'delivered':
      return `Delivered after ${count}`;
    case 'given-up':
      return `Given up after ${count}: ${reason}`;
  }
}

function tryTable(tries: readonly WebhookTry[]): Html {
  return html`<div class="scroll"><table class="stack tries">
<thead><tr><th scope="col">Time (UTC)</th><th scope="col">Answer</th><th scope="col">Took</th><th scope="col">What it means</th><th scope="col">Reply</th></tr></thead>
<tbody>${tries.map(tryRow)}</tbody></table></div>`;
}

function tryRow({ at, retry, status, durationMs, reason, reply, requestId }: WebhookTry): Html {
  const time = html`<time datetime="${at}">${at.slice(11, 19)}</time>`;
  return html`<tr><td class="tight">${requestId === undefined ? time : html`<a href="${requestsPath}/${requestId}">${time}</a>`}</td>
<td class="tight">${requestStatus(status)}</td>
<td class="tight">${durationMs} ms</td>
<td class="wide">${retry === 0 ? 'First' : `Retry ${retry}`}: ${reason}</td>
<td class="value wide">${reply === '' ? html`<span class="soft">empty</span>` : reply}</td></tr>`;
}

function headersOf(delivery: WebhookDelivery): [string, string][] {
  return [['authorization', 'JWT [token]'], ...Object.entries(webhookHeaders(requestOf(delivery)))];
}

function pretty(text: string): string {
  return JSON.stringify(JSON.parse(text), undefined, 2);
}
