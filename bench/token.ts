/** Signing, verifying and hashing: microseconds for each call, the median of rounds that take turns. */
import { countersign, explain, floorFor, libraries } from './libraries.ts';
import { median, table } from './table.ts';
import { type Workload, workloads } from './workloads.ts';

const ROUNDS = 31;
const BATCH_MS = 3;
const FLOOR = '(node:crypto alone)';

interface Candidate {
  task: string;
  library: string;
  run: () => unknown;
  isAsync: boolean;
  batch: number;
  rounds: number[];
}

async function elapsedMs({ run, isAsync }: Candidate, times: number): Promise<number> {
  const start = performance.now();
  if (isAsync) for (let index = 0; index < times; index++) await run();
  else for (let index = 0; index < times; index++) run();
  return performance.now() - start;
}

/** Refuses to compare speed where the work differs: each verifies what Countersign makes, and the other way round. */
async function candidatesFor({ name, method, url }: Workload): Promise<Candidate[]> {
  const token = await countersign.sign(method, url);
  // An iframe carries its token in the URL.
  const inbound = name === 'iframe' ? `${url}&jwt=${token}` : url;
  const found: Candidate[] = [];
  const add = (operation: string, library: string, run: () => unknown) => {
    const isAsync = run() instanceof Promise;
    found.push({ task: `${operation} ${name}`, library, run, isAsync, batch: 1, rounds: [] });
  };
  for (const { name: library, sign, verify, hash } of libraries) {
    const { qsh } = await verify(token, method, inbound);
    const back = await countersign.verify(await sign(method, url), method, inbound);
    if (qsh === undefined || back.qsh !== qsh)
      throw new Error(`${library} hashes ${name} otherwise.`);
    add('sign', library, () => sign(method, url));
    add('verify', library, () => verify(token, method, inbound));
    if (hash !== undefined) add('hash', library, () => hash(method, url));
  }
  add('explain', 'countersign', () => explain(token, method, inbound));
  const floor = floorFor(method, url, token);
  for (const operation of ['sign', 'verify', 'hash'] as const)
    add(operation, FLOOR, floor[operation]);
  return found;
}

export async function tokenReport(): Promise<string> {
  const candidates = (await Promise.all(workloads.map(candidatesFor))).flat();
  // Warm up, then let each batch take about the same time.
  for (const candidate of candidates) {
    await elapsedMs(candidate, 2000);
    candidate.batch = Math.ceil((BATCH_MS / (await elapsedMs(candidate, 500))) * 500);
  }
  for (let round = 0; round < ROUNDS; round++) {
    for (const candidate of candidates) {
      const ms = await elapsedMs(candidate, candidate.batch);
      candidate.rounds.push((ms * 1000) / candidate.batch);
    }
  }

  const microseconds = (task: string, library: string): number =>
    median(candidates.find((it) => it.task === task && it.library === library)?.rounds ?? []);
  const tasks = ['sign', 'verify', 'hash', 'explain'].flatMap((it) =>
    workloads.map(({ name }) => `${it} ${name}`),
  );
  const rows = tasks.flatMap((task) =>
    candidates
      .filter((candidate) => candidate.task === task)
      .map(({ library, rounds }) => ({ library, time: median(rounds) }))
      .sort((a, b) => a.time - b.time)
      .map(({ library, time }) => [
        task,
        library,
        time.toFixed(2),
        task.startsWith('explain') ? '' : (time / microseconds(task, FLOOR)).toFixed(2),
        (time / microseconds(task, 'countersign')).toFixed(2),
      ]),
  );
  const headline = workloads[0]?.name;
  const lines = ['sign', 'verify', 'hash'].map((operation) => {
    const task = `${operation} ${headline}`;
    const ours = microseconds(task, 'countersign');
    const times = (microseconds(task, 'atlassian-jwt') / ours).toFixed(1);
    return `${operation}: ${times}× faster than atlassian-jwt, ${(ours / microseconds(task, FLOOR)).toFixed(2)}× of the raw floor`;
  });
  const explained = workloads.map(({ name }) => microseconds(`explain ${name}`, 'countersign'));
  lines.push(`explain: at most ${Math.max(...explained).toFixed(0)} µs for a passing token`);
  return [
    table(['task', 'library', 'µs', '× of the floor', '× of Countersign'], rows),
    '',
    ...lines,
  ].join('\n');
}

if (import.meta.main) console.log(await tokenReport());
