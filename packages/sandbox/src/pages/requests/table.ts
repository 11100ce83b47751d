import type { RequestRecord } from '../../site/request-log.ts';
import { type Html, html } from '../html.ts';

export const requestsPath = '/_sandbox/requests';

export function requestTable(records: readonly RequestRecord[]): Html {
  return html`<div class="scroll"><table class="stack requests">
<thead><tr><th scope="col">Time (UTC)</th><th scope="col">Status</th><th scope="col">Request</th><th scope="col">App</th><th scope="col">Verdict</th></tr></thead>
<tbody>${records.map(requestRow)}</tbody>
</table></div>`;
}

/** A row that opens the page of its request. */
export function requestRow(record: RequestRecord): Html {
  const { id, at, method, path, appKey, direction, verdict } = record;
  const app =
    appKey === undefined
      ? html`<span class="soft">${verdict.as === 'user' ? 'a person' : 'none'}</span>`
      : html`${direction === 'callback' ? html`<span class="soft">to</span> ` : undefined}${appKey}`;
  return html`<tr data-id="${id}">
<td class="tight"><time datetime="${at}">${at.slice(11, 19)}</time></td>
<td class="tight">${requestStatus(record.status)}</td>
<td class="path wide"><a href="${requestsPath}/${id}">${method} ${path}</a></td>
<td class="app-key">${app}</td>
<td class="wide">${verdict.reason}</td>
</tr>`;
}

export function requestStatus(status: number): Html {
  if (status === 0) return html`<span class="badge bad">no answer</span>`;
  return html`<span class="badge ${status < 400 ? 'good' : 'bad'}">${status}</span>`;
}
