import type { InstallationRecord } from '../installations/installation.ts';
import { createJiraClient, type JiraClient } from '../jira/client.ts';
import { diagnoseAs } from '../jira/diagnose.ts';
import type { Arguments } from './arguments.ts';
import {
  CLIENT_KEY_OPTION,
  type CommandDetails,
  type ExitCode,
  JSON_OPTION,
  SITE_OPTION,
  STORE_OPTION,
} from './command.ts';
import { examineClock } from './doctor-clock.ts';
import {
  examineDescriptor,
  partsOf,
  type ReadDescriptor,
  readDescriptor,
  wrongDescriptor,
} from './doctor-descriptor.ts';
import { examineKeyHosts, keyHostsFor } from './doctor-key-host.ts';
import {
  failed,
  failedCall,
  passed,
  STEP_TITLES,
  type Step,
  type StepId,
  skipped,
} from './doctor-step.ts';
import { decrypted, KEYS_OPTIONS } from './encryption-keys.ts';
import { badUsage, CommandFailure } from './failures.ts';
import { readInput, readTextFile } from './files.ts';
import { demandStoreName, withStore } from './open-store.ts';
import { createPage, type Page, printJson } from './page.ts';
import { pickInstallation } from './pick-installation.ts';
import { showVerdict } from './show-explanation.ts';
import { stateOf } from './show-installation.ts';
import type { Terminal } from './terminal.ts';

export const doctor: CommandDetails = {
  usage: '--store STORE [options]',
  about: [
    'Looks at one thing after the other: the stored installation, the descriptor, the clock, the host of the install keys, the simplest signed request, and then your own request. The first that fails is explained.',
    'Your request is sent for real: --method PUT changes the issue. Requests go to the site of the installation, to the key hosts and to the URL of --descriptor, and nowhere else.',
  ],
  options: {
    store: STORE_OPTION,
    ...KEYS_OPTIONS,
    'client-key': CLIENT_KEY_OPTION,
    site: SITE_OPTION,
    descriptor: {
      value: 'FILE|URL',
      text: 'atlassian-connect.json, or where the app serves it.',
    },
    'app-key': { value: 'KEY', text: '`key` of the descriptor, where there is no --descriptor.' },
    'key-host': {
      value: 'URL',
      text: 'A host of install keys. Default: those of Atlassian; for a sandbox its own. May be repeated.',
      multiple: true,
    },
    method: { value: 'METHOD', text: 'GET, POST, PUT or DELETE. Default: GET.' },
    path: {
      value: 'PATH',
      text: 'Your own request, such as /rest/api/3/issue/XX-21?fields=summary.',
    },
    body: { value: 'JSON', text: 'Its body: JSON, @FILE, or - for standard input.' },
    'timeout-seconds': { value: 'N', text: 'How long to wait for each answer. Default: 10.' },
    json: JSON_OPTION,
  },
  examples: [
    { text: 'The app and its site:', line: 'countersign doctor --store sqlite:./app.db' },
    {
      text: 'With a request of your own:',
      line: 'countersign doctor --store sqlite:./app.db --descriptor atlassian-connect.json --method PUT --path \'/rest/api/3/issue/XX-21?overrideScreenSecurity=true\' --body \'{"fields":{"customfield_10042":"Lisbon"}}\'',
    },
  ],
  run: examine,
};

const METHODS = ['GET', 'POST', 'PUT', 'DELETE'] as const;
type Method = (typeof METHODS)[number];

interface UserRequest {
  method: Method;
  path: string;
  body?: unknown;
}

async function examine(given: Arguments, terminal: Terminal): Promise<ExitCode> {
  const timeoutMs = readTimeout(given);
  const request = await readUserRequest(given, terminal);
  const source = given.text('descriptor');
  const page = given.has('json') ? undefined : createPage(terminal);
  const steps: Step[] = [];
  const add = (step: Step): Step => {
    steps.push(step);
    if (page !== undefined) showStep(page, step);
    return step;
  };

  const { step, record } = await findInstallation(given, terminal);
  add(step);
  const { descriptor, unread } = await tryToRead(source, timeoutMs);
  add(unread ?? examineDescriptor(descriptor, given.text('app-key'), record?.appKey));
  const usable = step.result === 'passed' ? record : undefined;
  const siteUrl = usable?.siteUrl;
  const clock = add(
    siteUrl === undefined
      ? without('clock', 'installation')
      : await examineClock(siteUrl, timeoutMs),
  );
  add(await examineKeyHosts(keyHostsFor(given.texts('key-host'), siteUrl), timeoutMs));
  if (usable === undefined) {
    add(without('myself', 'installation'));
    if (request !== undefined) add(without('request', 'installation'));
  } else if (clock.outOfReach) {
    add(skipped('myself', 'The site does not answer.'));
    if (request !== undefined) add(skipped('request', 'The site does not answer.'));
  } else {
    const jira = clientFor(usable, descriptor, timeoutMs);
    const myself = add(await callMyself(jira));
    if (request !== undefined) {
      add(myself.result === 'passed' ? await callOwn(jira, request) : without('request', 'myself'));
    }
  }
  return conclude(steps, usable ?? record, terminal, page);
}

function readTimeout(given: Arguments): number {
  const seconds = Number(given.text('timeout-seconds') ?? 10);
  if (seconds > 0 && seconds <= 600) return seconds * 1000;
  throw badUsage('--timeout-seconds must be a number up to 600.');
}

