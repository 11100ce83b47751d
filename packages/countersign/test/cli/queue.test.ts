/** `countersign queue …`, on the queues of an app. */
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { runCommandLine } from '../../src/cli/run.ts';
import { bullMqQueue } from '../../src/webhooks/bullmq/index.ts';
import { pgBossQueue } from '../../src/webhooks/pg-boss/index.ts';
import type { WebhookQueue } from '../../src/webhooks/queue.ts';
import { freePort } from '../installations/servers/kept-server.ts';
import {
  POSTGRES_PASSWORD,
  type PostgresServer,
  startPostgres,
} from '../installations/servers/postgres.ts';
import { describeWithRedis, type RedisServer, startRedis } from '../installations/servers/redis.ts';
import { temporaryFolder } from '../installations/temporary-folder.ts';
import { countersign, MAIN } from './run-cli.ts';
import { runInProcess } from './run-in-process.ts';
import { appQueue, idOf, letDie, queueModule, sampleDelivery } from './sample-queue.ts';

const folder = temporaryFolder();
const REASON = 'TypeError: Cannot read properties of undefined\n    (reading key)';

/** Dead in this order. The third names no issue. */
const DELIVERIES = [
  sampleDelivery(1),
  sampleDelivery(2, { clientKey: 'two', orderKey: 'two:10002' }),
  sampleDelivery(3, {
    event: 'user_updated',
    identifier: undefined,
    payload: { user: { displayName: 'Ada \u0007Lovelace \u009b2J' } },
  }),
  sampleDelivery(4, { event: 'comment_created', retry: 1, trace: 'import-7' }),
];

interface Kind {
  /** As --queue takes it. */
  readonly queue: string;
  open(name: string): WebhookQueue;
}

/** The commands on a queue of this name, which the environment names as a URL with a password should be. */
function commands({ queue }: Kind, name: string) {
  const run = (line: string) =>
    runInProcess(`queue ${line} --name ${name}`.split(' '), { env: { COUNTERSIGN_QUEUE: queue } });
  return {
    run,
    async json(line: string) {
      const outcome = await run(`${line} --json`);
      return { ...outcome, json: JSON.parse(outcome.stdout) };
    },
  };
}

const idsOf = ({ deadLetters }: { deadLetters: { id: string }[] }) =>
  deadLetters.map(({ id }) => id);
const ids = (...numbers: number[]) => numbers.map(idOf);
const oneLine = (text: string) => text.replace(/\s+/g, ' ');

