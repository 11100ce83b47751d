import type { WebhookDelivery, WebhookState } from '../../site/webhook-deliveries.ts';
import { type Html, html } from '../html.ts';
import { requestStatus } from '../requests/table.ts';

export const webhooksPath = '/_sandbox/webhooks';

/** With the newest first, as they are given. */
export function webhookTable(deliveries: readonly WebhookDelivery[], now: number): Html {
  return html`<div class="scroll"><table class="stack requests" data-rows>
<thead><tr><th scope="col">Time (UTC)</th><th scope="col">State</th><th scope="col">Webhook</th><th scope="col">App</th><th scope="col">Tries</th><th scope="col">Last answer</th><th scope="col">Age</th></tr></thead>
<tbody>${deliveries.map((delivery) => webhookRow(delivery, now))}</tbody>
</table></div>`;
}

function webhookRow(delivery: WebhookDelivery, now: number): Html {
  const { id, at, event, issueKey, flow, appKey, state, tries } = delivery;
  const last = tries.at(-1);
  const about = [issueKey, flow === 'Secondary' ? 'secondary' : undefined].filter(
    (part) => part !== undefined,
  );
  return html`<tr data-id="${id}">
<td class="tight"><time datetime="${at}">${at.slice(11, 19)}</time></td>
<td class="tight">${stateBadge(state)}</td>
<td class="path wide"><a href="${webhooksPath}/${id}">${event}${about.map((part) => ` ${part}`)}</a></td>
<td class="app-key"><span class="soft">to</span> ${appKey}</td>
<td class="tight">${tries.length}<span class="soft narrow"> ${tries.length === 1 ? 'try' : 'tries'}</span></td>
<td class="tight">${last ? requestStatus(last.status) : html`<span class="soft">none</span>`}</td>
<td class="tight soft">${span(now - Date.parse(at))}</td>
</tr>`;
}

const states: Record<WebhookState, { color: string; name: string }> = {
  waiting: { color: 'busy', name: 'waiting' },
  sending: { color: 'busy', name: 'sending' },
  delivered: { color: 'good', name: 'delivered' },
  'given-up': { color: 'bad', name: 'given up' },
};

export function stateBadge(state: WebhookState): Html {
  const { color, name } = states[state];
  return html`<span class="badge ${color}">${name}</span>`;
}

/** As in 40 s, 3 min, 2 h. */
export function span(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 120 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
}
