#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { parseArgs, styleText } from 'node:util';
import { faultForms, readFaultFlag } from './cli-faults.ts';
import { type InstallPlan, installWhenReady } from './cli-install.ts';
import type { Sandbox } from './sandbox.ts';
import type { FaultRule } from './site/fault-rule.ts';
import type { RequestRecord } from './site/request-log.ts';

const defaultPort = 4400;
const triedPorts = 100;

const help = `countersign-sandbox: a local stand-in for a Jira Cloud site

Usage: countersign-sandbox [options]

  --port <number>     Port on 127.0.0.1. Default ${defaultPort}; the next free one where it is taken.
  --database <file>   Keep the state of the site in this SQLite file. Default: in memory.
  --install <url>     Install the app with this descriptor URL, waiting up to 30 s for it. Repeatable.
  --manifest <file>   Install the Forge app of this manifest.yml. Repeatable.
  --remote-url <url>  Takes the place of every baseUrl of those manifests.
  --latency <ms>      Each answer takes so much longer.
  --fault <what>      Something goes wrong with calls, as in drop-after:3%, 503:5% or slow=2000. Repeatable.
  --rate-limits       Jira's published rate limits. Settings of all these: the page /_sandbox/settings.
  --webhook-minute <ms>  How long a minute lasts between the tries of a webhook. Default 60000.
  --json              One line of JSON for each event, for other programs.
  --quiet             Print no line for each request.
  --version           Print the version.
  --help              Print this.
`;

/** A mistake in the arguments. */
class UsageError extends Error {}

interface Settings {
  port: number;
  database: string;
  install: string[];
  manifests: string[];
  remoteUrl?: string;
  latencyMs: number;
  faults: FaultRule[];
  rateLimits: boolean;
  webhookMinuteMs: number;
  json: boolean;
  quiet: boolean;
}

function readArguments(args: string[]): Settings | 'help' | 'version' {
  let values: ReturnType<typeof parse>['values'];
  try {
    ({ values } = parse(args));
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
  if (values.help) return 'help';
  if (values.version) return 'version';
  const port = values.port === undefined ? defaultPort : Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65535) {
    throw new UsageError(`--port must be a number from 0 to 65535, not "${values.port}"`);
  }
  for (const url of values.install ?? []) {
    if (!URL.canParse(url)) throw new UsageError(`--install must be a URL, not "${url}"`);
  }
  const remoteUrl = values['remote-url'];
  if (remoteUrl !== undefined && !URL.canParse(remoteUrl)) {
    throw new UsageError(`--remote-url must be a URL, not "${remoteUrl}"`);
  }
  const latencyMs = Number(values.latency ?? 0);
  if (!(latencyMs >= 0 && latencyMs <= 600_000)) {
    throw new UsageError(
      `--latency must be a number from 0 to 600000 (ms), not "${values.latency}"`,
    );
  }
  const webhookMinuteMs = Number(values['webhook-minute'] ?? 60_000);
  if (!(webhookMinuteMs > 0 && webhookMinuteMs <= 600_000)) {
    throw new UsageError(
      `--webhook-minute must be a number above 0, up to 600000 (ms), not "${values['webhook-minute']}"`,
    );
  }
  return {
    port,
    database: values.database ?? ':memory:',
    install: values.install ?? [],
    manifests: values.manifest ?? [],
    ...(remoteUrl === undefined ? {} : { remoteUrl }),
    latencyMs,
    faults: (values.fault ?? []).map(readFault),
    rateLimits: values['rate-limits'] ?? false,
    webhookMinuteMs,
    json: values.json ?? false,
    quiet: values.quiet ?? false,
  };
}

function readFault(text: string): FaultRule {
  try {
    return readFaultFlag(text);
  } catch {
    throw new UsageError(`--fault must be one of ${faultForms}; not "${text}"`);
  }
}

function parse(args: string[]) {
  return parseArgs({
    args,
    options: {
      port: { type: 'string' },
      database: { type: 'string' },
      install: { type: 'string', multiple: true },
      manifest: { type: 'string', multiple: true },
      'remote-url': { type: 'string' },
      latency: { type: 'string' },
      fault: { type: 'string', multiple: true },
      'rate-limits': { type: 'boolean' },
      'webhook-minute': { type: 'string' },
      json: { type: 'boolean' },
      quiet: { type: 'boolean' },
      version: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  });
}

async function startOnFreePort(settings: Settings): Promise<Sandbox> {
  const { port, database, webhookMinuteMs } = settings;
  // Only now: help and mistakes need no site, and are told at once.
  const { startSandbox } = await import('./sandbox.ts');
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await startSandbox({
        ...{ database, webhookMinuteMs },
        port: port === 0 ? 0 : port + attempt,
      });
    } catch (error) {
      const taken = (error as NodeJS.ErrnoException).code === 'EADDRINUSE';
      if (!taken || attempt === triedPorts || port + attempt === 65535) throw error;
    }
  }
}

/** What the command prints: for people, or one JSON object a line. */
interface Output {
  event(name: string, details: Record<string, unknown>, text?: string): void;
  problem(name: string, details: Record<string, unknown>, text: string): void;
}

function createOutput(json: boolean): Output {
  const write = (name: string, details: Record<string, unknown>): void => {
    process.stdout.write(`${JSON.stringify({ event: name, ...details })}\n`);
  };
  if (json) return { event: write, problem: write };
  return {
    event: (_, __, text) => {
      if (text !== undefined) process.stdout.write(`${text}\n`);
    },
    problem: (_, __, text) => void process.stderr.write(`${paint('red', text, process.stderr)}\n`),
  };
}

type Color = 'red' | 'green' | 'yellow' | 'bold' | 'dim';

