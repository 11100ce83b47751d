import type { Exchange } from '../../site/request-log.ts';
import { type Html, html } from '../html.ts';

const meanings: Readonly<Record<string, string>> = {
  'app.id': 'the app; the same as aud',
  'app.version': 'deprecated: use app.appVersion',
  'app.appVersion': 'the deployed version',
  'app.installationId': 'changes with a reinstall; the cloudId does not',
  'app.apiBaseUrl': 'before every REST path',
  'app.environment.type': 'where the app was deployed to',
  'app.module.type': 'of the page, or core:endpoint',
  'app.module.key': 'from the manifest',
  'app.license': 'in production, of a paid app',
  'context.cloudId': 'the site; it stays the same',
  'context.siteUrl': 'the URL that people see',
  principal: 'the accountId of the user; of pages alone',
  aud: 'the app that it is for',
  iss: 'who made it',
  iat: 'issued',
  nbf: 'not before',
  exp: 'expires',
  jti: 'of this token alone',
};

export function answerCard({ answered }: Exchange): Html {
  return html`<section class="card"><h2>What the remote answered</h2>
${answered.body === '' ? html`<p class="soft last">No body.</p>` : html`<pre class="last">${pretty(answered.body)}</pre>`}</section>`;
}

/** The claims, and what else was sent. */
export function sentCards({ sent }: Exchange, now: number): Html {
  return html`<section class="card"><h2>Claims of the invocation token</h2>
<div class="scroll"><table class="claims stack"><thead><tr><th scope="col">Claim</th><th scope="col">Value</th><th scope="col">Meaning</th></tr></thead>
<tbody>${flatten(sent.claims).map(([name, value]) => claimRow(name, value, now))}</tbody></table></div></section>
<section class="card"><h2>What else was sent</h2>
<dl class="answer">${Object.entries(sent.headers).map(([name, value]) => html`<dt><code>${name}</code></dt><dd>${value}</dd>`)}</dl>
${sent.body === undefined ? undefined : html`<h3 class="body">Body</h3><pre class="last">${pretty(sent.body)}</pre>`}</section>`;
}

function claimRow(name: string, value: string, now: number): Html {
  const meaning = meanings[name] ?? meanings[name.replace(/\.\w+$/, '')] ?? '';
  const seconds = ['iat', 'nbf', 'exp'].includes(name) ? Number(value) : Number.NaN;
  const time = Number.isFinite(seconds) ? `: ${timeOf(seconds, now)}` : '';
  return html`<tr><th scope="row" class="wide"><code>${name}</code></th><td class="value wide">${value}</td><td class="soft wide">${meaning}${time}</td></tr>`;
}

function timeOf(seconds: number, now: number): string {
  const away = seconds - Math.floor(now / 1000);
  const text = new Date(seconds * 1000).toISOString().slice(0, 19).replace('T', ' ');
  return `${text} UTC, ${away === 0 ? 'now' : away < 0 ? `${-away} s ago` : `in ${away} s`}`;
}

/** One row for each leaf: `app.module.key`. */
function flatten(value: Record<string, unknown>, before = ''): [string, string][] {
  return Object.entries(value).flatMap(([name, item]): [string, string][] =>
    typeof item === 'object' && item !== null && !Array.isArray(item)
      ? flatten(item as Record<string, unknown>, `${before}${name}.`)
      : [[`${before}${name}`, typeof item === 'string' ? item : JSON.stringify(item)]],
  );
}

function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), undefined, 2);
  } catch {
    return text;
  }
}
