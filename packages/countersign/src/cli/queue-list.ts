import type { DeadLetter } from '../webhooks/queue.ts';
import { amount, counted } from './amounts.ts';
import type { Arguments } from './arguments.ts';
import { type CommandDetails, type ExitCode, JSON_OPTION } from './command.ts';
import { deadLettersIn, FILTER_OPTIONS, noneSentence, readFilter } from './dead-letters.ts';
import { printJsonList } from './json-list.ts';
import { LIMIT_OPTION, readLimit } from './limit.ts';
import { type OpenQueue, QUEUE_OPTIONS, withQueue } from './open-queue.ts';
import { createPage } from './page.ts';
import { eventAndIssue, inOneLine, shownDeadLetter } from './show-dead-letter.ts';
import { drained, type Terminal } from './terminal.ts';
import { storedTime } from './times.ts';

export const queueList: CommandDetails = {
  usage: '[options]',
  about: [
    'Dead letters are the webhooks that failed as often as the app tries them, from the oldest. What else is in the queue is counted: not yet begun, begun, and waiting for another try. The app may run meanwhile.',
  ],
  options: {
    ...QUEUE_OPTIONS,
    ...FILTER_OPTIONS,
    limit: LIMIT_OPTION,
    after: { value: 'ID', text: 'Go on after the dead letter with this id.' },
    json: JSON_OPTION,
  },
  examples: [
    {
      text: 'Of the queue that COUNTERSIGN_QUEUE names, the first ten:',
      line: 'countersign queue list --limit 10',
    },
    {
      text: 'What failed for one site:',
      line: 'countersign queue list --client-key 7f3a1c52-0b7e-4d69-9c1e-5a2b8d40e6f1',
    },
  ],
  run: list,
};

async function list(given: Arguments, terminal: Terminal): Promise<ExitCode> {
  const limit = readLimit(given);
  if (!given.has('json')) {
    await withQueue(given, terminal, (queue) => listForPerson(queue, limit, given, terminal));
    return 0;
  }
  return printJsonList(terminal, 'deadLetters', (add) =>
    withQueue(given, terminal, async (queue) => {
      const next = await eachListed(queue, limit, given, (letter) => add(shownDeadLetter(letter)));
      return { counts: await queue.counts(), ...(next === undefined ? {} : { next }) };
    }),
  );
}

async function listForPerson(
  queue: OpenQueue,
  limit: number,
  given: Arguments,
  terminal: Terminal,
): Promise<void> {
  const page = createPage(terminal);
  const { waiting, active, retrying, dead } = await queue.counts();
  for (const [label, count] of Object.entries({ waiting, active, retrying, dead })) {
    page.field(label, amount(count));
  }
  page.blank();
  let count = 0;
  const next = await eachListed(queue, limit, given, async (letter) => {
    const { delivery, attempts, diedAt, reason } = letter;
    page.heading(delivery.id);
    page.field('event', eventAndIssue(letter));
    page.field('clientKey', delivery.clientKey);
    page.field(
      'died',
      `${storedTime(diedAt)}, after ${attempts === 1 ? '1 try' : `${amount(attempts)} tries`}`,
    );
    page.field('reason', inOneLine(reason));
    count++;
    await drained(terminal.output);
  });
  if (count === 0) {
    page.text(noneSentence(given));
    return;
  }
  page.blank();
  page.text(`${counted(count, 'dead letter')}.`);
  if (next !== undefined) page.text(`There are more: --after ${next}`);
}

/** @returns the id to go on after, where there are more than the limit. */
async function eachListed(
  queue: OpenQueue,
  limit: number,
  given: Arguments,
  show: (letter: DeadLetter) => Promise<void>,
): Promise<string | undefined> {
  let count = 0;
  let last: string | undefined;
  for await (const letter of deadLettersIn(queue, readFilter(given), given.text('after'))) {
    if (count === limit) return last;
    await show(letter);
    count++;
    last = letter.delivery.id;
  }
  return undefined;
}