function onQueue(kind: () => Kind): void {
  const filled = async (name: string) => {
    await letDie(kind().open(name), DELIVERIES, REASON);
    return commands(kind(), name);
  };

  test('list and show', async () => {
    const { run, json } = await filled('looked-at');
    const list = await run('list');
    expect(list).toMatchObject({ code: 0, stderr: '' });
    expect(list.stdout).toMatch(/^ {2}waiting {6}0\n {2}active {7}0\n.*\n {2}dead {9}4\n/);
    expect(list.stdout).toContain(
      `${idOf(2)}\n  event        jira:issue_updated of XX-2\n  clientKey    two\n  died         20`,
    );
    expect(oneLine(list.stdout)).toContain(
      'UTC, after 1 try reason TypeError: Cannot read properties of undefined / (reading key)',
    );
    expect(list.stdout).toContain('\n4 dead letters.\n');
    expect(idsOf((await json('list')).json)).toEqual(ids(1, 2, 3, 4));
    expect((await json('list --client-key two')).json).toEqual({
      deadLetters: [
        {
          id: idOf(2),
          event: 'jira:issue_updated',
          issue: { id: '10002', key: 'XX-2' },
          appKey: 'panel-app',
          clientKey: 'two',
          attempts: 1,
          receivedAt: DELIVERIES[1]?.receivedAt,
          diedAt: expect.any(Number),
          reason: REASON,
        },
      ],
      counts: { waiting: 0, active: 0, retrying: 0, dead: 4 },
    });
    expect(idsOf((await json('list --event *_updated')).json)).toEqual(ids(1, 2, 3));
    expect(idsOf((await json('list --event jira.issue*')).json)).toEqual([]);
    expect((await run('list --client-key three')).stdout).toContain('No dead letter is like that.');
    const { json: first } = await json('list --limit 3');
    expect(first.next).toBe(idOf(3));
    expect((await run('list --limit 3')).stdout).toContain(`There are more: --after ${idOf(3)}`);
    const { json: rest } = await json(`list --limit 3 --after ${first.next}`);
    expect([...idsOf(first), ...idsOf(rest)]).toEqual(ids(1, 2, 3, 4));
    expect(rest).not.toHaveProperty('next');

    const shown = await run(`show ${idOf(3)}`);
    expect(shown.stdout).toContain('  event        user_updated\n  clientKey    one\n');
    expect(shown.stdout).toContain('\n{\n  "user": {\n    "displayName": "Ada \\u0007Lovelace');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for.
    expect(shown.stdout).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f]/);
    expect((await json(`show ${idOf(4)}`)).json).toEqual({
      delivery: JSON.parse(JSON.stringify(DELIVERIES[3])),
      reason: REASON,
      attempts: 1,
      diedAt: expect.any(Number),
    });
    expect(await run(`show ${idOf(5)}`)).toMatchObject({ code: 1, stdout: '' });
  });

  test('retry puts dead letters back, by id or all of an event, and the app handles them', async () => {
    const { run, json } = await filled('retried');
    const dry = await run(`retry ${idOf(1)} ${idOf(9)} --dry-run`);
    expect(dry.code).toBe(1);
    expect(oneLine(dry.stdout)).toContain(
      `There is no dead letter '${idOf(9)}'. ${idOf(1)}: jira:issue_updated of XX-1, clientKey one, died`,
    );
    expect(dry.stdout).toContain('Would go back into the queue: 1 dead letter.');
    expect(await run('retry --all')).toMatchObject({ code: 2, stdout: '' });
    expect((await json('list')).json.counts.dead).toBe(4);

    const some = await json(`retry ${idOf(2)} ${idOf(9)} ${idOf(2)}`);
    expect(some).toMatchObject({
      code: 1,
      json: { dryRun: false, retried: [idOf(2)], notFound: [idOf(9)] },
    });
    expect((await run('retry --all --event comment_* --yes')).stdout).toBe(
      'Back in the queue: 1 dead letter.\n',
    );
    const { json: left } = await json('list');
    expect([idsOf(left), left.counts]).toEqual([
      ids(1, 3),
      { waiting: 2, active: 0, retrying: 0, dead: 2 },
    ]);

    const { promise, resolve } = Promise.withResolvers<void>();
    const handled: [string, number][] = [];
    const app = appQueue(kind().open('retried'), async ({ id }, { attempt }) => {
      if (handled.push([id, attempt]) === 2) resolve();
      return { kind: 'done' };
    });
    onTestFinished(() => app.close());
    app.start();
    await promise;
    expect(handled.sort()).toEqual([
      [idOf(2), 1],
      [idOf(4), 1],
    ]);
  });

  test('drop asks, and then forgets', async () => {
    const { run, json } = await filled('dropped');
    const asked = await run(`drop ${idOf(1)}`);
    expect(asked).toMatchObject({ code: 2, stdout: '' });
    expect(asked.stderr).toContain('Add --yes.');
    const some = await run(`drop ${idOf(1)} ${idOf(9)} --yes`);
    expect(some).toMatchObject({
      code: 1,
      stdout: `There is no dead letter '${idOf(9)}'.\nDropped: 1 dead letter.\n`,
    });
    const all = 'drop --all --client-key one';
    expect((await json(`${all} --dry-run`)).json).toEqual({
      dryRun: true,
      dropped: ids(3, 4),
      notFound: [],
    });
    expect((await json(`${all} --yes`)).json).toMatchObject({ dryRun: false, dropped: ids(3, 4) });
    expect((await run(`${all} --yes`)).stdout).toBe('No dead letter is like that.\n');
    expect(idsOf((await json('list')).json)).toEqual(ids(2));
    expect((await run('drop --all --yes')).stdout).toBe('Dropped: 1 dead letter.\n');
    expect((await run('list')).stdout).toContain('There are no dead letters.');
  });
}

