import type { DeliveryOutcome } from '../../hosts/forge/delivery.ts';
import {
  type Invocation,
  type InvocationMethod,
  invocationMethods,
  invoke,
} from '../../hosts/forge/invoke.ts';
import { uiModulesOf } from '../../hosts/forge/manifest.ts';
import type { RefusalNotes } from '../../site/request-log.ts';
import type { Site } from '../../site/site.ts';
import { appsPath } from '../apps/paths.ts';
import { type Html, html } from '../html.ts';
import type { PageParts } from '../layout.ts';
import { requestStatus, requestsPath } from '../requests/table.ts';
import { invocationPath } from './app-item.ts';
import { answerCard, sentCards } from './exchange.ts';

const fields = ['app', 'module', 'accountId', 'issueKey', 'method', 'path', 'body'] as const;
export type InvocationForm = Record<(typeof fields)[number], string>;

export function readInvocationForm(values: Record<string, unknown>): InvocationForm {
  const read = fields.map((name) => [name, typeof values[name] === 'string' ? values[name] : '']);
  return Object.fromEntries(read) as InvocationForm;
}

export type InvocationResult = { problem: string } | { outcome: DeliveryOutcome };

export async function sendForm(site: Site, form: InvocationForm): Promise<InvocationResult> {
  try {
    return { outcome: await invoke(site, invocationOf(form)) };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}

function invocationOf(form: InvocationForm): Invocation {
  const { app, module, accountId, issueKey, method, path } = form;
  const given = Object.entries({ app, module, accountId, issueKey }).filter(
    ([, value]) => value !== '',
  );
  return {
    ...Object.fromEntries(given),
    method: (method || 'GET') as InvocationMethod,
    path: path || '/',
    ...(form.body.trim() === '' ? {} : { body: parseBody(form.body) }),
  };
}

function parseBody(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error('The body is not JSON.');
  }
}

/** Sends by hand what a page sends with invokeRemote, and shows each claim and the answer. */
export function invocationPage(
  site: Site,
  form: InvocationForm,
  result: InvocationResult | undefined,
): PageParts {
  const apps = site.forgeApps.installed();
  const problem =
    result !== undefined && 'problem' in result
      ? html`<p class="notice" role="alert">${result.problem}</p>`
      : undefined;
  const body = html`${problem}<p class="small soft crumbs"><a href="${appsPath}">Apps</a> / Forge</p>
<h1>Invocation</h1>
<p class="soft">Sends to a remote what a page of the app sends with <code>invokeRemote</code>: an invocation token, and the access tokens that its endpoint asks for.</p>
${
  apps.length === 0
    ? html`<section class="card"><h2>No Forge app is installed</h2><p class="soft last"><a href="${appsPath}">Install one</a> by its manifest, or move a Connect app to Forge.</p></section>`
    : html`<div class="columns even invocation"><section class="card"><h2>Request</h2>${invocationForm(site, form)}</section>
<div>${result !== undefined && 'outcome' in result ? outcomeCards(site, result.outcome) : waiting}</div></div>${sentByForm(site, result)}`
}`;
  return { title: 'Invocation', current: appsPath, body };
}

const waiting = html`<section class="card"><h2>Nothing is sent yet</h2><p class="soft last">The claims and the answer appear here.</p></section>`;

function invocationForm(site: Site, form: InvocationForm): Html {
  const apps = site.forgeApps.installed();
  const app = apps.find(({ id }) => id === form.app) ?? apps[0];
  const modules = app ? uiModulesOf(app.manifest) : [];
  const issues = site.issues.all();
  return html`<form class="fields" method="post" action="${invocationPath}">
<label for="app">App</label>
<select id="app" name="app">${apps.map(({ id, name }) => option(id, name, app?.id ?? ''))}</select>
<label for="module">Module</label>
<input id="module" name="module" list="modules" value="${form.module}" spellcheck="false" autocomplete="off" placeholder="${modules[0]?.key ?? 'none in the manifest'}">
<datalist id="modules">${modules.map(({ key, title }) => html`<option value="${key}">${title}</option>`)}</datalist>
<div class="pair"><div><label for="accountId">User</label>
<select id="accountId" name="accountId">${site.users.people().map(({ accountId, displayName }) => option(accountId, displayName, form.accountId))}</select></div>
<div><label for="issueKey">Issue</label>
<select id="issueKey" name="issueKey">${[option('', 'None', form.issueKey), ...issues.map(({ key }) => option(key, key, form.issueKey))]}</select></div></div>
<div class="pair short"><div><label for="method">Method</label>
<select id="method" name="method">${invocationMethods.map((method) => option(method, method, form.method))}</select></div>
<div><label for="path">Path</label>
<input id="path" name="path" value="${form.path}" placeholder="/" spellcheck="false" autocapitalize="off" autocomplete="off"></div></div>
<label for="body">Body, JSON</label>
<textarea id="body" name="body" rows="4" spellcheck="false" autocapitalize="off">${form.body}</textarea>
<button>Send</button></form>`;
}

function option(value: string, name: string, chosen: string): Html {
  return value === chosen
    ? html`<option value="${value}" selected>${name}</option>`
    : html`<option value="${value}">${name}</option>`;
}

/** Beside the form: what came of it. */
function outcomeCards(site: Site, outcome: DeliveryOutcome): Html {
  const { accepted, status, reason, requestId } = outcome;
  const { fix, exchange } = notesOf(site, outcome);
  return html`<section class="card verdict" aria-label="Answer"><p class="mark">${requestStatus(status)} <span class="small soft">${accepted ? 'accepted' : 'refused'} by the remote</span></p>
<h2>${reason[0]?.toUpperCase()}${reason.slice(1)}</h2>
${fix === undefined ? undefined : html`<p><strong>${fix}</strong></p>`}
${requestId === undefined ? undefined : html`<p class="small last"><a href="${requestsPath}/${requestId}">In the request log</a></p>`}</section>
${exchange && answerCard(exchange)}`;
}

function notesOf(site: Site, { requestId }: DeliveryOutcome): RefusalNotes {
  return (requestId === undefined ? undefined : site.requestLog.find(requestId)?.notes) ?? {};
}

/** Below both, as it needs the room. */
function sentByForm(site: Site, result: InvocationResult | undefined): Html | undefined {
  if (result === undefined || 'problem' in result) return undefined;
  const { exchange } = notesOf(site, result.outcome);
  return exchange && sentCards(exchange, site.now());
}