/** Colour on a terminal only; styleText minds NO_COLOR. */
function paint(color: Color, text: string, stream: NodeJS.WriteStream = process.stdout): string {
  return styleText(color, text, { stream });
}

function welcome(sandbox: Sandbox, settings: Settings): string {
  const { port } = new URL(sandbox.url);
  const moved =
    settings.port !== 0 && Number(port) !== settings.port
      ? `Port ${settings.port} is taken, so this is port ${port}.\n`
      : '';
  const kept =
    settings.database === ':memory:'
      ? 'in memory: it is gone when this process ends (--database <file> keeps it)'
      : settings.database;
  const [admin] = sandbox.people;
  return `${moved}${paint('bold', `A Jira site for you alone: ${sandbox.url}`)}

  Open it       ${sandbox.url} shows issues, apps and why a request was refused.
  State         ${kept}
  Your app      createApp({ …, allowedSites: ['${sandbox.url}'], installKeyHosts: ['${sandbox.installKeysUrl}'], jira: { authorizationServerUrl: '${sandbox.authorizationServerUrl}' } })
                createApp({ …, forge: { appId, keySetUrl: '${sandbox.forge.keySetUrl}', gatewayUrls: ['${sandbox.url}'], graphqlUrl: '${sandbox.forge.graphqlUrl}' } })
  Install it    on the page above, with --install <descriptor URL>, or:
                curl -X POST ${sandbox.url}/_sandbox/api/apps -H 'content-type: application/json' -d '{"descriptorUrl":"http://localhost:3000/atlassian-connect.json"}'
  As a person   curl -u ${admin?.emailAddress}:${sandbox.apiToken} ${sandbox.url}/rest/api/3/myself
  Stop          Ctrl+C
`;
}

/** A request log line: method, path, status, verdict. */
function describeRequest(record: RequestRecord): string {
  const failed = record.status === 0 || record.status >= 400;
  const status = paint(failed ? 'red' : 'green', String(record.status).padEnd(3));
  const arrow = record.direction === 'callback' ? '→' : '←';
  const where = record.direction === 'callback' ? `${record.appKey} ${record.path}` : record.path;
  return `${paint('dim', arrow)} ${status} ${record.method.padEnd(6)} ${where}  ${paint('dim', record.verdict.reason)}`;
}

async function run(args: string[]): Promise<void> {
  const settings = readArguments(args);
  if (settings === 'help') return void process.stdout.write(help);
  if (settings === 'version') return void process.stdout.write(`${readVersion()}\n`);

  const output = createOutput(settings.json);
  const stopping = new AbortController();
  const sandbox = await startOnFreePort(settings);
  const stop = (): void => {
    stopping.abort();
    void sandbox.close().then(() => process.exit(0));
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);

  sandbox.faults.setLatency({ ms: settings.latencyMs });
  for (const fault of settings.faults) sandbox.faults.add(fault);
  if (settings.rateLimits) {
    sandbox.rateLimits.set({ burst: true, issueWrites: true, points: true });
  }

  const { url, installKeysUrl, authorizationServerUrl, clientKey } = sandbox;
  if (!settings.quiet) {
    for (const event of ['request', 'callback'] as const) {
      sandbox.on(event, (record) => output.event(event, { ...record }, describeRequest(record)));
    }
  }
  const { keySetUrl, gatewayUrl, graphqlUrl, cloudId } = sandbox.forge;
  const forge = { keySetUrl, gatewayUrl, graphqlUrl, cloudId };
  output.event(
    'ready',
    { url, installKeysUrl, authorizationServerUrl, clientKey, forge },
    welcome(sandbox, settings),
  );
  for (const descriptorUrl of settings.install) {
    if (stopping.signal.aborted) return;
    await install({ sandbox, descriptorUrl, signal: stopping.signal }, output);
  }
  for (const file of settings.manifests) {
    if (stopping.signal.aborted) return;
    await installManifest(sandbox, file, settings.remoteUrl, output);
  }
}

/** What the remote answers to its installed event is a line of its own: on Forge it stops nothing. */
async function installManifest(
  sandbox: Sandbox,
  file: string,
  remoteUrl: string | undefined,
  output: Output,
): Promise<void> {
  try {
    const options = remoteUrl === undefined ? {} : { remoteUrl };
    const app = await sandbox.forge.install(readFileSync(file, 'utf8'), options);
    const text = `Installed ${app.name} (${app.appId}) on Forge: installation ${app.installationId}.`;
    output.event('installed', { app }, text);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    output.problem(
      'install-failed',
      { manifest: file, message },
      `Could not install ${file}: ${message}`,
    );
  }
}

async function install(plan: InstallPlan, output: Output): Promise<void> {
  const { descriptorUrl, signal } = plan;
  try {
    const { app, installed } = await installWhenReady(plan);
    const text = installed
      ? `Installed ${app.name} (${app.key}).`
      : `${app.name} (${app.key}) is installed already, and nothing has changed.`;
    output.event(installed ? 'installed' : 'already-installed', { app }, text);
  } catch (error) {
    if (signal.aborted) return;
    const message = error instanceof Error ? error.message : String(error);
    const text = `Could not install ${descriptorUrl}: ${message}`;
    output.problem('install-failed', { descriptorUrl, message }, text);
  }
}

function readVersion(): string {
  const file = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(file) as { version: string }).version;
}

try {
  await run(process.argv.slice(2));
} catch (error) {
  const message = error instanceof Error ? error.message : String(error);
  const usage = error instanceof UsageError;
  const more = usage ? '\nSee countersign-sandbox --help.' : '';
  process.stderr.write(`countersign-sandbox: ${message}${more}\n`);
  process.exitCode = usage ? 2 : 1;
}
