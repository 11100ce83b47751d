import { writeFileSync } from 'node:fs';
import { connectManifest } from '../forge-manifest/connect-manifest.ts';
import type { WrittenManifest } from '../forge-manifest/manifest.ts';
import { manifestText, outcomeText, RESULTS } from '../forge-manifest/manifest-text.ts';
import { nativeManifest } from '../forge-manifest/native-manifest.ts';
import { counted } from './amounts.ts';
import type { Arguments } from './arguments.ts';
import { type CommandDetails, type ExitCode, JSON_OPTION } from './command.ts';
import { readDescriptor } from './doctor-descriptor.ts';
import { badUsage, cannotDo, reasonOf } from './failures.ts';
import { createPage, type Page, printJson } from './page.ts';
import type { Terminal } from './terminal.ts';

/** How long a descriptor may take to come. */
const TIMEOUT_MS = 10_000;

export const forgeManifest: CommandDetails = {
  usage: '(--connect | --native) --descriptor FILE [options]',
  about: [
    'Writes a Forge manifest, manifest.yml, from a Connect descriptor. An app that is on the Marketplace takes two steps: --connect puts the Connect app as it is into a manifest; --native makes its backend a Forge remote. A new app begins with --native --new-app. docs/connect-to-forge.md leads through both.',
    'What became of each module, and what only you can decide, goes to the terminal and stands in the manifest as comments. Check the result with forge lint.',
  ],
  options: {
    descriptor: { value: 'FILE', text: 'atlassian-connect.json, or the URL that serves it.' },
    connect: {
      text: 'The first step, Connect-on-Forge: the modules, scopes and tokens of Connect go on.',
    },
    native: {
      text: 'The second step: modules of Forge, a remote, endpoints, and what keeps tokens fresh.',
    },
    'app-id': {
      value: 'ARI',
      text: 'The id of the app, ari:cloud:ecosystem::app/… Default: a placeholder, which forge register replaces.',
    },
    'remote-url': {
      value: 'URL',
      text: 'Where the backend is reached. Default: baseUrl of the descriptor.',
    },
    tokens: {
      text: 'With --connect: also the events and the hourly call that bring the tokens of Forge (app.forge.keepTokensFresh). --native always has them.',
    },
    'new-app': {
      text: 'With --native: the app has no installations of Connect, so nothing ties it to one.',
    },
    out: { value: 'FILE', text: 'Write the manifest there. Default: standard output.' },
    overwrite: { text: 'Write it also where there is such a file.' },
    json: JSON_OPTION,
  },
  examples: [
    {
      text: 'The first step:',
      line: 'countersign forge manifest --connect --descriptor atlassian-connect.json --out manifest.yml',
    },
    {
      text: 'The second, for an app that serves its descriptor:',
      line: 'countersign forge manifest --native --descriptor https://app.example.com/atlassian-connect.json --out manifest.yml --overwrite',
    },
  ],
  run: writeManifest,
};

async function writeManifest(given: Arguments, terminal: Terminal): Promise<ExitCode> {
  const step = readStep(given);
  const source = given.text('descriptor');
  if (source === undefined) {
    throw badUsage('There is no descriptor.', 'Give --descriptor FILE or URL.');
  }
  const { json: descriptor } = await readDescriptor(source, TIMEOUT_MS);
  const input = {
    descriptor,
    appId: given.text('app-id'),
    remoteUrl: given.text('remote-url'),
  };
  const written =
    step === 'connect'
      ? connectManifest({ ...input, tokens: given.has('tokens') })
      : nativeManifest({ ...input, newApp: given.has('new-app') });
  const text = manifestText(written);
  const file = given.text('out');
  if (file !== undefined) writeOut(file, text, given.has('overwrite'));
  if (given.has('json')) {
    printJson(terminal, {
      step,
      file,
      modules: written.modules,
      decisions: written.decisions,
      manifest: written.manifest,
    });
    return 0;
  }
  if (file === undefined) terminal.output.write(text);
  report(written, file, createPage(terminal, terminal.errors));
  return 0;
}

function readStep(given: Arguments): 'connect' | 'native' {
  const isConnect = given.has('connect');
  if (isConnect === given.has('native')) {
    throw badUsage(
      isConnect ? '--connect and --native are two steps.' : 'Which step is it?',
      'Give --connect for an app that is on the Marketplace, then --native; a new app begins with --native --new-app.',
    );
  }
  if (!isConnect && given.has('tokens')) {
    throw badUsage('--tokens belongs to --connect.', '--native has them always.');
  }
  if (isConnect && given.has('new-app')) {
    throw badUsage(
      '--new-app belongs to --native.',
      'Modules of Connect cannot be added to a new Forge app.',
    );
  }
  return isConnect ? 'connect' : 'native';
}

function writeOut(file: string, text: string, mayOverwrite: boolean): void {
  try {
    writeFileSync(file, text, { flag: mayOverwrite ? 'w' : 'wx' });
  } catch (error) {
    if ((error as { code?: unknown }).code === 'EEXIST') {
      throw cannotDo(
        'There is a file of that name already.',
        'Give another name, and take over what you wrote yourself; or add --overwrite.',
      );
    }
    throw cannotDo(`The manifest cannot be written: ${reasonOf(error)}.`, 'Check the path.');
  }
}

function report(
  { modules, decisions }: WrittenManifest,
  file: string | undefined,
  page: Page,
): void {
  if (file !== undefined) page.text(`Written: ${file}`);
  const written = modules.filter(({ result }) => result === 'carried' || result === 'check');
  page.text(`${written.length} of ${counted(modules.length, 'module')} written.`);
  for (const [result, title] of RESULTS) {
    const those = modules.filter((module) => module.result === result);
    if (those.length === 0) continue;
    page.blank();
    page.heading(title);
    for (const module of those) page.text(outcomeText(module), { indent: 2 });
  }
  if (decisions.length > 0) {
    page.blank();
    page.heading('To be decided');
    for (const { topic, text } of decisions) page.text(`${topic}: ${text}`, { indent: 2 });
  }
  page.blank();
  page.text('Next: forge lint, and docs/connect-to-forge.md.');
}
