import { CHANGE_OPTIONS, changeDeadLetters } from './change-dead-letters.ts';
import type { CommandDetails } from './command.ts';

export const queueRetry: CommandDetails = {
  usage: '(ID… | --all) [options]',
  about: [
    'The app handles them again when it runs, each with all its tries. With --all it asks first; each is put back once, also where it fails again meanwhile.',
    'A handler that failed half-way does its first half again: that is what its idempotencyKey is for.',
  ],
  argument: 'ID',
  takesMany: true,
  options: CHANGE_OPTIONS,
  examples: [
    {
      text: 'After the mistake was mended, all events of comments:',
      line: "countersign queue retry --all --event 'comment_*'",
    },
    {
      text: 'One:',
      line: 'countersign queue retry 7f3a1c52-0b7e-4d69-9c1e-5a2b8d40e6f1',
    },
  ],
  run: (given, terminal) =>
    changeDeadLetters(
      {
        result: 'retried',
        done: 'Back in the queue',
        wouldBe: 'Would go back into the queue',
        label: 'Retrying',
        asksForIds: false,
        question: (which) => `Put ${which} back into the queue? The app handles them again.`,
        apply: (queue, id) => queue.retry(id),
      },
      given,
      terminal,
    ),
};