describe('on PostgreSQL', () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server.stop());
  const kind = (): Kind => ({
    queue: server.url,
    open: (name) => pgBossQueue(server.url, { name }),
  });

  onQueue(kind);

  test('a database without a queue is left as it is', async () => {
    const empty = await server.createDatabase();
    const env = { COUNTERSIGN_QUEUE: empty };
    const outcome = await runInProcess(['queue', 'list'], { env });
    expect(outcome).toMatchObject({ code: 3, stdout: '' });
    expect(oneLine(outcome.stderr)).toContain(
      "There is no queue 'webhooks' in the schema 'countersign_queue' of this database.",
    );
    const schemas = "SELECT nspname FROM pg_namespace WHERE nspname LIKE '%queue%'";
    expect(await server.query(schemas, empty)).toEqual([]);
  });

  test('a name that no app has used is an error, and what the app has set stays', async () => {
    await letDie(kind().open('settings'), [sampleDelivery(1)], REASON);
    const settings = () =>
      server.query('SELECT * FROM countersign_queue.queue ORDER BY name') as Promise<object[]>;
    const before = await settings();
    const { run } = commands(kind(), 'settings');
    expect((await run('list')).code).toBe(0);
    const misspelt = await commands(kind(), 'setings').run('list');
    expect(misspelt.code).toBe(3);
    expect(oneLine(misspelt.stderr)).toContain("There is no queue 'setings'");
    // pg-boss counts in this table, too.
    const set = (rows: object[]) =>
      rows.map((row) =>
        Object.fromEntries(Object.entries(row).filter(([key]) => !/count|_on$/.test(key))),
      );
    expect(set(await settings())).toEqual(set(before));
  });

  test('a server that is gone, or that refuses the password: no message shows one', async () => {
    const gone = `postgres://app:canary-1@127.0.0.1:${await freePort()}/app`;
    const refused = server.url.replace(POSTGRES_PASSWORD, 'canary-2');
    for (const queue of [gone, refused]) {
      for (const format of [[], ['--json']]) {
        const env = { COUNTERSIGN_QUEUE: queue };
        const outcome = await runInProcess(['queue', 'list', ...format], { env });
        expect(outcome.code).toBe(3);
        expect(oneLine(outcome.text)).toContain('cannot be opened:');
        expect(outcome.text).not.toContain('canary');
      }
    }
  });

  test('a command ends when it is done', async () => {
    await letDie(kind().open('ended'), [sampleDelivery(1)], REASON);
    const args = ['queue', 'retry', '--all', '--yes', '--queue', server.url, '--name', 'ended'];
    expect(await countersign(args)).toMatchObject({ code: 0, stderr: '' });
  });

  test('a module may make the queue', async () => {
    await letDie(kind().open('by-module'), [sampleDelivery(1)], REASON);
    const module = join(folder, 'own.mjs');
    const library = new URL('../../src/webhooks/pg-boss/index.ts', import.meta.url).href;
    writeFileSync(
      module,
      `import { pgBossQueue } from '${library}';
       export default () => pgBossQueue('${server.url}', { name: 'by-module' });`,
    );
    const args = ['queue', 'drop', '--queue', `module:${module}`, '--all', '--yes'];
    expect((await runInProcess(args)).stdout).toBe('Dropped: 1 dead letter.\n');
  });
});

describeWithRedis('on Redis', () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await startRedis();
  });
  afterAll(() => server.stop());

  onQueue(() => ({ queue: server.url, open: (name) => bullMqQueue(server.url, { name }) }));

  test('a Redis without a queue, and a server that is gone', async () => {
    const empty = await runInProcess(['queue', 'list', '--queue', server.newDatabase()]);
    expect(empty).toMatchObject({ code: 3, stdout: '' });
    expect(oneLine(empty.stderr)).toContain(
      "There is no queue 'webhooks' with the prefix 'countersign' in this Redis.",
    );
    const env = { COUNTERSIGN_QUEUE: `redis://:canary@127.0.0.1:${await freePort()}` };
    const gone = await runInProcess(['queue', 'list'], { env });
    expect(gone.code).toBe(3);
    expect(oneLine(gone.stderr)).toContain('cannot be opened: connect ECONNREFUSED');
    expect(gone.text).not.toContain('canary');
  });

  test('a command ends when it is done', async () => {
    await letDie(bullMqQueue(server.url, { name: 'ended' }), [sampleDelivery(1)], REASON);
    const args = ['queue', 'retry', '--all', '--yes', '--queue', server.url, '--name', 'ended'];
    expect(await countersign(args)).toMatchObject({ code: 0, stderr: '' });
  });
});

