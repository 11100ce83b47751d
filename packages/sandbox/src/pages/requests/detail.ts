import type { Check, LoggedRequest, RequestRecord } from '../../site/request-log.ts';
import type { Site } from '../../site/site.ts';
import {
  canonicalRequests,
  checkList,
  claimsTable,
  prose,
  ruledOutList,
  verdictBlock,
} from '../explanation.ts';
import { answerCard, sentCards } from '../forge/exchange.ts';
import { type Html, html } from '../html.ts';
import { inspectorPath } from '../inspector/page.ts';
import type { PageParts } from '../layout.ts';
import { requestStatus, requestsPath } from './table.ts';

/** One request: what the site decided, and all that can be said about why. */
export function requestPage(site: Site, logged: LoggedRequest): PageParts {
  const { record, notes } = logged;
  const { explanation } = notes;
  const { verdict } = record;
  const at = new Date(record.at).getTime();
  const canonical = explanation && canonicalRequests(explanation);
  const claims = explanation && claimsTable(explanation, at);
  const body = html`<p class="small soft"><a href="${requestsPath}">Requests</a> / ${record.id}</p>
<h1 class="path">${record.method} ${record.path}</h1>
<p class="facts">${requestStatus(record.status)} ${facts(record)}</p>
<section class="card verdict" aria-label="Verdict">${decision(logged)}</section>
${canonical ? html`<section class="card"><h2>Canonical request</h2>${canonical}</section>` : plainCanonical(record)}
${claims && html`<section class="card"><h2>Header and claims</h2>${claims}</section>`}
${notes.exchange && html`${answerCard(notes.exchange)}${sentCards(notes.exchange, at)}`}
<div class="columns even"><section class="card"><h2>${record.direction === 'callback' ? 'What the site did' : 'How the site decided'}</h2>
<ul class="checks">${verdict.checks.map(siteCheck)}</ul></section>
${explanation && html`<section class="card"><h2>Every check of the token</h2>${checkList(explanation.checks)}${ruledOutList(explanation)}</section>`}</div>
<nav class="around" aria-label="Requests">${neighbour('Older', logged.olderId)}${neighbour('Newer', logged.newerId)}
${record.direction === 'inbound' ? html`<a href="${inspectorLink(site, record)}">Check a token for this request</a>` : undefined}</nav>`;
  return {
    title: `${record.method} ${record.path}`,
    current: '',
    body,
  };
}

/** The site's decision, and under it what to mend. */
function decision({ record, notes }: LoggedRequest): Html {
  const { explanation, fix } = notes;
  const { authenticated, reason } = record.verdict;
  const done = record.status > 0 && record.status < 400;
  const [color, text] = done ? ['good', 'done'] : ['bad', authenticated ? 'failed' : 'refused'];
  const mark = html`<p class="mark"><span class="badge ${color}">${text}</span> <span class="small soft">${byWhom(record)}</span></p>`;
  // Where the token is what is wrong, the cause is the headline.
  if (explanation && !explanation.verdict.ok && fix === undefined) {
    return html`${mark}<p>${capital(reason)}</p><hr>${verdictBlock(explanation)}`;
  }
  const good = explanation?.verdict.ok
    ? html`<p class="soft small after">The token itself is good for this request.</p>`
    : undefined;
  return html`${mark}<h2>${capital(reason)}</h2>
${fix === undefined ? undefined : html`<dl class="answer"><dt>Fix</dt><dd><strong>${prose(fix)}</strong></dd></dl>`}
${good ?? (explanation && html`<hr>${verdictBlock(explanation)}`)}`;
}

function facts({ at, appKey, durationMs, direction }: RequestRecord): Html {
  const app =
    appKey === undefined
      ? html`no app`
      : html`${direction === 'callback' ? 'to ' : ''}<code>${appKey}</code>`;
  return html`<span class="soft"><time datetime="${at}">${at.slice(0, 19).replace('T', ' ')} UTC</time> · ${app} · ${durationMs} ms</span>`;
}

function byWhom({ direction, appKey, verdict }: RequestRecord): string {
  if (direction === 'callback') return 'by the app';
  if (!verdict.authenticated) return 'by the site';
  return verdict.as === 'user' ? 'for a person' : `for the app ${appKey ?? ''}`;
}

/** Of a request that was accepted, both sides hashed this. */
function plainCanonical({ verdict }: RequestRecord): Html | undefined {
  const { canonicalRequest, authenticated } = verdict;
  if (canonicalRequest === undefined) return undefined;
  const text = authenticated ? 'Both sides hash the same text.' : 'What the site hashed.';
  return html`<section class="card"><h2>Canonical request</h2><p class="soft">${text}</p><pre>${canonicalRequest}</pre></section>`;
}

function siteCheck({ name, passed, detail }: Check): Html {
  const [color, text] = passed ? ['good', 'passed'] : ['bad', 'failed'];
  return html`<li><span class="badge ${color}">${text}</span>
<div><strong>${name}</strong><br><span class="soft">${detail}</span></div></li>`;
}

function neighbour(name: string, id: number | undefined): Html {
  return id === undefined
    ? html`<span class="soft">${name}</span>`
    : html`<a href="${requestsPath}/${id}">${name}</a>`;
}

function inspectorLink(site: Site, { method, path, appKey }: RequestRecord): string {
  const query = new URLSearchParams({ method, url: path });
  if (site.apps.installed().some(({ key }) => key === appKey)) query.set('app', appKey ?? '');
  return `${inspectorPath}?${query}`;
}

function capital(text: string): string {
  // Names such as iss and qsh are written small.
  return /^(?:iss|exp|iat|nbf|qsh|aud|invokeRemote|preUninstall)\b/.test(text)
    ? text
    : text[0]?.toUpperCase() + text.slice(1);
}
