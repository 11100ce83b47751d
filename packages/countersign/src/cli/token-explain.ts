import type { Diagnosis } from '../errors.ts';
import { type KeyRing, keyRing } from '../installations/encryption/key-ring.ts';
import type { InstallationRecord } from '../installations/installation.ts';
import { diagnoseAnswer } from '../jira/diagnose.ts';
import { explainToken } from '../jwt/explain/explain.ts';
import type { CredentialKind, ExplainInput, Explanation } from '../jwt/explain/explanation.ts';
import type { Arguments } from './arguments.ts';
import {
  CLIENT_KEY_OPTION,
  type CommandDetails,
  type ExitCode,
  JSON_OPTION,
  SITE_OPTION,
  STORE_OPTION,
} from './command.ts';
import { KEYS_OPTIONS, readEncryptionKeys } from './encryption-keys.ts';
import { badUsage } from './failures.ts';
import { storeName, withStore } from './open-store.ts';
import { createPage, printJson } from './page.ts';
import { pickForToken } from './pick-for-token.ts';
import { findRequest, findRequestInWords, readGivenText } from './read-request.ts';
import { namesSecret, readSecret, SECRET_OPTIONS } from './secret-source.ts';
import { type SentRequest, shownUrl } from './sent-request.ts';
import { optionsFor, showCanonicalRequests, showChecks, showVerdict } from './show-explanation.ts';
import type { Terminal } from './terminal.ts';

export const tokenExplain: CommandDetails = {
  usage: '[options] [INPUT | - | curl …]',
  about: [
    'INPUT is what you have: a token, an Authorization header, a URL with ?jwt=, a curl command, the request as curl -v shows it, a HAR of the browser, or a file with one of these. Without it, standard input is read. A curl command may also stand there as it is, without quotes around the whole.',
    'The more is known, the more can be checked: the secret, the app key, the method and the URL. With --store all that the app has stored is known. Nothing is sent anywhere.',
  ],
  options: {
    method: { value: 'METHOD', text: 'The HTTP method that was sent.' },
    url: { value: 'URL', text: 'The URL that was sent.' },
    'base-url': {
      value: 'URL',
      text: 'The URL of the site (calls to Jira) or of the app (calls from Jira); its path is cut off before hashing.',
    },
    'app-key': { value: 'KEY', text: '`key` of the descriptor.' },
    'client-key': CLIENT_KEY_OPTION,
    site: SITE_OPTION,
    ...SECRET_OPTIONS,
    store: STORE_OPTION,
    ...KEYS_OPTIONS,
    direction: { value: 'WAY', text: 'to-jira or from-jira. Default: told from the token.' },
    accept: {
      value: 'KIND',
      text: 'What the receiver takes: request, context or forge. Default: request. May be repeated.',
      multiple: true,
    },
    'app-id': {
      value: 'ID',
      text: 'Of a Forge app: `app.id` of manifest.yml, which aud of its invocation tokens must be. May be repeated.',
      multiple: true,
    },
    environment: {
      value: 'TYPE',
      text: 'Of a Forge app: an environment that is accepted, such as PRODUCTION. Default: all. May be repeated.',
      multiple: true,
    },
    'api-base-url': {
      value: 'URL',
      text: 'Of a Forge app: app.apiBaseUrl, https://api.atlassian.com/ex/jira/ and the cloudId.',
    },
    credential: {
      value: 'KIND',
      text: 'What was meant to be sent: connect, fit, forge-system, forge-user, oauth, connect-user or api-token. Default: told from what was sent.',
    },
    'server-date': {
      value: 'DATE',
      text: 'The Date header of the answer: the clock of the other side.',
    },
    'sent-at': {
      value: 'DATE',
      text: 'When it was sent, by the clock of the sender. Default: now; of a HAR, when it was recorded.',
    },
    entry: { value: 'N', text: 'The request of a HAR, from 1. Default: the first refused one.' },
    json: JSON_OPTION,
  },
  examples: [
    {
      text: 'A curl command, as it is:',
      line: "countersign token explain --store sqlite:./app.db curl -X PUT -H 'Authorization: JWT eyJ…' 'https://example.atlassian.net/rest/api/3/issue/XX-21'",
    },
    {
      text: 'A HAR of the browser:',
      line: 'countersign token explain --app-key my-app refused.har',
    },
    {
      text: 'A token, with the request that it was sent with:',
      line: 'countersign token explain --method GET --url /rest/api/3/myself eyJ0eXAi…',
    },
    {
      text: 'What Forge sent to a remote:',
      line: "countersign token explain --accept forge --app-id ari:cloud:ecosystem::app/… 'Authorization: Bearer eyJhbGci…'",
    },
  ],
  argument: 'INPUT',
  wordsAfter: 'curl',
  run: explain,
};