describe('on a queue of the user', () => {
  let modules = 0;
  const own = (count: number, changes = '') => {
    const name = `queue-${modules++}`;
    const letters = Array.from({ length: count }, (_, index) => ({
      delivery: sampleDelivery(index + 1),
      reason: 'x',
      attempts: 8,
      diedAt: Date.UTC(2026, 10, 24, 7) + index,
    }));
    const queue = `module:${queueModule(folder, letters, { name, changes })}`;
    const left = (): { delivery: { id: string } }[] =>
      JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8'));
    return { queue, left };
  };

  test('more than a page: each once, also where the one to go on after is taken away meanwhile', async () => {
    const { queue } = own(
      250,
      `async deadLetters({ after, limit }) {
        // Somebody drops the last one of the first page: the queue begins again.
        const start = after === '${idOf(100)}' ? 0 : all().findIndex(({ delivery }) => delivery.id === after) + 1;
        return all().slice(start, start + (start === 0 && after ? 101 : limit));
      },`,
    );
    const { stdout } = await runInProcess(['queue', 'list', '--json', '--queue', queue]);
    const { deadLetters, counts } = JSON.parse(stdout);
    expect(idsOf({ deadLetters })).toEqual(
      Array.from({ length: 250 }, (_, index) => idOf(index + 1)),
    );
    expect(counts).toEqual({ waiting: 12, active: 3, retrying: 2, dead: 250 });
  });

  test('one that knows no pages is read once', async () => {
    const { queue } = own(3, 'async deadLetters() { return all(); },');
    const { stdout } = await runInProcess(['queue', 'list', '--queue', queue]);
    expect(stdout).toContain('3 dead letters.');
  });

  test('one that fails in the middle: what was done before is said', async () => {
    const { queue } = own(
      5,
      `async retryDeadLetter(id) {
        if (id === '${idOf(3)}') throw Object.assign(new Error('canary'), { code: 'EPIPE' });
        return take(id);
      },`,
    );
    const args = ['queue', 'retry', '--all', '--yes', '--queue', queue];
    const { code, stdout, stderr } = await runInProcess(args);
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(oneLine(stderr)).toMatch(
      /^Back in the queue before that: 2 dead letters\. countersign: The queue '.*' failed: EPIPE\./,
    );
    expect(stderr).not.toContain('canary');
  });

  test('Ctrl-C ends it between two of them, and says how many are done', async () => {
    const { queue, left } = own(
      500,
      'async dropDeadLetter(id) { await new Promise((go) => setTimeout(go, 2)); return take(id); },',
    );
    const args = [MAIN, 'queue', 'drop', '--all', '--yes', '--queue', queue];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let errors = '';
    child.stderr.on('data', (chunk) => {
      errors += chunk;
    });
    const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
    const count = () => {
      try {
        return left().length;
      } catch {
        // It is being written.
        return 500;
      }
    };
    while (child.exitCode === null && count() > 490) await sleep(2);
    child.kill('SIGINT');
    expect(await ended).toBe(1);
    const done = 500 - left().length;
    expect(done).toBeGreaterThan(9);
    expect(done).toBeLessThan(500);
    expect(oneLine(errors)).toContain(
      `It was interrupted. Dropped before that: ${done} dead letters.`,
    );
  });

  test('a long list piped into head ends quietly', async () => {
    const { queue } = own(3000);
    const script = '{ "$@"; echo "ended with $?" >&2; } | head -n 3';
    const args = ['-c', script, 'sh', process.execPath, MAIN, 'queue', 'list', '--queue', queue];
    const child = spawn('sh', args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let errors = '';
    child.stderr.on('data', (chunk) => {
      errors += chunk;
    });
    child.stdout.resume();
    await new Promise((resolve) => child.on('close', resolve));
    expect(errors).toBe('ended with 0\n');
  });

  /** Somebody at a terminal who answers this. */
  const person = async (args: string[], answer: string) => {
    const stream = () => Object.assign(new PassThrough(), { isTTY: true, columns: 80 });
    const [input, output, errors] = [stream(), stream(), stream()];
    let asked = '';
    let printed = '';
    output.on('data', (chunk) => {
      printed += chunk;
    });
    errors.on('data', (chunk) => {
      asked += chunk;
      if (asked.includes('[y/N]')) setTimeout(() => input.write(answer), 5);
    });
    const code = await runCommandLine(args, { input, output, errors, env: {} });
    return { code, asked, printed };
  };

  test('somebody at a terminal sees what is lost, and may say no', async () => {
    const { queue, left } = own(25);
    const drop = ['queue', 'drop', '--all', '--queue', queue];
    const no = await person(drop, 'n\r');
    expect(no.code).toBe(1);
    expect(oneLine(no.asked)).toContain(
      `${idOf(20)}: jira:issue_updated of XX-20, clientKey one, died 2026-11-24 07:00:00 UTC … and 5 more Drop 25 dead letters?`,
    );
    expect(no.asked).not.toContain(idOf(21));
    expect(left()).toHaveLength(25);
    const yes = await person(['queue', 'drop', idOf(1), '--queue', queue], 'y\r');
    expect(yes).toMatchObject({ code: 0, printed: 'Dropped: 1 dead letter.\n' });
    expect(left()).toHaveLength(24);
  });

  test('a retry of what was named is not asked for', async () => {
    const { queue, left } = own(2);
    const retried = await person(['queue', 'retry', idOf(1), '--queue', queue], 'n\r');
    expect(retried).toMatchObject({ code: 0, asked: '' });
    expect(left()).toHaveLength(1);
    const all = await person(['queue', 'retry', '--all', '--queue', queue], 'n\r');
    expect(all).toMatchObject({ code: 1, printed: '' });
    expect(oneLine(all.asked)).toContain('Put 1 dead letter back into the queue?');
  });
});

test.each([
  [['list'], /Name the queue: --queue postgres/],
  [['list', '--queue', 'mysql://app:canary@db/app'], /The queue is none that is known here/],
  [['list', '--queue', 'canary'], /The queue is none that is known here/],
  [['list', '--queue', 'module:'], /The queue names no file/],
  [['list', '--queue', 'redis://x', '--schema', 'a'], /--schema is of PostgreSQL/],
  [['list', '--queue', 'postgres://x/y', '--prefix', 'a'], /--prefix is of Redis/],
  [['list', '--queue', 'module:x.mjs', '--name', 'a'], /--name is of PostgreSQL and Redis/],
  [['list', '--queue', 'postgres://x/y', '--name', 'a b'], /name is no name of a queue/],
  [['list', '--queue', 'redis://x', '--limit', '0'], /--limit must be/],
  [['list', 'x'], /takes options only/],
  [['show'], /Give the ID/],
  [['show', 'a', 'b'], /takes one ID/],
  [['retry'], /Say which/],
  [['drop', 'a', '--all'], /and not both/],
  [['drop', '--client-key', 'one'], /add --all/],
  [['drp'], /Did you mean 'queue drop'\?/],
] as const)('the mistake %j is told', async (args, message) => {
  const { code, stdout, stderr } = await runInProcess(['queue', ...args]);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(oneLine(stderr)).toMatch(message);
  expect(stderr).not.toContain('canary');
});

test.each([
  ['export default {};', 'exports no queue'],
  ["throw Object.assign(new Error('canary'), { code: 'EACCES' });", 'failed: Error, EACCES.'],
])('a module without a queue: %s', async (content, message) => {
  const module = join(folder, `${message.length}.mjs`);
  writeFileSync(module, content);
  const { code, text } = await runInProcess(['queue', 'list', '--queue', `module:${module}`]);
  expect(code).toBe(3);
  expect(oneLine(text)).toContain(message);
  expect(text).not.toContain('canary');
});

test.each(['list', 'show', 'retry', 'drop'])(
  'queue %s --help has options and examples, within 80 columns',
  async (name) => {
    const { code, stdout } = await runInProcess(['queue', name, '--help']);
    expect(code).toBe(0);
    for (const part of [`Usage: countersign queue ${name} `, '--queue QUEUE', 'Examples']) {
      expect(stdout).toContain(part);
    }
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  },
);
