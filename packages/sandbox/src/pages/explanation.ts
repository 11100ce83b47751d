import type { ExplainedCheck, Explanation } from '../site/explanation.ts';
import { findDifference, type Piece } from './difference.ts';
import { type Html, html } from './html.ts';

const confidences = {
  certain: 'shown by the evidence',
  likely: 'likely; something else may fit too',
  none: 'no known mistake fits',
};

/** Cause, evidence, fix and where to read more. */
export function verdictBlock({ verdict }: Explanation): Html {
  const { cause, ok, title, evidence, fix, docs, confidence } = verdict;
  if (ok) {
    return html`<p class="mark"><span class="badge good">passes</span></p>
<h2>${prose(title)}</h2>
<p>${prose(evidence)}</p>
<p class="soft small last">${prose(fix)}</p>`;
  }
  const id =
    cause === undefined
      ? html`<span class="badge busy">no cause found</span>`
      : html`<span class="badge bad">${cause}</span> <span class="small soft">${confidences[confidence]}</span>`;
  return html`<p class="mark">${id}</p>
<h2>${prose(title)}</h2>
<dl class="answer"><dt>Evidence</dt><dd>${prose(evidence)}</dd>
<dt>Fix</dt><dd><strong>${prose(fix)}</strong></dd>
<dt>Docs</dt><dd>${docsLink(docs)}</dd></dl>`;
}

/** The pages of the documentation are no part of the package: a path is shown as one, and a URL is a link. */
function docsLink(docs: string): Html {
  return /^https?:/.test(docs) ? html`<a href="${docs}">${docs}</a>` : html`<code>${docs}</code>`;
}

/** Which field of a form gives what a check is missing. */
export type FieldNames = Readonly<Record<string, string>>;

export function checkList(checks: readonly ExplainedCheck[], fields: FieldNames = {}): Html {
  return html`<ul class="checks">${checks.map((check) => checkItem(check, fields))}</ul>`;
}

const results = {
  passed: { color: 'good', name: 'passed' },
  failed: { color: 'bad', name: 'failed' },
  impossible: { color: '', name: 'not possible' },
};

function checkItem({ title, result, detail, missing = [] }: ExplainedCheck, fields: FieldNames) {
  const { color, name } = results[result];
  const needs = missing.map((input, index) => {
    const label = fields[input];
    const link = label === undefined ? html`${input}` : html`<a href="#${input}">${label}</a>`;
    return index === 0 ? link : html`, ${link}`;
  });
  return html`<li><span class="badge ${color}">${name}</span>
<div><strong>${prose(title)}</strong><br><span class="soft">${prose(detail)}</span>${
    missing.length > 0 ? html` <span class="small">Needs: ${needs}</span>` : undefined
  }</div></li>`;
}

/** What both sides hashed, with what only one of them has marked. */
export function canonicalRequests({ canonicalRequest, checks }: Explanation): Html | undefined {
  if (canonicalRequest === undefined) return undefined;
  const { expected, hashed } = canonicalRequest;
  const matches = checks.some(({ id, result }) => id === 'hash' && result === 'passed');
  if (matches) {
    return html`<p class="soft">Both sides hash the same text.</p><pre>${expected}</pre>`;
  }
  if (hashed === undefined) {
    return html`<h3>Of this request</h3><pre>${expected}</pre>
<p class="soft last">What the token was made for was not found. Print the text that your code hashes, and compare it with this one.</p>`;
  }
  if (hashed === expected) {
    return html`<p class="soft">Both sides mean the same text, and the hash of it is written in another way.</p><pre>${expected}</pre>`;
  }
  const [ours, theirs] = findDifference(expected, hashed);
  return html`<h3>Of this request</h3><pre>${ours.map(marked)}</pre>
<h3>That the token was made for</h3><pre>${theirs.map(marked)}</pre>
<p class="soft small last">Marked: what only one of the two has.</p>`;
}

function marked({ text, differs }: Piece): Html {
  return differs ? html`<mark>${text}</mark>` : html`${text}`;
}

const meanings: Readonly<Record<string, string>> = {
  iss: 'who made it',
  sub: 'the user it is for',
  aud: 'who it is for',
  iat: 'issued',
  nbf: 'not before',
  exp: 'expires',
  qsh: 'hash of the request',
  context: 'what Jira says of the page',
};

/** Header and claims. `now`: the milliseconds that times are told from. */
export function claimsTable({ token }: Explanation, now: number): Html | undefined {
  if (token === undefined) return undefined;
  const rows = [
    ...Object.entries(token.header).map(([name, value]) => claimRow(name, value, 'header', now)),
    ...Object.entries(token.claims).map(([name, value]) =>
      claimRow(name, value, meanings[name] ?? '', now),
    ),
  ];
  if (rows.length === 0) return html`<p class="soft last">It has none.</p>`;
  return html`<div class="scroll"><table class="claims">
<thead><tr><th scope="col">Name</th><th scope="col">Value</th><th scope="col">Meaning</th></tr></thead>
<tbody>${rows}</tbody></table></div>`;
}

function claimRow(name: string, value: unknown, meaning: string, now: number): Html {
  const shown = typeof value === 'string' ? value : JSON.stringify(value);
  return html`<tr><th scope="row"><code>${name}</code></th><td class="value">${shown}</td>
<td class="soft">${meaning}${timeOf(name, value, now)}</td></tr>`;
}

function timeOf(name: string, value: unknown, now: number): string {
  const isTime = name === 'iat' || name === 'exp' || name === 'nbf';
  if (!isTime || typeof value !== 'number' || !Number.isFinite(value)) return '';
  // Whoever writes more means milliseconds, and the check says so.
  if (value < 0 || value > 1e11) return '';
  const date = new Date(value * 1000).toISOString().slice(0, 19).replace('T', ' ');
  return ` ${date} UTC, ${distance(value - Math.floor(now / 1000))}`;
}

function distance(seconds: number): string {
  if (seconds === 0) return 'now';
  const text = amount(Math.abs(seconds));
  return seconds < 0 ? `${text} ago` : `in ${text}`;
}

function amount(seconds: number): string {
  for (const [size, name] of [
    [86_400, 'day'],
    [3_600, 'hour'],
    [60, 'minute'],
  ] as const) {
    if (seconds < 2 * size) continue;
    return `${Math.floor(seconds / size)} ${name}s`;
  }
  return seconds === 1 ? '1 second' : `${seconds} seconds`;
}

export function ruledOutList({ ruledOut }: Explanation): Html | undefined {
  if (ruledOut.length === 0) return undefined;
  const ids = [...new Set(ruledOut)].sort();
  return html`<details><summary>${ids.length} causes were ruled out</summary>
<p class="small soft ids">${ids.map((id) => html`<code>${id}</code> `)}</p></details>`;
}

/** Text in which code is marked by backticks. */
export function prose(text: string): Html {
  const parts = text.split('`');
  // An odd one out is a backtick of the text itself.
  if (parts.length % 2 === 0) return html`${text}`;
  return html`${parts.map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : part))}`;
}
