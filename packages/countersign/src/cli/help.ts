import type { Command, CommandName } from './command.ts';
import { createPage } from './page.ts';
import { paint, type Terminal, widthOf, wrap } from './terminal.ts';

/** What the exit codes mean, in every command. */
const EXIT_CODES: readonly (readonly [string, string])[] = [
  ['0', 'fine'],
  ['1', 'a check failed, or a cause was found'],
  ['2', 'bad usage'],
  ['3', 'it could not be done: a store, a queue, a file or the network is in the way'],
];

export function printHelp(commands: readonly CommandName[], terminal: Terminal): void {
  const page = createPage(terminal);
  page.heading('countersign: why does Jira refuse this request?');
  page.blank();
  page.text('Usage: countersign COMMAND [options]');
  page.blank();
  page.heading('Commands');
  const width = Math.max(...commands.map(({ name }) => name.length)) + 1;
  for (const { name, summary } of commands) page.field(name, summary, { width });
  page.blank();
  page.heading('Start here');
  example(terminal, 'countersign token explain \'curl -H "Authorization: JWT …" https://…\'');
  example(terminal, 'countersign doctor --store sqlite:./app.db');
  page.blank();
  exitCodes(terminal);
  page.blank();
  page.text(
    'countersign COMMAND --help shows the options of a command and examples. countersign --version prints the version.',
  );
  page.text(
    'No secret and no key is taken on the command line, and none is shown unasked. Nothing is sent anywhere but to the store or the queue that you name, and by doctor to the site and the key hosts.',
  );
}

export function printCommandHelp(command: Command, terminal: Terminal): void {
  const page = createPage(terminal);
  page.heading(`countersign ${command.name}: ${command.summary}`);
  page.blank();
  page.text(`Usage: countersign ${command.name} ${command.usage}`);
  for (const paragraph of command.about) {
    page.blank();
    page.text(paragraph);
  }
  page.blank();
  page.heading('Options');
  const options = { ...command.options, help: { text: 'Print this.' } };
  for (const [name, { value, text }] of Object.entries<Command['options'][string]>(options)) {
    page.field(`--${name}${value === undefined ? '' : ` ${value}`}`, text, { width: 26 });
  }
  page.blank();
  page.heading('Examples');
  for (const { text, line } of command.examples) {
    page.text(text, { indent: 2, style: 'dim' });
    example(terminal, line);
  }
  page.blank();
  exitCodes(terminal);
}

function exitCodes(terminal: Terminal): void {
  const page = createPage(terminal);
  page.heading('Exit codes');
  for (const [code, text] of EXIT_CODES) page.field(code, text, { width: 2 });
}

/** A command line that goes on in the next one is still good to copy. */
function example(terminal: Terminal, line: string): void {
  const lines = wrap(line, widthOf(terminal.output) - 8);
  lines.forEach((part, index) => {
    const more = index < lines.length - 1 ? ' \\' : '';
    terminal.output.write(
      `${' '.repeat(index === 0 ? 4 : 6)}${paint('green', part + more, terminal.output)}\n`,
    );
  });
}
