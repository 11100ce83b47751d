import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { siteClient } from 'countersign/jira';
import { type Sandbox, startSandbox } from 'countersign-sandbox';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { recordChange } from '../examples/change-log/src/changes.ts';
import { readEnvironment } from '../examples/change-log/src/environment.ts';
import {
  type PostgresServer,
  startPostgres,
} from '../packages/countersign/test/installations/servers/postgres.ts';
import { type BuiltApp, buildExample, startBuilt } from './deploy/built-app.ts';
import { problemsOf } from './deploy/dockerfile-rules.ts';
import {
  deployments,
  example,
  imageSays,
  kubernetes,
  readExample,
  readYaml,
} from './deploy/hosts.ts';
import { parseToml } from './deploy/toml.ts';

const LIMIT_BYTES = 80e6;
const HEALTH_PATHS = ['/health/live', '/health/ready'];
const KEY = 'change-log';

describe('the Dockerfile', () => {
  const dockerfile = readExample('Dockerfile');

  test('has no finding of the linter, and keeps to the rules', () => {
    expect(problemsOf(dockerfile)).toEqual([]);
  });

  test.each([
    ['runs as root', /^USER .*$/m, '', 'root'],
    ['runs as a user by name', /^USER .*$/m, 'USER node', 'numbered USER'],
    ['takes any version', /node:24-slim$/m, 'node:latest', 'no version'],
    ['starts through a shell', /^CMD .*$/m, 'CMD node src/main.ts', 'through a shell'],
    ['holds a secret', /^USER/m, 'ENV DATABASE_URL=postgres://u:p@h/d\nUSER', 'may hold a secret'],
    ['fetches', /^USER/m, 'ADD https://example.com/x.tgz .\nUSER', 'ADD fetches'],
    ['runs scripts of packages', / --ignore-scripts/, '', 'without --ignore-scripts'],
    ['resolves versions anew', / ci /, ' install ', 'without ci'],
    ['brings development along', / --omit=dev/, '', 'without --omit=dev'],
    ['copies the whole folder', / --from=build/, '', 'from the folder itself'],
    ['has two commands', /^CMD/m, 'CMD ["node"]\nCMD', 'line'],
  ])('one that %s is found', (_, from, to, problem) => {
    const changed = dockerfile.replace(from, to);
    expect(changed).not.toBe(dockerfile);
    expect(problemsOf(changed).join('\n')).toContain(problem);
  });
});

