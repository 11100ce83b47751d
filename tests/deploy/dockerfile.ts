/** One instruction of a Dockerfile. */
export interface Instruction {
  /** In capitals. */
  readonly name: string;
  /** What comes behind the flags, with continued lines joined. */
  readonly text: string;
  /** Such as `from` of `COPY --from=build`. */
  readonly flags: Readonly<Record<string, string>>;
}

export interface Stage {
  /** Such as `node:24-slim`, or the name of an earlier stage. */
  readonly image: string;
  readonly name: string | undefined;
  readonly instructions: readonly Instruction[];
}

/** Reads what our own Dockerfiles are written in. It throws at what it does not know, so that nothing is passed over. */
export function parseDockerfile(text: string): Stage[] {
  const stages: (Stage & { instructions: Instruction[] })[] = [];
  const lines = text.split('\n').filter((line) => !/^\s*(#|$)/.test(line));
  for (const line of lines
    .join('\n')
    .replaceAll(/\\\n\s*/g, ' ')
    .split('\n')) {
    const [, name = '', rest = ''] = /^\s*([A-Za-z]+)\s+(.*)$/.exec(line) ?? [];
    if (name === '' || rest.includes('<<')) throw new Error(`Not understood: ${line}`);
    const instruction = { name: name.toUpperCase(), ...flagged(rest.trim()) };
    if (instruction.name === 'FROM') {
      const [image = '', as, stage] = instruction.text.split(/\s+/);
      if (as !== undefined && as.toUpperCase() !== 'AS') throw new Error(`Not understood: ${line}`);
      stages.push({ image, name: stage, instructions: [] });
    } else {
      const stage = stages.at(-1);
      if (stage === undefined) throw new Error(`Before the first FROM: ${line}`);
      stage.instructions.push(instruction);
    }
  }
  return stages;
}

/** The exec form, `["node", "main.js"]`; undefined for the shell form. */
export function execForm(text: string): string[] | undefined {
  return text.startsWith('[') ? (JSON.parse(text) as string[]) : undefined;
}

/** `ENV A=1 B=2`. */
export function pairs(text: string): Record<string, string> {
  return Object.fromEntries(
    text.split(/\s+/).map((pair) => {
      const [, name, value] = /^(\w+)=([^"'\s]*)$/.exec(pair) ?? [];
      if (name === undefined || value === undefined) throw new Error(`Not understood: ENV ${pair}`);
      return [name, value];
    }),
  );
}

function flagged(text: string): Pick<Instruction, 'text' | 'flags'> {
  const flags: Record<string, string> = {};
  let rest = text;
  for (;;) {
    const [whole, name, value] = /^--([\w-]+)=(\S+)\s+/.exec(rest) ?? [];
    if (whole === undefined) return { text: rest, flags };
    flags[name as string] = value as string;
    rest = rest.slice(whole.length);
  }
}
