import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { checkDescriptor } from '../connect/descriptor/check.ts';
import type { DescriptorProblem } from '../connect/descriptor/problem.ts';
import { isCountersignError } from '../errors.ts';
import { counted } from './amounts.ts';
import type { Arguments } from './arguments.ts';
import { type CommandDetails, type ExitCode, JSON_OPTION } from './command.ts';
import { readDescriptor } from './doctor-descriptor.ts';
import { cannotDo, reasonOf } from './failures.ts';
import { isFile } from './files.ts';
import { createPage, printJson } from './page.ts';
import type { Terminal } from './terminal.ts';

/** How long a descriptor may take to come. */
const TIMEOUT_MS = 10_000;

const DEFAULT_FILE = 'atlassian-connect.json';

export const descriptorCheck: CommandDetails = {
  usage: '[options] [FILE]',
  about: [
    'FILE is a descriptor as JSON, the URL that serves it, or a module (.js, .mjs, .ts, .mts) whose default export, or export `descriptor`, is one, as defineDescriptor makes it. A module is run to read it. Default: atlassian-connect.json.',
    'An error keeps createApp from starting, or Jira from installing the app. A warning may be a mistake, or something that is not known here. Each is named by its path. Nobody is asked but a URL that you give.',
  ],
  options: {
    'app-url': {
      value: 'URL',
      text: 'Where Jira reaches the app: stands for {{appUrl}}, and is compared with baseUrl. Default: baseUrl.',
    },
    json: JSON_OPTION,
  },
  examples: [
    { text: 'The file in this folder:', line: 'countersign descriptor check' },
    {
      text: 'What an app serves:',
      line: 'countersign descriptor check https://app.example.com/atlassian-connect.json',
    },
  ],
  argument: 'FILE',
  run: check,
};

async function check(given: Arguments, terminal: Terminal): Promise<ExitCode> {
  const source = given.argument ?? DEFAULT_FILE;
  const appUrl = given.text('app-url');
  const descriptor = await read(source);
  const problems = problemsOf(descriptor, appUrl);
  const errors = problems.filter(({ severity }) => severity === 'error');
  if (given.has('json')) printJson(terminal, { source, problems });
  else show(problems, terminal);
  return errors.length === 0 ? 0 : 1;
}

function problemsOf(descriptor: unknown, appUrl: string | undefined): DescriptorProblem[] {
  try {
    return checkDescriptor(descriptor as object, appUrl === undefined ? {} : { appUrl });
  } catch (error) {
    if (isCountersignError(error)) throw error;
    throw cannotDo(`The function that makes the descriptor failed: ${reasonOf(error)}.`);
  }
}

function show(problems: readonly DescriptorProblem[], terminal: Terminal): void {
  const page = createPage(terminal);
  if (problems.length === 0) {
    page.text('Nothing wrong was found.');
    return;
  }
  for (const { severity, path, message } of problems) {
    page.field(severity, `${path}: ${message}`, {
      width: 8,
      style: severity === 'error' ? 'red' : 'yellow',
    });
  }
  const errors = problems.filter(({ severity }) => severity === 'error').length;
  page.blank();
  page.text(`${counted(errors, 'error')}, ${counted(problems.length - errors, 'warning')}.`);
}

async function read(source: string): Promise<unknown> {
  if (!/\.m?[jt]s$/i.test(source) || /^https?:\/\//i.test(source)) {
    return (await readDescriptor(source, TIMEOUT_MS)).json;
  }
  if (!isFile(source)) throw cannotDo('The descriptor cannot be read: there is no such file.');
  const exported = await load(source);
  const descriptor = exported.default ?? exported.descriptor;
  if (descriptor !== undefined) return descriptor;
  throw cannotDo(
    'The module exports no descriptor.',
    'Make it the default export: export default defineDescriptor({ … }).',
  );
}

async function load(file: string): Promise<Record<string, unknown>> {
  try {
    return await import(pathToFileURL(resolve(file)).href);
  } catch (error) {
    // A mistake in the options of defineDescriptor says best what it is.
    if (isCountersignError(error)) throw error;
    throw cannotDo(
      `The module cannot be run: ${reasonOf(error)}.`,
      'Run it with node, to see why. Node reads .ts since 22.18.',
    );
  }
}