async function explain(given: Arguments, terminal: Terminal): Promise<ExitCode> {
  const request =
    given.words === undefined
      ? findRequest(await readGivenText(given, terminal), readEntry(given))
      : findRequestInWords(given.words);
  const sharedSecret = await readSecret(given, terminal);
  const url = given.text('url') ?? request.url;
  const method = given.text('method') ?? request.method;
  const store = storeName(given, terminal);
  const known =
    store === undefined
      ? undefined
      : await withStore(store, async (open) =>
          pickForToken(open.store, { given, request, url, ring: await readRing(given, terminal) }),
        );
  const input = inputOf(given, request, {
    ...(url === undefined ? {} : { url }),
    ...(method === undefined ? {} : { method }),
    ...known?.input,
    ...(sharedSecret !== undefined && (namesSecret(given) || known?.record === undefined)
      ? { sharedSecret }
      : {}),
  });
  const explanation = explainWhenSent(request, input);
  const diagnosis = diagnoseRefusal(request, input, explanation);
  print({ given, terminal, request, input, record: known?.record, explanation, diagnosis });
  return explanation.verdict.cause === undefined && diagnosis === undefined ? 0 : 1;
}

/** Undefined where the secret comes from elsewhere, so that none has to be decrypted. */
async function readRing(given: Arguments, terminal: Terminal): Promise<KeyRing | undefined> {
  return namesSecret(given) ? undefined : keyRing(readEncryptionKeys(given, terminal)).load();
}

/** What a token seems to be refused for when it is looked at late. */
const LATE: ReadonlySet<unknown> = new Set([
  'CS-EXPIRED',
  'CS-TIME-ZONE',
  'CS-CLOCK',
  'CS-FORGE-FIT-EXPIRED',
]);

/**
 * A token that is pasted has often expired since it was refused. Where something else is wrong with it as well, that
 * is what it was refused for.
 */
function explainWhenSent(request: SentRequest, input: ExplainInput): Explanation {
  const explanation = explainToken(input);
  const { verdict, token } = explanation;
  const madeAt = token?.claims.iat;
  if (input.now !== undefined || !LATE.has(verdict.cause)) return explanation;
  if (typeof madeAt !== 'number' || madeAt * 1000 > Date.now()) return explanation;
  const then = explainToken({ ...input, now: () => madeAt * 1000 });
  if (then.verdict.cause === undefined || LATE.has(then.verdict.cause)) return explanation;
  request.notes.push(
    'The token has expired by now. It is looked at as of the time it was made; --sent-at names another.',
  );
  return then;
}

function readEntry(given: Arguments): number | undefined {
  const text = given.text('entry');
  if (text === undefined) return undefined;
  const entry = Number(text);
  if (Number.isInteger(entry) && entry > 0) return entry;
  throw badUsage('--entry must be a whole number from 1.');
}

/** A date in any common form, in milliseconds. */
function readDate(given: Arguments, name: string): number | undefined {
  const text = given.text(name);
  if (text === undefined) return undefined;
  const time = Date.parse(text);
  if (!Number.isNaN(time)) return time;
  throw badUsage(`--${name} is no date.`, 'Write it as in 2026-11-24T09:30:00Z.');
}

const CREDENTIALS: ReadonlySet<string> = new Set<CredentialKind>([
  'connect',
  'fit',
  'forge-system',
  'forge-user',
  'oauth',
  'connect-user',
  'api-token',
]);

function inputOf(
  given: Arguments,
  request: SentRequest,
  known: Partial<ExplainInput>,
): ExplainInput {
  const direction = given.text('direction');
  if (direction !== undefined && direction !== 'to-jira' && direction !== 'from-jira') {
    throw badUsage('--direction is to-jira or from-jira.');
  }
  const accept = given.texts('accept').flatMap((kind) => kind.split(','));
  for (const kind of accept) {
    if (kind !== 'request' && kind !== 'context' && kind !== 'forge') {
      throw badUsage('--accept is request, context or forge.');
    }
  }
  const credential = given.text('credential');
  if (credential !== undefined && !CREDENTIALS.has(credential)) {
    throw badUsage(`--credential is one of ${[...CREDENTIALS].join(', ')}.`);
  }
  const appIds = given.texts('app-id');
  const environments = given.texts('environment').map((type) => type.toUpperCase());
  const apiBaseUrl = given.text('api-base-url');
  const sentAt = readDate(given, 'sent-at') ?? request.sentAt;
  readDate(given, 'server-date');
  const serverDate = given.text('server-date') ?? request.serverDate;
  const appKey = given.text('app-key');
  const clientKey = given.text('client-key');
  const baseUrl = given.text('base-url');
  return {
    token: request.credential,
    ...known,
    ...(request.body === undefined ? {} : { body: request.body }),
    ...(serverDate === undefined ? {} : { serverDate }),
    ...(sentAt === undefined ? {} : { now: () => sentAt }),
    ...(appKey === undefined ? {} : { appKey }),
    ...(clientKey === undefined ? {} : { clientKey }),
    ...(baseUrl === undefined ? {} : { baseUrl }),
    ...(direction === undefined ? {} : { direction }),
    ...(accept.length === 0 ? {} : { accept: accept as ('request' | 'context' | 'forge')[] }),
    ...(appIds.length === 0 ? {} : { appId: appIds }),
    ...(environments.length === 0 ? {} : { environments }),
    ...(apiBaseUrl === undefined ? {} : { apiBaseUrl }),
    ...(credential === undefined ? {} : { credential: credential as CredentialKind }),
  };
}

