/** Writes docs/401.md from the catalogue of causes; with --check it only compares. */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import {
  type CauseId,
  type CausePlace,
  causeOf,
  causes,
} from '../packages/countersign/src/jwt/explain/causes.ts';

const page = fileURLToPath(new URL('../docs/401.md', import.meta.url));

const PLACES: Readonly<Record<CausePlace, { title: string; shows: string }>> = {
  'to-jira': {
    title: 'A call to Jira is refused',
    shows:
      'Jira answers `401` with `Client must be authenticated to access this resource.`, with an HTML page `Unauthorized (401)`, or treats the call as anonymous: then it answers `400` about screens, `404`, or `200` with fewer results.',
  },
  'from-jira': {
    title: 'A call from Jira, or from a page, is refused by the app',
    shows:
      'The app answers `401` with `{"error":"unauthorized"}` and logs the cause: the caller is never told.',
  },
  'from-forge': {
    title: 'A call from Forge is refused by the app',
    shows:
      'The app answers `401`, and logs the cause; Forge takes any status but 2xx for a failure, and sends an event again three times.',
  },
  install: {
    title: 'The app cannot be installed',
    shows:
      'The administrator sees `The app host returned HTTP response code 4xx when we tried to contact it during installation.`; the cause is in the log of the app.',
  },
  field: {
    title: 'A field cannot be set',
    shows: 'The login is fine; Jira answers `400` or `403` about a field or an issue.',
  },
  limit: { title: 'Jira asks to slow down', shows: 'Jira answers `429`.' },
};

const ids = Object.keys(causes) as CauseId[];

/** The page, as it must be. */
export function causesPage(): string {
  const lines = [
    '# 401, and everything that looks like it',
    '',
    '<!-- Written by scripts/docs-401.ts from packages/countersign/src/jwt/explain/causes.ts. Do not edit. -->',
    '',
    'Every cause of a refusal that Countersign can name, with its stable id. `explainToken`, `error.diagnosis` and the',
    'command line name them by these ids. If you have a token and what it was sent with, do not search: ask.',
    '',
    '```ts',
    "import { explainToken } from 'countersign/jwt';",
    '',
    'const { verdict } = explainToken({',
    "  token: 'Authorization: Bearer eyJ…',",
    "  appKey: 'my-app',",
    "  method: 'GET',",
    "  url: 'https://my-site.atlassian.net/rest/api/3/myself',",
    '});',
    'console.log(verdict.title, verdict.evidence, verdict.fix);',
    '```',
    '',
    'Nothing that it returns holds a secret, a signature or a whole token.',
    '',
    '## From symptom to fix',
    '',
  ];
  const places = Object.keys(PLACES) as CausePlace[];
  for (const place of places) {
    lines.push(`- **${PLACES[place].title}** (${place}): ${PLACES[place].shows}`);
  }
  const rows = [['where', 'symptom', 'cause', 'fix']];
  for (const place of places) {
    for (const id of ids.filter((each) => causeOf(each).where[0] === place)) {
      const { symptoms, title, fix } = causeOf(id);
      const shown = symptoms.length === 0 ? 'as above' : symptoms.map(code).join('<br>');
      const cause = `[${id}](#${id.toLowerCase()}): ${cell(title)}`;
      rows.push([place, shown, cause, cell(fix)]);
    }
  }
  lines.push('', ...table(rows), '', '## The causes', '');
  for (const id of ids) {
    const { title, why, fix, symptoms, where, source } = causeOf(id);
    lines.push(`### ${id}`, '', `**${text(title)}.** ${text(why)}`, '', `Fix: ${text(fix)}`, '');
    if (symptoms.length > 0) {
      lines.push(
        `Shows as: ${symptoms.map((one) => code(one).replaceAll('\\|', '|')).join(', ')}`,
        '',
      );
    }
    lines.push(`Where: ${where.join(', ')}`, '');
    if (source !== undefined) lines.push(`Source: <${source}>`, '');
  }
  lines.push(
    '## Nothing fits',
    '',
    'When no known cause fits, the answer says so, and `ruledOut` lists what was tried. Then:',
    '',
    '1. Call `GET /rest/api/3/myself` with the same credential. If it answers `200`, the login is fine: the rest is scopes,',
    '   permissions and the request itself.',
    '2. Look under _Apps › Manage apps_ of the site: is the app installed and enabled?',
    '3. Install the app again, and use the secret of that installed callback.',
    '4. Compare the clock of this machine with the `Date` header of any answer.',
    '5. Look at what leaves the machine: a proxy or a default of the HTTP client may change it after it was signed.',
    '',
  );
  return lines.join('\n');
}

/** With its columns in line, as the formatter of this repository has them. */
function table(rows: readonly string[][]): string[] {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  );
  const [head = '', ...rest] = rows.map(
    (row) => `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`,
  );
  return [head, `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...rest];
}

/** Angle brackets and braces are text here, not HTML. */
function text(source: string): string {
  return source
    .split(/(`[^`]*`)/)
    .map((part) =>
      part.startsWith('`') ? part : part.replaceAll('<', '&lt;').replaceAll('*', '\\*'),
    )
    .join('');
}

function cell(source: string): string {
  return text(source).replaceAll('|', '\\|');
}

function code(source: string): string {
  return `\`${source.replaceAll('`', "'").replaceAll('|', '\\|')}\``;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const wanted = causesPage();
  if (!process.argv.includes('--check')) writeFileSync(page, wanted);
  else if (readFileSync(page, 'utf8') !== wanted) {
    console.error(
      'docs/401.md is not what the catalogue of causes says. Run: npx node scripts/docs-401.ts',
    );
    process.exitCode = 1;
  }
}
