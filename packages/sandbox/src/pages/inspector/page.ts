import type { Site } from '../../site/site.ts';
import {
  canonicalRequests,
  checkList,
  claimsTable,
  ruledOutList,
  verdictBlock,
} from '../explanation.ts';
import { type Html, html } from '../html.ts';
import type { PageParts } from '../layout.ts';
import type { Inspection, InspectorForm } from './form.ts';

export const inspectorPath = '/_sandbox/inspector';

/** The parts of the page that change as one types. */
export interface InspectionParts {
  verdict: Html;
  details: Html;
}

/** What was pasted, and secrets, are never sent back: the fields for them are empty on every page. */
export function inspectorPage(site: Site, form: InspectorForm, inspection: Inspection): PageParts {
  const { verdict, details } = inspectionParts(site, inspection);
  const body = html`<h1>Token inspector</h1>
<p class="soft">Says what is wrong with a token and how to mend it. What you paste is checked by this site, on this machine; it is sent nowhere else, and not kept.</p>
<form class="inspector" method="post" action="${inspectorPath}" data-inspector autocomplete="off">
<section class="card fields" aria-label="What to check">
<label for="token">Token, Authorization header or curl command</label>
<textarea id="token" name="pasted" rows="5" spellcheck="false" autocapitalize="off" autocomplete="off" placeholder="eyJ…  or  Authorization: JWT eyJ…  or  curl -H 'Authorization: JWT eyJ…' https://…"></textarea>
<noscript><p class="small soft note">What you paste is not sent back: to check again, paste it again.</p></noscript>
</section>
<section class="card verdict" id="verdict" aria-label="Verdict" aria-live="polite" aria-atomic="true">${verdict}</section>
${knownFields(site, form)}
<div class="details" id="details">${details}</div>
</form>`;
  return {
    title: 'Token inspector',
    current: inspectorPath,
    body,
    scripts: [`${inspectorPath}.js`],
  };
}

// By the names that checks use: they are the ids of the fields.
const fieldNames = {
  token: 'Token',
  method: 'Method',
  url: 'URL',
  baseUrl: 'Base URL',
  sharedSecret: 'Shared secret',
  appKey: 'App key',
  clientKey: 'Client key',
  publicKey: 'Public key',
};

function knownFields(site: Site, form: InspectorForm): Html {
  return html`<section class="card fields"><h2>What else is known</h2>
<p class="small soft note">All of it may be left out. What stands here counts more than what was pasted.</p>
<div class="pair short">
<div><label for="method">Method</label>
<input id="method" name="method" list="methods" value="${form.method}" spellcheck="false" autocapitalize="characters" autocomplete="off">
<datalist id="methods">${['GET', 'POST', 'PUT', 'DELETE'].map((method) => html`<option value="${method}">`)}</datalist></div>
<div><label for="url">URL, or path and query</label>
<input id="url" name="url" value="${form.url}" spellcheck="false" autocapitalize="off" autocomplete="off"></div></div>
${appChoice(site, form)}
<label for="sharedSecret">Shared secret</label>
<input id="sharedSecret" name="sharedSecret" type="password" spellcheck="false" autocomplete="off" aria-describedby="secret-note">
<p class="small soft note" id="secret-note">From the body of <code>installed</code>. Not needed with an installed app.</p>
<div class="pair"><div><label for="appKey">App key</label>
<input id="appKey" name="appKey" value="${form.appKey}" spellcheck="false" autocapitalize="off" autocomplete="off"></div>
<div><label for="clientKey">Client key</label>
<input id="clientKey" name="clientKey" value="${form.clientKey}" spellcheck="false" autocapitalize="off" autocomplete="off"></div></div>
<label for="direction">Direction</label>
<select id="direction" name="direction">${[
    option('', 'As the token and the URL say', form.direction),
    option('to-jira', 'From the app to Jira', form.direction),
    option('from-jira', 'From Jira to the app', form.direction),
  ]}</select>
<label for="baseUrl">Base URL of the receiver</label>
<input id="baseUrl" name="baseUrl" value="${form.baseUrl}" spellcheck="false" autocapitalize="off" autocomplete="off" aria-describedby="base-note">
<p class="small soft note" id="base-note">Of the site, or of the app. Its path is no part of what is hashed.</p>
<label for="publicKey">Public key, for RS256</label>
<textarea id="publicKey" name="publicKey" rows="2" spellcheck="false" autocapitalize="off" autocomplete="off" aria-describedby="key-note">${form.publicKey}</textarea>
<p class="small soft note" id="key-note">The PEM that the key host answers for the token's <code>kid</code>.</p>
<button>Check</button>
</section>`;
}

function appChoice(site: Site, form: InspectorForm): Html {
  const apps = site.apps.installed();
  const note =
    apps.length === 0
      ? 'No app is installed on this site.'
      : 'Brings its secret, keys and URLs along. The secret is not shown.';
  return html`<label for="app">Installed app</label>
<select id="app" name="app" aria-describedby="app-note">${[
    option('', 'None: what is typed here', form.app),
    ...apps.map((app) => option(app.key, app.descriptor.name ?? app.key, form.app)),
  ]}</select>
<p class="small soft note" id="app-note">${note}</p>`;
}

function option(value: string, name: string, chosen: string): Html {
  return value === chosen
    ? html`<option value="${value}" selected>${name}</option>`
    : html`<option value="${value}">${name}</option>`;
}

export function inspectionParts(site: Site, inspection: Inspection): InspectionParts {
  const { problem, explanation, request, otherApp } = inspection;
  if (problem !== undefined) {
    return {
      verdict: html`<p class="mark"><span class="badge bad">cannot be checked</span></p><p class="last">${problem}</p>`,
      details: html``,
    };
  }
  if (explanation === undefined) {
    return {
      verdict: html`<h2>Nothing is pasted yet</h2><p class="soft last">The verdict appears here. A token alone says who made it and when; with method, URL and secret everything is checked.</p>`,
      details: html``,
    };
  }
  const read =
    request === undefined
      ? undefined
      : html`<p class="small soft read">Read from what was pasted: <code>${request}</code></p>`;
  const hint =
    otherApp === undefined
      ? undefined
      : html`<p class="small soft hint">The token names <code>${otherApp}</code>, which is installed here: choose it under <a href="#app">Installed app</a> to check with its secret.</p>`;
  const canonical = canonicalRequests(explanation);
  const claims = claimsTable(explanation, site.now());
  return {
    verdict: html`${verdictBlock(explanation)}${read}${hint}`,
    details: html`<section class="card"><h2>Checks</h2>
${checkList(explanation.checks, fieldNames)}${ruledOutList(explanation)}</section>
${canonical && html`<section class="card"><h2>Canonical request</h2>${canonical}</section>`}
${claims && html`<section class="card"><h2>Header and claims</h2><p class="small soft">Decoded; a signature that was not checked makes them mere words.</p>${claims}</section>`}`,
  };
}
