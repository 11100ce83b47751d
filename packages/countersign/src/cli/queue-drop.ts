import { CHANGE_OPTIONS, changeDeadLetters } from './change-dead-letters.ts';
import type { CommandDetails } from './command.ts';

export const queueDrop: CommandDetails = {
  usage: '(ID… | --all) [options]',
  about: ['It shows what is lost and asks first: Jira does not send them again.'],
  argument: 'ID',
  takesMany: true,
  options: CHANGE_OPTIONS,
  examples: [
    {
      text: 'What a site left behind that is gone:',
      line: 'countersign queue drop --all --client-key 7f3a1c52-0b7e-4d69-9c1e-5a2b8d40e6f1',
    },
    {
      text: 'What would be dropped:',
      line: 'countersign queue drop --all --dry-run',
    },
  ],
  run: (given, terminal) =>
    changeDeadLetters(
      {
        result: 'dropped',
        done: 'Dropped',
        wouldBe: 'Would be dropped',
        label: 'Dropping',
        asksForIds: true,
        question: (which) => `Drop ${which}? It cannot be undone: Jira does not send them again.`,
        apply: (queue, id) => queue.drop(id),
      },
      given,
      terminal,
    ),
};
