import { parseArgs } from 'node:util';
import { type Choices, frameworks, hosts, stores } from './choices.ts';
import { Failure } from './failure.ts';

export interface Arguments {
  readonly chosen: Partial<Choices>;
  /** Take the default of what is not chosen. */
  readonly yes: boolean;
  readonly install: boolean;
  readonly help: boolean;
  readonly version: boolean;
}

/** @throws Failure for what it does not know. */
export function readArguments(args: readonly string[]): Arguments {
  const { values, positionals } = parse(args);
  if (positionals.length > 1) {
    throw new Failure(2, `One folder is expected, and not '${positionals.join("', '")}'.`);
  }
  const [folder] = positionals;
  if (folder === '') throw new Failure(2, 'The name of the folder is empty.');
  return {
    chosen: {
      ...(folder === undefined ? {} : { folder }),
      ...oneOf('framework', frameworks, values.framework),
      ...oneOf('store', stores, values.store),
      ...oneOf('host', hosts, values.host),
    },
    yes: values.yes ?? false,
    install: values.install ?? false,
    help: values.help ?? false,
    version: values.version ?? false,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        framework: { type: 'string' },
        store: { type: 'string' },
        host: { type: 'string' },
        yes: { type: 'boolean', short: 'y' },
        install: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
        version: { type: 'boolean' },
      },
    });
  } catch (error) {
    throw new Failure(2, error instanceof Error ? error.message : String(error));
  }
}

function oneOf<Name extends string, Known extends object>(
  name: Name,
  known: Known,
  value: string | undefined,
): { [key in Name]?: keyof Known } {
  if (value === undefined) return {};
  if (Object.hasOwn(known, value)) return { [name]: value } as { [key in Name]: keyof Known };
  const names = Object.keys(known).join(', ');
  throw new Failure(2, `--${name} is one of ${names}, and not '${value}'.`);
}
