import { claimedApp, installationEvidence } from '../../hosts/connect/evidence.ts';
import type { AppRecord } from '../../site/apps.ts';
import type { Evidence, Explanation } from '../../site/explanation.ts';
import { redact } from '../../site/redact.ts';
import type { Site } from '../../site/site.ts';
import { type Pasted, readPasted } from './pasted.ts';

/** What the form holds. Secrets are compared as they are typed: a blank may be what is wrong. */
export interface InspectorForm {
  pasted: string;
  method: string;
  url: string;
  baseUrl: string;
  direction: '' | 'to-jira' | 'from-jira';
  app: string;
  appKey: string;
  clientKey: string;
  sharedSecret: string;
  publicKey: string;
}

const plainFields = [
  'method',
  'url',
  'baseUrl',
  'app',
  'appKey',
  'clientKey',
  'publicKey',
] as const;

export function readForm(values: Record<string, unknown>): InspectorForm {
  const text = (name: string): string => {
    const value = values[name];
    return typeof value === 'string' ? value : '';
  };
  const plain = Object.fromEntries(plainFields.map((name) => [name, text(name).trim()]));
  const direction = text('direction');
  return {
    ...(plain as Record<(typeof plainFields)[number], string>),
    direction: direction === 'to-jira' || direction === 'from-jira' ? direction : '',
    pasted: text('pasted'),
    sharedSecret: text('sharedSecret'),
  };
}

/** What came of the form. */
export interface Inspection {
  /** The form itself cannot be used. */
  problem?: string;
  explanation?: Explanation;
  /** The request that was read from a curl command or an HTTP request. */
  request?: string;
  /** An installed app that the token is from, which the form does not use. */
  otherApp?: string;
}

// Servers take headers of 16 KiB; a command with a body may be longer.
const longestForm = 256 * 1024;
// Of the request that was read.
const longestShown = 1500;

/** Explains what the form holds. Nothing of it is kept. */
export function inspect(site: Site, form: InspectorForm): Inspection {
  if (form.pasted.trim() === '') return {};
  if (Object.values(form).join('').length > longestForm) {
    return { problem: 'This is too long for a token or a request.' };
  }
  const app = site.apps.installed().find(({ key }) => key === form.app);
  if (form.app !== '' && !app) {
    return { problem: `The app ${form.app} is not installed on this site. Choose another one.` };
  }
  const hidden = [...site.secrets(), form.sharedSecret].filter((secret) => secret !== '');
  const pasted = readPasted(form.pasted);
  const explanation = site.explain(evidenceOf(site, form, pasted, app));
  const suggested = app || form.sharedSecret !== '' ? undefined : claimedApp(site, pasted.token);
  const known = suggested !== undefined && suggested.state !== 'uninstalled';
  return {
    explanation: redact(explanation, hidden),
    ...(pasted.form === 'token' ? {} : { request: redact(requestOf(pasted), hidden) }),
    ...(known ? { otherApp: suggested.key } : {}),
  };
}

function requestOf({ method = '', url = 'without a URL' }: Pasted): string {
  return `${method} ${url}`.slice(0, longestShown);
}

/** What is typed goes before what an installed app brings, and that before what was pasted. */
function evidenceOf(
  site: Site,
  form: InspectorForm,
  pasted: Pasted,
  app: AppRecord | undefined,
): Evidence {
  const method = form.method || pasted.method;
  const url = form.url || pasted.url;
  const evidence: Evidence = {
    ...(app === undefined ? {} : appEvidence(site, app, form, url)),
    token: pasted.token,
    now: site.now,
    // Whether a route takes context tokens is known only where there is a route.
    accept: url === undefined ? ['request', 'context'] : ['request'],
  };
  const typed = {
    method,
    url,
    body: pasted.body,
    baseUrl: form.baseUrl,
    direction: form.direction,
    sharedSecret: form.sharedSecret,
    appKey: form.appKey,
    clientKey: form.clientKey,
    publicKey: form.publicKey,
  };
  const given = Object.entries(typed).filter(([, value]) => value !== undefined && value !== '');
  return Object.assign(evidence, Object.fromEntries(given));
}

function appEvidence(
  site: Site,
  app: AppRecord,
  form: InspectorForm,
  url: string | undefined,
): Partial<Evidence> {
  const toApp =
    form.direction === 'from-jira' ||
    (form.direction === '' && url !== undefined && url.startsWith(app.baseUrl));
  return {
    ...installationEvidence(site, app),
    baseUrl: toApp ? app.baseUrl : site.url,
    ...(toApp ? { direction: 'from-jira', lifecycle: isKeySigned(app, url) } : {}),
  };
}

/** installed and uninstalled come with a token of the other kind. */
function isKeySigned(app: AppRecord, url: string | undefined): boolean {
  const { installed, uninstalled } = app.descriptor.lifecycle;
  const path = (url ?? '').split(/[?#]/)[0] ?? '';
  return [installed, uninstalled].some(
    (each) => each !== undefined && path !== '' && path.endsWith(each.split('?')[0] ?? ''),
  );
}