/** Where the token is not to blame, the answer in a HAR may say what is. */
function diagnoseRefusal(
  { status, answerHeaders = [], answerText, credential }: SentRequest,
  {
    url,
    method,
    body,
    appKey,
    clientKey,
    sharedSecret,
    credential: kind,
    apiBaseUrl,
  }: ExplainInput,
  { verdict }: Explanation,
): Diagnosis | undefined {
  if (verdict.cause !== undefined || status === undefined || url === undefined) return undefined;
  const find = (name: string): string | null =>
    answerHeaders.find(([each]) => each.toLowerCase() === name.toLowerCase())?.[1] ?? null;
  return diagnoseAnswer({
    method: method ?? 'GET',
    url: String(url),
    status,
    headers: { get: find },
    authorization: credential.replace(/^Authorization: /, ''),
    ...(answerText === undefined
      ? {}
      : { errorMessages: [answerText.replace(/<[^<>]{0,500}>/g, ' ').slice(0, 2000)] }),
    appKey,
    clientKey,
    sharedSecret,
    body,
    credential: kind,
    apiBaseUrl: apiBaseUrl === undefined ? undefined : String(apiBaseUrl),
  });
}

interface Result {
  given: Arguments;
  terminal: Terminal;
  request: SentRequest;
  input: ExplainInput;
  record: InstallationRecord | undefined;
  explanation: Explanation;
  diagnosis: Diagnosis | undefined;
}

function print(result: Result): void {
  const { given, terminal, request, input, record, explanation, diagnosis } = result;
  const { kind, entry, status, notes } = request;
  const url = input.url === undefined ? undefined : shownUrl(String(input.url));
  if (given.has('json')) {
    printJson(terminal, {
      input: { kind, method: input.method, url, status, entry, notes },
      installation:
        record === undefined
          ? undefined
          : { clientKey: record.clientKey, appKey: record.appKey, siteUrl: record.siteUrl },
      ...explanation,
      diagnosis,
    });
    return;
  }
  const page = createPage(terminal);
  const sent = [input.method?.toUpperCase(), url].filter((part) => part !== undefined).join(' ');
  page.field('Looking at', whatWasGiven(request));
  if (sent !== '') page.field('Request', sent);
  if (record !== undefined) page.field('Installation', `${record.appKey} on ${record.siteUrl}`);
  for (const text of notes) page.field('Note', text, { style: 'yellow' });
  page.blank();
  showChecks(page, explanation);
  page.blank();
  if (diagnosis !== undefined) {
    page.text('Nothing is wrong with the token, as far as it could be checked. The answer says:');
    page.blank();
    showVerdict(page, diagnosis);
  } else showVerdict(page, withOptions(explanation));
  const { canonicalRequest, checks } = explanation;
  const hashFailed = checks.some(
    ({ id, result: outcome }) => id === 'hash' && outcome === 'failed',
  );
  if (canonicalRequest !== undefined && hashFailed) {
    page.blank();
    showCanonicalRequests(page, canonicalRequest);
  }
}

function whatWasGiven({ kind, entry, status }: SentRequest): string {
  const what = {
    curl: 'a curl command',
    har: `request ${entry?.number} of ${entry?.of} of a HAR`,
    http: 'a request',
    text: 'a token',
  }[kind];
  return `${what}${status === undefined ? '' : `, answered with ${status}`}`;
}

/** The names of what is missing are those of the function; here they are options. */
function withOptions({ verdict, checks }: Explanation): Explanation['verdict'] {
  if (verdict.cause !== undefined || verdict.ok) return verdict;
  const missing = [...new Set(checks.flatMap((check) => check.missing ?? []))];
  return missing.length === 0 ? verdict : { ...verdict, fix: `Give also: ${optionsFor(missing)}.` };
}