describe('what the hosts are told', () => {
  const read = new Set(
    [...readExample('src/environment.ts').matchAll(/\benv\.([A-Z_]+)/g)].map(([, name]) => name),
  );
  const image = imageSays();
  const drainMs = Number(
    /graceMs: ([\d_]+)/.exec(readExample('src/main.ts'))?.[1]?.replaceAll('_', ''),
  );

  describe.each(deployments())('$host', (deployment) => {
    test('sets every variable that production needs, and none that the app does not read', () => {
      expect(deployment.variables).toEqual(
        expect.arrayContaining(['APP_URL', 'COUNTERSIGN_ENCRYPTION_KEYS', 'DATABASE_URL']),
      );
      // PGSSLMODE is read by pg itself.
      const known = [...read, 'PGSSLMODE'];
      for (const name of deployment.variables) expect(known).toContain(name);
    });

    test('lets a drain end, with two seconds to spare', () => {
      expect(deployment.graceSeconds).toBeGreaterThanOrEqual(drainMs / 1000 + 2);
    });

    test('reaches the app where it listens', () => {
      const app = JSON.parse(readExample('app.json'));
      // Without a port the host sets PORT.
      if (deployment.port !== undefined) expect(deployment.port).toBe(image.port);
      else expect(read).toContain('PORT');
      const host = deployment.command === undefined ? image.env.HOST : app.env.HOST.value;
      expect(host).toBe('0.0.0.0');
    });
  });

  test('the paths of health are those that the app answers', () => {
    const asked = deployments().flatMap(({ healthPaths }) => healthPaths);
    expect(new Set(asked)).toEqual(new Set(HEALTH_PATHS));
    expect(readExample('Dockerfile')).toContain("+ '/health/live')");
  });

  test('Heroku starts the app as the image does', () => {
    const [heroku] = deployments().filter(({ command }) => command !== undefined);
    expect(heroku?.command).toEqual(image.command);
  });

  test('one Node everywhere', () => {
    const { engines } = JSON.parse(readExample('package.json'));
    const major = /^FROM node:(\d+)-/m.exec(readExample('Dockerfile'))?.[1];
    expect(engines.node).toBe(`${major}.x`);
    expect(process.versions.node.split('.')[0]).toBe(major);
  });

  test('compose keeps the data of Postgres, waits for it, and has secrets from .env alone', () => {
    const { services, volumes } = readYaml('compose.yaml');
    const { app, postgres } = services;
    // Of version 18 and later: https://github.com/docker-library/docs/pull/2582
    const [, major] = /^postgres:(\d+)$/.exec(postgres.image) ?? [];
    expect(Number(major)).toBeGreaterThanOrEqual(18);
    const [volume, place] = postgres.volumes[0].split(':');
    expect(place).toBe('/var/lib/postgresql');
    expect(volumes).toHaveProperty(volume);
    expect(app.depends_on.postgres.condition).toBe('service_healthy');
    expect(postgres.healthcheck.test).toContain(postgres.environment.POSTGRES_USER);
    const url = new URL(app.environment.DATABASE_URL.replace(/\$\{[^}]*\}/, 'password'));
    expect({ user: url.username, host: url.hostname, database: url.pathname }).toEqual({
      user: postgres.environment.POSTGRES_USER,
      host: 'postgres',
      database: `/${postgres.environment.POSTGRES_DB}`,
    });
    // As many ports as processes.
    const [, first, last] = /127\.0\.0\.1:(\d+)-(\d+):/.exec(app.ports[0]) ?? [];
    expect(Number(last) - Number(first) + 1).toBe(app.deploy.replicas);

    const text = readExample('compose.yaml');
    const demanded = [...text.matchAll(/\$\{(\w+):\?/g)].map(([, name]) => name);
    const offered = [...readExample('.env.example').matchAll(/^(\w+)=/gm)].map(([, name]) => name);
    expect(new Set(offered)).toEqual(new Set(demanded));
    expect(text.match(/\$\{/g)).toHaveLength(demanded.length);
    expect(readExample('.gitignore').split('\n')).toEqual(
      expect.arrayContaining(['.env', 'k8s/secret.yaml']),
    );
  });

  test('Kubernetes runs it without root and without writing, and finds it by one label', () => {
    const { Deployment, Service, PodDisruptionBudget, Secret, Kustomization } = kubernetes();
    const { spec: pod, metadata } = Deployment.spec.template;
    const [container] = pod.containers;
    const { securityContext: user } = pod;
    expect(`${user.runAsUser}:${user.runAsGroup}`).toBe(image.user);
    expect(user.runAsNonRoot).toBe(true);
    expect(container.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    for (const { spec } of [Deployment, PodDisruptionBudget]) {
      expect(metadata.labels).toMatchObject(spec.selector.matchLabels);
    }
    expect(metadata.labels).toMatchObject(Service.spec.selector);
    expect(Service.spec.ports[0].targetPort).toBe(container.ports[0].name);
    expect(container.envFrom[0].secretRef.name).toBe(Secret.metadata.name);
    expect(PodDisruptionBudget.spec.maxUnavailable).toBeLessThan(Deployment.spec.replicas);
    expect(container.resources.requests.memory).toBeDefined();
    expect(container.resources.limits.memory).toBeDefined();
    // Life does not hang on the database, readiness does.
    expect(container.livenessProbe.httpGet.path).toBe('/health/live');
    expect(container.readinessProbe.httpGet.path).toBe('/health/ready');
    const files = readdirSync(`${example}/k8s`).filter((file) => !/^(kustom|secret)/.test(file));
    expect(Kustomization.resources.toSorted()).toEqual(files.toSorted());
    expect(Kustomization.images[0].name).toBe(container.image);
  });

  test('Fly serves the app at its URL', () => {
    const { app, env } = parseToml(readExample('fly.toml'));
    expect(env).toEqual({ APP_URL: `https://${app}.fly.dev` });
  });

  test('Render gives the database that it makes', () => {
    const { services, databases } = readYaml('render.yaml');
    const { fromDatabase } = services[0].envVars.find(
      ({ key }: { key: string }) => key === 'DATABASE_URL',
    );
    expect(fromDatabase).toEqual({ name: databases[0].name, property: 'connectionString' });
  });
});

test('a webhook that is handled twice counts once, and the log keeps what Jira takes', async () => {
  const site = await newSite();
  const jira = siteClient({ site: site.url, email: 'admin@example.com', apiToken: site.apiToken });
  const { id } = await jira.get<{ id: string }>('/rest/api/3/issue/XX-21');
  const handle = (idempotencyKey: string, items: object[]) =>
    recordChange({
      event: { issue: { id }, idempotencyKey, receivedAt: 0, payload: { changelog: { items } } },
      jira,
      signal: AbortSignal.timeout(10_000),
      log: { info: () => undefined },
    } as unknown as Parameters<typeof recordChange>[0]);

  await handle('one', [{ field: 'summary', fromString: null, toString: 'Once' }]);
  await handle('one', [{ field: 'summary', fromString: null, toString: 'Once' }]);
  await handle('none', []);
  expect(await changes(site)).toHaveLength(1);

  const long = '„'.repeat(500);
  const items = Array.from({ length: 100 }, () => ({
    field: long,
    fromString: long,
    toString: long,
  }));
  for (let more = 0; more < 22; more++) await handle(`more-${more}`, items);
  const kept = await changes(site);
  expect(kept.length).toBeGreaterThan(1);
  expect(kept.length).toBeLessThanOrEqual(20);
  expect(kept.at(-1)).toMatchObject({ id: 'more-21' });
});

describe('built by the steps of its Dockerfile', () => {
  let built: BuiltApp;
  let database: PostgresServer;
  beforeAll(async () => {
    [built, database] = await Promise.all([buildExample(), startPostgres()]);
  });
  afterAll(async () => {
    built?.remove();
    await database?.stop();
  });

  test('it is under 80 MB of node_modules and app', () => {
    expect(built.bytes).toBeLessThan(LIMIT_BYTES);
    expect(built.bytes).toBeGreaterThan(1e6);
  });

  test('it holds what runs, and nothing of the folder beside it', () => {
    const app = join(built.image.root, built.image.workingDirectory);
    expect(readdirSync(app).toSorted()).toEqual([
      'atlassian-connect.json',
      'node_modules',
      'package-lock.json',
      'package.json',
      'src',
    ]);
    const files = readdirSync(app, { recursive: true, encoding: 'utf8' });
    expect(files.filter((file) => /\.d\.[cm]?ts$|\.map$/.test(file))).toEqual([]);
    expect(files.filter((file) => /typescript|vitest|biome/.test(file))).toEqual([]);
  });

  test('two processes on one Postgres: webhooks are recorded, health is told, SIGTERM drains', async () => {
    const site = await newSite();
    const url = await database.createDatabase();
    const keys = randomBytes(32).toString('base64');
    const host = { DATABASE_URL: url, COUNTERSIGN_ENCRYPTION_KEYS: keys };
    // They make the tables at the same moment.
    const [first, second] = await Promise.all([
      startBuilt(built, site, host),
      startBuilt(built, site, host),
    ]);
    await site.install(`${first.url}/atlassian-connect.json`);
    for (const path of HEALTH_PATHS) {
      for (const { url: app } of [first, second]) {
        const answer = await fetch(`${app}${path}`);
        expect([answer.status, await answer.json()]).toEqual([
          200,
          expect.objectContaining({ status: 'ok' }),
        ]);
      }
    }
    expect(await runHealthCheck(built, new URL(first.url).port)).toBe(0);

    await rename(site, 'Find it quickly');
    await rename(site, 'Find it today');
    await vi.waitFor(async () => {
      expect((await changes(site)).map(({ fields }) => fields[0]?.to)).toEqual([
        'Find it quickly',
        'Find it today',
      ]);
    }, 10_000);
    const page = await fetch(
      site.pageUrl('change-log', '/changes?issueKey={issue.key}', { issueKey: 'XX-21' }),
    );
    expect(await page.text()).toContain('<ins>Find it today</ins>');
    expect(memoryPeak(first.app.child.pid)).toBeLessThan(kubernetesMemory());

    // The handler is in the middle of its work when the signal comes.
    site.faults.add({
      kind: 'slow',
      method: 'PUT',
      path: '/rest/api/3/issue/*/properties/*',
      delayMs: 700,
    });
    await second.app.end('SIGTERM');
    await rename(site, 'Find it now');
    await vi.waitFor(() => expect(site.traffic.counts.inFlight).toBe(1), 10_000);
    const startedAt = Date.now();
    expect(await first.app.end(built.image.stopSignal as NodeJS.Signals), first.app.output).toBe(0);
    expect(Date.now() - startedAt).toBeLessThan(25_000);
    expect((await changes(site)).at(-1)?.fields[0]?.to).toBe('Find it now');
    expect(await runHealthCheck(built, new URL(first.url).port)).toBe(1);

    expect(second.app.child.exitCode).toBe(0);
    for (const { app } of [first, second]) {
      const lines = app.output.trim().split('\n');
      for (const line of lines) expect(JSON.parse(line)).toHaveProperty('level');
      expect(app.output).not.toContain(keys);
      expect(app.output).not.toContain(new URL(url).password);
    }
  });

  test('one process on a file: webhooks are recorded without a queue', async () => {
    const site = await newSite();
    const { url, app } = await startBuilt(built, site, { DATABASE: join(built.scratch, 'one.db') });
    await site.install(`${url}/atlassian-connect.json`);
    await rename(site, 'Find it alone');
    await vi.waitFor(async () => {
      expect((await changes(site)).at(-1)?.fields[0]?.to).toBe('Find it alone');
    }, 10_000);
    expect(await app.end('SIGTERM'), app.output).toBe(0);
  });

  test('without a database it does not start, and says so', async () => {
    const site = await newSite();
    await expect(startBuilt(built, site, {})).rejects.toThrow('Set DATABASE_URL');
  });
});

test.each(['APP_URL', 'DATABASE_URL', 'COUNTERSIGN_ENCRYPTION_KEYS'])(
  'production needs %s, and development does not',
  (name) => {
    const all = {
      NODE_ENV: 'production',
      APP_URL: 'https://app.example.com',
      DATABASE_URL: 'postgres://database',
      COUNTERSIGN_ENCRYPTION_KEYS: 'a key',
    };
    expect(readEnvironment(all)).toMatchObject({ databaseUrl: 'postgres://database' });
    expect(() => readEnvironment({ ...all, [name]: '' })).toThrow(`Set ${name} to`);
    expect(readEnvironment({})).toMatchObject({ appUrl: 'http://127.0.0.1:3000' });
  },
);

async function newSite(): Promise<Sandbox> {
  const site = await startSandbox();
  onTestFinished(() => site.close());
  return site;
}

/** As a person does. */
async function rename(site: Sandbox, summary: string): Promise<void> {
  const answer = await asAdmin(site, '', { method: 'PUT', body: { fields: { summary } } });
  expect(answer.status).toBe(204);
}

async function changes(site: Sandbox): Promise<{ fields: { to: string }[] }[]> {
  const answer = await asAdmin(site, `/properties/${KEY}`);
  return answer.ok ? ((await answer.json()) as { value: never }).value : [];
}

function asAdmin(
  site: Sandbox,
  path: string,
  { method = 'GET', body }: { method?: string; body?: object } = {},
): Promise<Response> {
  const credentials = Buffer.from(`admin@example.com:${site.apiToken}`).toString('base64');
  return fetch(`${site.url}/rest/api/3/issue/XX-21${path}`, {
    method,
    headers: { authorization: `Basic ${credentials}`, 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  });
}

/** The image's own, as Docker runs it. */
async function runHealthCheck({ image }: BuiltApp, port: string): Promise<number | null> {
  const [command, ...args] = image.healthCommand;
  const check = spawn(command as string, args, {
    env: { PATH: `${dirname(process.execPath)}${delimiter}${process.env.PATH}`, PORT: port },
    stdio: 'ignore',
  });
  const [exitCode] = await once(check, 'exit');
  return exitCode;
}

/** The most that a process has taken so far, in bytes. */
function memoryPeak(pid: number | undefined): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
}

/** What the Deployment asks for. */
function kubernetesMemory(): number {
  const [container] = kubernetes().Deployment.spec.template.spec.containers;
  return Number(/^(\d+)Mi$/.exec(container.resources.requests.memory)?.[1]) * 2 ** 20;
}
