import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join, posix } from 'node:path';
import { promisify } from 'node:util';
import { execForm, type Instruction, pairs, type Stage } from './dockerfile.ts';

/** What a Dockerfile makes, as far as it can be made in a folder: without the base image, and without root. */
export interface Image {
  /** A folder in place of `/`, which holds what the instructions put there. */
  readonly root: string;
  readonly workingDirectory: string;
  readonly env: Readonly<Record<string, string>>;
  readonly user: string | undefined;
  readonly ports: readonly number[];
  readonly command: readonly string[];
  readonly healthCommand: readonly string[];
  readonly stopSignal: string;
}

export interface BuildOptions {
  readonly stages: readonly Stage[];
  /** The folder of the Dockerfile and of .dockerignore. */
  readonly context: string;
  /** An empty folder. */
  readonly into: string;
  /** What a shell of the base image would find. */
  readonly env: Readonly<Record<string, string>>;
}

/** Does what `docker build` does, instruction by instruction, in folders. Resolves to the last stage. */
export async function buildImage({ stages, context, into, env }: BuildOptions): Promise<Image> {
  const sent = join(into, 'context');
  copyContext(context, sent);
  const built = new Map<string, Image>();
  let last: Image | undefined;
  for (const [index, stage] of stages.entries()) {
    last = await buildStage(stage, { root: join(into, `stage-${index}`), sent, built, env });
    built.set(stage.name ?? String(index), last);
  }
  if (last === undefined) throw new Error('There is no stage.');
  return last;
}

/** Copies what .dockerignore lets through: of the patterns that fit, the last one counts. */
function copyContext(context: string, to: string): void {
  const patterns = readFileSync(join(context, '.dockerignore'), 'utf8')
    .split('\n')
    .filter((line) => !/^\s*(#|$)/.test(line))
    .map((line) => ({ keeps: line.startsWith('!'), pattern: line.replace(/^!/, '') }));
  for (const { pattern } of patterns) {
    if (pattern !== '*' && /[*?[\]/]/.test(pattern)) throw new Error(`Not understood: ${pattern}`);
  }
  mkdirSync(to, { recursive: true });
  for (const name of readdirSync(context)) {
    const verdict = patterns.findLast(({ pattern }) => pattern === '*' || pattern === name);
    if (verdict?.keeps !== false) cpSync(join(context, name), join(to, name), { recursive: true });
  }
}

interface StagePlace {
  readonly root: string;
  readonly sent: string;
  readonly built: ReadonlyMap<string, Image>;
  readonly env: Readonly<Record<string, string>>;
}

async function buildStage(stage: Stage, { root, sent, built, env }: StagePlace): Promise<Image> {
  const image = {
    root,
    workingDirectory: '/',
    env: {} as Record<string, string>,
    user: undefined as string | undefined,
    ports: [] as number[],
    command: [] as string[],
    healthCommand: [] as string[],
    stopSignal: 'SIGTERM',
  };
  mkdirSync(root, { recursive: true });
  const here = (path: string) => join(root, posix.resolve(image.workingDirectory, path));
  for (const { name, text, flags } of stage.instructions) {
    switch (name) {
      case 'WORKDIR':
        image.workingDirectory = posix.resolve(image.workingDirectory, text);
        mkdirSync(join(root, image.workingDirectory), { recursive: true });
        break;
      case 'ENV':
        Object.assign(image.env, pairs(text));
        break;
      case 'COPY':
        copy({ text, flags }, sourceOf(flags, sent, built), here);
        break;
      case 'RUN':
        if (/(^|[\s='"])\//.test(text)) throw new Error(`It would leave its folder: RUN ${text}`);
        await promisify(execFile)('sh', ['-ec', text], {
          cwd: here('.'),
          env: { ...env, ...image.env },
        });
        break;
      case 'USER':
        image.user = text;
        break;
      case 'EXPOSE':
        image.ports.push(...text.split(/\s+/).map(Number));
        break;
      case 'STOPSIGNAL':
        image.stopSignal = text;
        break;
      case 'CMD':
        image.command = demandExecForm(name, text);
        break;
      case 'HEALTHCHECK':
        image.healthCommand = demandExecForm(name, text.replace(/^CMD\s+/, ''));
        break;
      default:
        throw new Error(`Not understood: ${name} ${text}`);
    }
  }
  return image;
}

function demandExecForm(name: string, text: string): string[] {
  const command = execForm(text);
  if (command === undefined) throw new Error(`${name} goes through a shell: ${text}`);
  return command;
}

function sourceOf(
  flags: Instruction['flags'],
  sent: string,
  built: ReadonlyMap<string, Image>,
): string {
  const { from, ...others } = flags;
  if (Object.keys(others).length > 0) throw new Error(`Not understood: COPY --${others}`);
  if (from === undefined) return sent;
  const stage = built.get(from);
  if (stage === undefined) throw new Error(`COPY --from=${from}: there is no such stage.`);
  return stage.root;
}

/** Of a folder its contents are copied, of files the files. */
function copy(
  { text }: Pick<Instruction, 'text' | 'flags'>,
  source: string,
  here: (path: string) => string,
): void {
  const names = text.split(/\s+/);
  const to = names.pop() as string;
  const isFolder = to.endsWith('/') || names.length > 1;
  for (const name of names) {
    const from = join(source, name);
    if (!existsSync(from)) throw new Error(`COPY ${text}: '${name}' is not there.`);
    const target =
      !statSync(from).isDirectory() && isFolder ? join(here(to), basename(name)) : here(to);
    cpSync(from, target, { recursive: true, verbatimSymlinks: true });
  }
}
