import type { DeadLetter } from '../webhooks/queue.ts';
import { amount } from './amounts.ts';
import type { Arguments } from './arguments.ts';
import { type CommandDetails, type ExitCode, JSON_OPTION } from './command.ts';
import { deadLettersIn } from './dead-letters.ts';
import { badUsage, CommandFailure } from './failures.ts';
import { QUEUE_OPTIONS, withQueue } from './open-queue.ts';
import { createPage, jsonText, printJson } from './page.ts';
import { eventAndIssue, inOneLine } from './show-dead-letter.ts';
import { drained, type Terminal } from './terminal.ts';
import { storedTime } from './times.ts';

export const queueShow: CommandDetails = {
  usage: 'ID [options]',
  about: [
    'The whole delivery, with the body that Jira sent. A body names people and may quote what they wrote.',
  ],
  argument: 'ID',
  options: { ...QUEUE_OPTIONS, json: JSON_OPTION },
  examples: [
    {
      text: 'Of the queue that COUNTERSIGN_QUEUE names:',
      line: 'countersign queue show 7f3a1c52-0b7e-4d69-9c1e-5a2b8d40e6f1',
    },
  ],
  run: show,
};

async function show(given: Arguments, terminal: Terminal): Promise<ExitCode> {
  const { argument: id } = given;
  if (id === undefined)
    throw badUsage('Give the ID of a dead letter.', 'See countersign queue list.');
  const letter = await withQueue(given, terminal, async (queue): Promise<DeadLetter> => {
    for await (const each of deadLettersIn(queue)) if (each.delivery.id === id) return each;
    throw new CommandFailure(
      1,
      `There is no dead letter '${id.slice(0, 100)}'.`,
      'See countersign queue list.',
    );
  });
  if (given.has('json')) {
    printJson(terminal, letter);
    return 0;
  }
  const { delivery, attempts, diedAt, reason } = letter;
  const page = createPage(terminal);
  page.heading(delivery.id);
  page.field('event', eventAndIssue(letter));
  page.field('clientKey', delivery.clientKey);
  page.field('app', delivery.appKey);
  page.field('taken in', storedTime(delivery.receivedAt));
  page.field('died', storedTime(diedAt));
  page.field('tries', amount(attempts));
  page.field('reason', inOneLine(reason));
  const optional = {
    identifier: delivery.identifier,
    'sent to': delivery.url,
    'sent again': delivery.retry === 0 ? undefined : amount(delivery.retry),
    flow: delivery.flow,
    trace: delivery.trace,
    'in order of': delivery.orderKey,
    request: delivery.requestId,
  };
  for (const [label, text] of Object.entries(optional)) {
    if (text !== undefined && text !== '') page.field(label, text);
  }
  page.blank();
  if (delivery.payload === undefined) {
    page.text('It came without a body.');
    return 0;
  }
  terminal.output.write(`${jsonText(delivery.payload)}\n`);
  await drained(terminal.output);
  return 0;
}
