import { amount, counted } from './amounts.ts';
import type { Arguments } from './arguments.ts';
import { canAsk, confirm } from './ask.ts';
import {
  type CommandOption,
  DRY_RUN_OPTION,
  type ExitCode,
  JSON_OPTION,
  YES_OPTION,
} from './command.ts';
import { deadLettersIn, FILTER_OPTIONS, noneSentence, readFilter } from './dead-letters.ts';
import { badUsage } from './failures.ts';
import { interruptible } from './interrupt.ts';
import { type OpenQueue, QUEUE_OPTIONS, withQueue } from './open-queue.ts';
import { createPage, note, printJson } from './page.ts';
import { createProgress } from './progress.ts';
import { deadLetterLine } from './show-dead-letter.ts';
import type { Terminal } from './terminal.ts';

/** What is done to each of some dead letters. */
export interface DeadLetterChange {
  /** Where the ids stand in the JSON. */
  readonly result: 'retried' | 'dropped';
  /** In front of how many were changed: `Dropped`. */
  readonly done: string;
  /** The same, for what would be. */
  readonly wouldBe: string;
  /** While it goes on. */
  readonly label: string;
  /** Asks before it is done to what was named by its id, too; with --all it always asks. */
  readonly asksForIds: boolean;
  /** @param which `3 dead letters`. */
  question(which: string): string;
  /** @returns false if there is none of this id. */
  apply(queue: OpenQueue, id: string): Promise<boolean>;
}

/** The options of a {@link changeDeadLetters}. */
export const CHANGE_OPTIONS: Readonly<Record<string, CommandOption>> = {
  ...QUEUE_OPTIONS,
  all: { text: 'All of them, or all that --client-key and --event leave.' },
  ...FILTER_OPTIONS,
  'dry-run': DRY_RUN_OPTION,
  yes: YES_OPTION,
  json: JSON_OPTION,
};

/** The dead letters that were asked for. */
interface Chosen {
  readonly ids: readonly string[];
  /** The first of them in a line each, as far as they were looked at. */
  readonly lines: readonly string[];
  readonly notFound: readonly string[];
}

const LISTED = 20;

/** Does something to the dead letters that were named by their ids, or by --all. */
export async function changeDeadLetters(
  change: DeadLetterChange,
  given: Arguments,
  terminal: Terminal,
): Promise<ExitCode> {
  const ids = readIds(given);
  const isDryRun = given.has('dry-run');
  return withQueue(given, terminal, async (queue) => {
    const asks = !isDryRun && !given.has('yes') && (ids === undefined || change.asksForIds);
    const chosen = await choose(queue, ids, { looks: isDryRun || asks, given, terminal });
    if (isDryRun || chosen.ids.length === 0) {
      report(change, chosen, given, terminal);
      return chosen.notFound.length > 0 ? 1 : 0;
    }
    if (asks && canAsk(terminal)) printLines(chosen, { ...terminal, output: terminal.errors });
    const question = change.question(counted(chosen.ids.length, 'dead letter'));
    await confirm(terminal, question, !asks);
    const changed = await applyToAll(change, queue, chosen.ids, terminal);
    const isChanged = new Set(changed);
    // What somebody else took away meanwhile was asked for only by its id.
    const missing = ids === undefined ? [] : chosen.ids.filter((id) => !isChanged.has(id));
    const notFound = [...chosen.notFound, ...missing];
    report(change, { ids: changed, lines: [], notFound }, given, terminal);
    return notFound.length > 0 ? 1 : 0;
  });
}

/** @returns undefined for --all. */
function readIds(given: Arguments): readonly string[] | undefined {
  const ids = [...new Set(given.argumentList)];
  const isNarrowed = given.has('client-key') || given.has('event');
  if (given.has('all')) {
    if (ids.length === 0) return undefined;
    throw badUsage('Give IDs, or --all, and not both.');
  }
  if (isNarrowed) throw badUsage('--client-key and --event say which of --all: add --all.');
  if (ids.length > 0) return ids;
  throw badUsage('Say which: the IDs of dead letters, or --all.', 'See countersign queue list.');
}

/** @param looks Whether anybody wants to know what they are; without it, ids are taken as they are given. */
async function choose(
  queue: OpenQueue,
  ids: readonly string[] | undefined,
  { looks, given, terminal }: { looks: boolean; given: Arguments; terminal: Terminal },
): Promise<Chosen> {
  if (ids !== undefined && !looks) return { ids, lines: [], notFound: [] };
  const wanted = ids === undefined ? undefined : new Set(ids);
  const found: string[] = [];
  const lines: string[] = [];
  const { dead } = await queue.counts();
  const progress = createProgress(terminal, { label: 'Looking', total: dead });
  let seen = 0;
  try {
    for await (const letter of deadLettersIn(queue, readFilter(given))) {
      progress.update(++seen);
      const { id } = letter.delivery;
      if (wanted?.delete(id) === false) continue;
      found.push(id);
      if (lines.length < LISTED) lines.push(deadLetterLine(letter));
      if (wanted?.size === 0) break;
    }
  } finally {
    progress.end();
  }
  return { ids: found, lines, notFound: [...(wanted ?? [])] };
}

/** One after another, from the oldest: what is handled in order stays so. */
async function applyToAll(
  change: DeadLetterChange,
  queue: OpenQueue,
  ids: readonly string[],
  terminal: Terminal,
): Promise<string[]> {
  const changed: string[] = [];
  const soFar = () => `${change.done} before that: ${counted(changed.length, 'dead letter')}.`;
  const progress = createProgress(terminal, { label: change.label, total: ids.length });
  try {
    await interruptible(soFar, async (signal) => {
      for (const [index, id] of ids.entries()) {
        try {
          if (await change.apply(queue, id)) changed.push(id);
        } catch (error) {
          progress.end();
          if (changed.length > 0) note(terminal, soFar());
          throw error;
        }
        progress.update(index + 1);
        if (index < ids.length - 1) signal.throwIfAborted();
      }
    });
  } finally {
    progress.end();
  }
  return changed;
}

function report(
  change: DeadLetterChange,
  chosen: Chosen,
  given: Arguments,
  terminal: Terminal,
): void {
  const dryRun = given.has('dry-run');
  const { ids, notFound } = chosen;
  if (given.has('json')) {
    printJson(terminal, { dryRun, [change.result]: ids, notFound });
    return;
  }
  const page = createPage(terminal);
  for (const id of notFound) page.text(`There is no dead letter '${id.slice(0, 100)}'.`);
  if (ids.length === 0 && notFound.length === 0) {
    page.text(noneSentence(given));
    return;
  }
  if (dryRun) printLines(chosen, terminal);
  page.text(`${dryRun ? change.wouldBe : change.done}: ${counted(ids.length, 'dead letter')}.`);
}

function printLines({ ids, lines }: Chosen, terminal: Terminal): void {
  const page = createPage(terminal);
  for (const line of lines) page.text(line, { indent: 2 });
  if (ids.length > lines.length) {
    page.text(`… and ${amount(ids.length - lines.length)} more`, { indent: 2 });
  }
}
