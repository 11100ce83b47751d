import { validate } from 'dockerfile-utils';
import { execForm, parseDockerfile, type Stage } from './dockerfile.ts';

/** What is wrong with a Dockerfile: by the linter, and by the rules that docs/deploy.md states. */
export function problemsOf(text: string): string[] {
  const found = validate(text).map(
    ({ message, range }) => `line ${range.start.line + 1}: ${message}`,
  );
  const stages = parseDockerfile(text);
  const names = new Set(stages.map(({ name }) => name));
  for (const { image } of stages) {
    if (names.has(image)) continue;
    const tag = /:([\w.-]+)$/.exec(image)?.[1];
    if (tag === undefined || !/^\d/.test(tag)) found.push(`${image} has no version.`);
  }
  for (const { name, text: words } of stages.flatMap(({ instructions }) => instructions)) {
    if (name === 'ADD') found.push('ADD fetches and unpacks: take COPY.');
    if (/^(ENV|ARG|LABEL)$/.test(name) && /KEY|SECRET|TOKEN|PASSWORD|_URL/i.test(words)) {
      found.push(`${name} may hold a secret, which stays in the image: ${words}`);
    }
    if (name === 'RUN' && /\bnpm (ci|install)\b/.test(words)) {
      for (const option of ['ci', '--omit=dev', '--ignore-scripts']) {
        if (!words.includes(` ${option}`)) found.push(`npm is run without ${option}.`);
      }
    }
    if (/^(CMD|ENTRYPOINT)$/.test(name) && execForm(words) === undefined) {
      found.push(`${name} goes through a shell, which keeps SIGTERM for itself.`);
    }
  }
  return [...found, ...problemsOfLast(stages.at(-1) as Stage)];
}

function problemsOfLast({ instructions }: Stage): string[] {
  const found: string[] = [];
  const textOf = (wanted: string) => instructions.findLast(({ name }) => name === wanted)?.text;
  if (!/^[1-9]\d*:[1-9]\d*$/.test(textOf('USER') ?? '')) {
    found.push('The last stage has no numbered USER, or it is root.');
  }
  if (textOf('CMD') === undefined) found.push('The last stage has no CMD.');
  if (textOf('STOPSIGNAL') !== 'SIGTERM') found.push('The last stage does not stop by SIGTERM.');
  for (const { name, flags } of instructions) {
    if (name === 'COPY' && flags.from === undefined) {
      found.push('The last stage copies from the folder itself.');
    }
  }
  return found;
}
