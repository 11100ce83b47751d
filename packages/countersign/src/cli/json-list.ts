import type { ExitCode } from './command.ts';
import { describeFailure } from './failures.ts';
import { jsonText } from './page.ts';
import { drained, type Terminal } from './terminal.ts';

/**
 * Prints one JSON document with a list as long as it may be, of which only one entry at a time is in memory. What
 * fails in the middle stands at the end of the document, as `error`.
 *
 * @param print Hands over the entries; it returns what stands behind the list.
 * @returns the exit code of the failure, or 0.
 * @throws what fails before the first entry: nothing is printed then.
 */
export async function printJsonList(
  terminal: Terminal,
  name: string,
  print: (add: (entry: unknown) => Promise<void>) => Promise<Record<string, unknown>>,
): Promise<ExitCode> {
  const { output } = terminal;
  let isEmpty = true;
  let exitCode: ExitCode = 0;
  let rest: Record<string, unknown>;
  const start = `{\n  ${JSON.stringify(name)}: [`;
  try {
    rest = await print(async (entry) => {
      output.write(`${isEmpty ? start : ','}\n${indented(jsonText(entry), 4)}`);
      isEmpty = false;
      await drained(output);
    });
  } catch (failure) {
    if (isEmpty) throw failure;
    const { exitCode: code, ...error } = describeFailure(failure);
    exitCode = code;
    rest = { error };
  }
  const end = Object.entries(rest).map(
    ([key, value]) => `,\n  ${JSON.stringify(key)}: ${indented(jsonText(value), 2).trimStart()}`,
  );
  output.write(`${isEmpty ? start : '\n  '}]${end.join('')}\n}\n`);
  return exitCode;
}

function indented(text: string, columns: number): string {
  return text.replace(/^/gm, ' '.repeat(columns));
}
