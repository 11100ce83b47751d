import { z } from 'zod';
import { normalizeSiteUrl } from '../connect/sites.ts';
import { keyIdOf } from '../installations/encryption/seal.ts';
import type { InstallationRecord } from '../installations/installation.ts';
import type { StoredSetting } from '../installations/store.ts';
import { cannotDo } from './failures.ts';
import { readLines } from './read-lines.ts';

/** One line of an export between its first and its last: a record or a setting, exactly as it is stored. */
export type ExportEntry =
  | { readonly installation: InstallationRecord }
  | { readonly setting: StoredSetting };

/** How many lines of each kind there are. */
export interface ExportCounts {
  installations: number;
  settings: number;
}

const VERSION = 1;
/** A record holds the payload of the installed callback, a setting at most 100 kB before it is encrypted. */
const MAX_LINE_BYTES = 4 * 1024 * 1024;

export function firstLine(): string {
  const exportedAt = new Date().toISOString();
  return `${JSON.stringify({ countersign: 'export', version: VERSION, exportedAt })}\n`;
}

export function entryLine(entry: ExportEntry): string {
  return `${JSON.stringify(entry)}\n`;
}

/** With it a file that was cut off is told from a whole one. */
export function lastLine(end: ExportCounts): string {
  return `${JSON.stringify({ end })}\n`;
}

/** True where a secret or a setting of it can be read without a key. */
export function isInClear(entry: ExportEntry): boolean {
  if ('setting' in entry) return keyIdOf(entry.setting.value) === undefined;
  const { sharedSecret, previousSecrets = [] } = entry.installation;
  const secrets = [sharedSecret, ...previousSecrets.map((previous) => previous.sharedSecret)];
  return secrets.some((secret) => keyIdOf(secret) === undefined);
}

const text = z.string().min(1);

// Fields that are unknown here belong to a newer version of the record, and are kept.
const SHAPES = {
  end: z.looseObject({ installations: z.number(), settings: z.number() }),
  setting: z.looseObject({ clientKey: text, name: text, value: z.string() }),
  installation: z.looseObject({
    clientKey: text,
    appKey: text,
    siteUrl: z.string().refine((url) => normalizeSiteUrl(url) !== undefined),
    sharedSecret: text,
    previousSecrets: z.array(z.looseObject({ sharedSecret: text, endsAt: z.number() })).optional(),
    status: z.enum(['installed', 'uninstalled']),
    enabled: z.boolean(),
    installedAt: z.number(),
    changedAt: z.number(),
    enabledChangedAt: z.number(),
    payload: z.record(z.string(), z.unknown()),
    revision: z.number(),
  }),
};

/** An entry, and the number of its line, from 1. */
export interface NumberedEntry {
  readonly line: number;
  readonly entry: ExportEntry;
}

/**
 * Reads what `installations export` wrote, line by line.
 *
 * @throws CommandFailure for what is no export or no whole one. It names the line, and nothing of what is in it.
 */
export async function* readExport(
  source: AsyncIterable<Buffer | string>,
): AsyncGenerator<NumberedEntry> {
  const counts: ExportCounts = { installations: 0, settings: 0 };
  let isFirst = true;
  let isEnded = false;
  for await (const { number, text: line } of readLines(source, MAX_LINE_BYTES)) {
    if (isEnded) throw cannotDo(`Line ${number} comes after the end of the export.`);
    const json = parse(line, number, isFirst);
    if (isFirst) {
      checkFirstLine(json);
      isFirst = false;
      continue;
    }
    const kind = checkEntry(json, number);
    if (kind === 'end') {
      checkCounts((json as { end: ExportCounts }).end, counts);
      isEnded = true;
      continue;
    }
    counts[kind === 'setting' ? 'settings' : 'installations']++;
    yield { line: number, entry: json as ExportEntry };
  }
  if (isFirst) throw cannotDo('The export is empty.', WRONG_FILE);
  if (!isEnded) throw cannotDo('The export is cut off: its last line is missing.', 'Export again.');
}

const WRONG_FILE = 'Give what countersign installations export wrote.';

function parse(line: string, number: number, isFirst: boolean): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw cannotDo(`Line ${number} is no JSON.`, isFirst ? WRONG_FILE : undefined);
  }
}

function checkFirstLine(json: unknown): void {
  const { countersign, version } = (json ?? {}) as { countersign?: unknown; version?: unknown };
  if (countersign !== 'export') throw cannotDo('Line 1 is not that of an export.', WRONG_FILE);
  if (version === VERSION) return;
  throw cannotDo(
    `The export has another version than ${VERSION}, which this version of Countersign reads.`,
    'Update Countersign to the version that wrote it, or newer.',
  );
}

function checkEntry(json: unknown, line: number): keyof typeof SHAPES {
  const kinds = Object.keys(SHAPES) as (keyof typeof SHAPES)[];
  const kind = kinds.find((name) => Object.hasOwn(Object(json), name));
  if (kind === undefined) throw cannotDo(`Line ${line} is neither an installation nor a setting.`);
  const { error } = SHAPES[kind].safeParse((json as Record<string, unknown>)[kind]);
  const [issue] = error?.issues ?? [];
  if (issue === undefined) return kind;
  // Deeper in a payload a name would be content too.
  const where = [kind, ...issue.path.slice(0, issue.path[0] === 'payload' ? 1 : 3)].join('.');
  throw cannotDo(`Line ${line}: ${where} is missing or not as it should be.`);
}

function checkCounts(end: ExportCounts, counts: ExportCounts): void {
  if (end.installations === counts.installations && end.settings === counts.settings) return;
  throw cannotDo(
    `The export should hold ${end.installations} installations and ${end.settings} settings, but has ${counts.installations} and ${counts.settings}.`,
    'Lines of it were lost. Export again.',
  );
}
