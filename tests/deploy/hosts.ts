import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { root } from '../processes.ts';
import { execForm, pairs, parseDockerfile } from './dockerfile.ts';
import { parseToml, type Table } from './toml.ts';

/** The example that all of this is about. */
export const example: string = `${root}examples/change-log`;

/** What one way of deploying says of the app. */
export interface Deployment {
  readonly host: string;
  /** The variables that it sets, or makes whoever deploys set. */
  readonly variables: readonly string[];
  /** How long the app has between SIGTERM and its end, in seconds. */
  readonly graceSeconds: number;
  /** The port that it reaches the app at; undefined where it tells the app by PORT. */
  readonly port: number | undefined;
  /** The paths that it asks. */
  readonly healthPaths: readonly string[];
  /** The command, where it starts the app without the image. */
  readonly command?: readonly string[];
}

export function readExample(file: string): string {
  return readFileSync(`${example}/${file}`, 'utf8');
}

// biome-ignore lint/suspicious/noExplicitAny: the shape of a file is what the tests are about.
type Loose = any;

export function readYaml(file: string): Loose {
  return parse(readExample(file));
}

/** The manifests of k8s/ by their kind. */
export function kubernetes(): Record<string, Loose> {
  const files = readdirSync(`${example}/k8s`);
  return Object.fromEntries(
    files.map((file) => {
      const manifest = readYaml(`k8s/${file}`);
      return [manifest.kind, manifest];
    }),
  );
}

export function deployments(): Deployment[] {
  return [compose(), fly(), render(), heroku(), kubernetesDeployment()];
}

/** What the image says by itself. */
export function imageSays(): {
  port: number;
  user: string;
  env: Record<string, string>;
  command: string[];
} {
  const instructions = parseDockerfile(readExample('Dockerfile')).at(-1)?.instructions ?? [];
  const textOf = (wanted: string) => instructions.find(({ name }) => name === wanted)?.text ?? '';
  return {
    port: Number(textOf('EXPOSE')),
    user: textOf('USER'),
    env: pairs(textOf('ENV')),
    command: execForm(textOf('CMD')) ?? [],
  };
}

function compose(): Deployment {
  const { app } = readYaml('compose.yaml').services;
  return {
    host: 'compose.yaml',
    variables: Object.keys(app.environment),
    graceSeconds: seconds(app.stop_grace_period),
    port: Number(app.ports[0].split(':').at(-1)),
    healthPaths: [], // it asks what the image says
  };
}

function fly(): Deployment {
  const text = readExample('fly.toml');
  const toml = parseToml(text) as Record<string, Loose>;
  const checks = toml.http_service.checks as Table[];
  // Secrets are no part of the file; its first line has the command that sets them.
  const secrets = [...(text.split('\n')[0] ?? '').matchAll(/\b([A-Z_]+)=/g)].map(
    ([, name]) => name,
  );
  return {
    host: 'fly.toml',
    variables: [...Object.keys(toml.env), ...(secrets as string[])],
    graceSeconds: toml.kill_signal === 'SIGTERM' ? toml.kill_timeout : 0,
    port: toml.http_service.internal_port,
    healthPaths: checks.map(({ path }) => String(path)),
  };
}

function render(): Deployment {
  const [service] = readYaml('render.yaml').services;
  return {
    host: 'render.yaml',
    variables: service.envVars.map(({ key }: { key: string }) => key),
    graceSeconds: service.maxShutdownDelaySeconds,
    port: undefined,
    healthPaths: [service.healthCheckPath],
  };
}

function heroku(): Deployment {
  const { env, addons } = JSON.parse(readExample('app.json'));
  const isGiven = addons.some(({ plan }: Loose) => plan.startsWith('heroku-postgresql:'));
  return {
    host: 'Procfile and app.json',
    variables: [...Object.keys(env), ...(isGiven ? ['DATABASE_URL'] : [])],
    graceSeconds: 30, // https://devcenter.heroku.com/articles/dyno-shutdown-behavior
    port: undefined,
    healthPaths: [],
    command: readExample('Procfile')
      .trim()
      .replace(/^web: /, '')
      .split(' '),
  };
}

function kubernetesDeployment(): Deployment {
  const { Deployment: deployment, Secret } = kubernetes();
  const pod = deployment.spec.template.spec;
  const [container] = pod.containers;
  const [port] = container.ports;
  const probes = ['startupProbe', 'livenessProbe', 'readinessProbe'].map(
    (probe) => container[probe].httpGet,
  );
  const byName = probes.every((probe) => probe.port === port.name);
  const [sleep, pause] = container.lifecycle.preStop.exec.command;
  return {
    host: 'k8s',
    variables: [
      ...container.env.map(({ name }: { name: string }) => name),
      ...Object.keys(Secret.stringData),
    ],
    graceSeconds: pod.terminationGracePeriodSeconds - (sleep === 'sleep' ? Number(pause) : NaN),
    port: byName ? port.containerPort : undefined,
    healthPaths: probes.map(({ path }) => path),
  };
}

function seconds(text: string): number {
  return Number(/^(\d+)s$/.exec(text)?.[1]);
}