async function readUserRequest(
  given: Arguments,
  terminal: Terminal,
): Promise<UserRequest | undefined> {
  const path = given.text('path');
  const body = given.text('body');
  if (path === undefined) {
    if (!given.has('method') && body === undefined) return undefined;
    throw badUsage('--method and --body need --path.');
  }
  const method = (given.text('method') ?? (body === undefined ? 'GET' : 'POST')).toUpperCase();
  if (!isMethod(method)) throw badUsage('--method is GET, POST, PUT or DELETE.');
  if (body === undefined) return { method, path };
  if (method === 'GET' || method === 'DELETE') throw badUsage(`A ${method} request has no --body.`);
  const text =
    body === '-'
      ? await readInput(terminal)
      : body.startsWith('@')
        ? readTextFile(body.slice(1), 'The body')
        : body;
  try {
    return { method, path, body: JSON.parse(text) };
  } catch {
    throw badUsage(
      '--body is no JSON.',
      'Put single quotes around it, or give a file: --body @FILE.',
    );
  }
}

function isMethod(method: string): method is Method {
  return (METHODS as readonly string[]).includes(method);
}

async function findInstallation(
  given: Arguments,
  terminal: Terminal,
): Promise<{ step: Step; record?: InstallationRecord }> {
  const id = 'installation';
  try {
    const stored = await withStore(demandStoreName(given, terminal), (open) =>
      pickInstallation(open, given),
    );
    const record = await decrypted(stored, given, terminal);
    const { appKey, siteUrl, status } = record;
    return status === 'uninstalled'
      ? {
          step: failed(
            id,
            diagnoseAs('CS-INSTALLATION-UNINSTALLED', `${appKey} was uninstalled from ${siteUrl}.`),
          ),
          record,
        }
      : { step: passed(id, `${appKey} on ${siteUrl}, ${stateOf(record)}.`), record };
  } catch (error) {
    if (!(error instanceof CommandFailure) || error.exitCode !== 1) throw error;
    const evidence = [error.message, error.hint].filter((part) => part !== undefined).join(' ');
    return { step: failed(id, diagnoseAs('CS-INSTALLATION-UNKNOWN', evidence)) };
  }
}

/** A descriptor that cannot be read fails its own step; the others go on. */
async function tryToRead(
  source: string | undefined,
  timeoutMs: number,
): Promise<{ descriptor?: ReadDescriptor; unread?: Step }> {
  if (source === undefined) return {};
  try {
    return { descriptor: await readDescriptor(source, timeoutMs) };
  } catch (error) {
    if (!(error instanceof CommandFailure)) throw error;
    const verdict = wrongDescriptor(error.message, error.hint ?? 'Check --descriptor.');
    return {
      unread: failed('descriptor', { ...verdict, title: 'The descriptor cannot be read' }, true),
    };
  }
}

function without(id: StepId, needed: StepId): Step {
  return skipped(id, `It needs the step before it: ${lowerFirst(STEP_TITLES[needed])}.`);
}

function lowerFirst(text: string): string {
  return /^[A-Z][a-z]/.test(text) ? (text[0] as string).toLowerCase() + text.slice(1) : text;
}

function clientFor(
  record: InstallationRecord,
  descriptor: ReadDescriptor | undefined,
  timeoutMs: number,
): JiraClient {
  return createJiraClient({
    credentials: record,
    timeoutMs,
    // What fails once is what is to be explained.
    maxTries: 1,
    ...(descriptor === undefined ? {} : { descriptor: partsOf(descriptor) }),
  });
}

async function callMyself(jira: JiraClient): Promise<Step> {
  try {
    const myself = await jira.get<{ displayName?: unknown; accountType?: unknown } | undefined>(
      '/rest/api/3/myself',
    );
    const { displayName = 'somebody', accountType = 'unknown' } = myself ?? {};
    return passed('myself', `As ${String(displayName)} (accountType ${String(accountType)}).`);
  } catch (error) {
    return failedCall('myself', error);
  }
}

async function callOwn(jira: JiraClient, { method, path, body }: UserRequest): Promise<Step> {
  const name = method.toLowerCase() as 'get' | 'post' | 'put' | 'delete';
  try {
    const answer = await jira[name](path, body === undefined ? {} : { body });
    const what =
      answer === undefined ? 'no body' : `${JSON.stringify(answer).length} characters of JSON`;
    return passed('request', `${method} ${path.replace(/[?#].*$/s, '')}: ${what}.`);
  } catch (error) {
    return failedCall('request', error);
  }
}

const RESULTS = {
  passed: { word: 'passed', style: 'green' },
  failed: { word: 'FAILED', style: 'red' },
  skipped: { word: 'skipped', style: 'dim' },
} as const;

function showStep(page: Page, { id, result, detail }: Step): void {
  const { word, style } = RESULTS[result];
  page.field(word, STEP_TITLES[id], { width: 8, style });
  page.field('', detail, { width: 8 });
}

function conclude(
  steps: readonly Step[],
  record: InstallationRecord | undefined,
  terminal: Terminal,
  page: Page | undefined,
): ExitCode {
  const first = steps.find(({ result }) => result === 'failed');
  if (page === undefined) {
    printJson(terminal, {
      ok: first === undefined,
      installation:
        record === undefined
          ? undefined
          : { clientKey: record.clientKey, appKey: record.appKey, siteUrl: record.siteUrl },
      steps: steps.map(({ id, result, detail }) => ({
        id,
        title: STEP_TITLES[id],
        result,
        detail,
      })),
      verdict: first?.verdict,
    });
  } else {
    page.blank();
    if (first?.verdict !== undefined) showVerdict(page, first.verdict);
    else page.heading('All is well with what was looked at.', 'green');
  }
  if (first === undefined) return 0;
  return first.outOfReach ? 3 : 1;
}
