import { explainToken } from '../jwt/explain/explain.ts';
import type { Arguments } from './arguments.ts';
import { type CommandDetails, type ExitCode, JSON_OPTION } from './command.ts';
import { createPage, printJson } from './page.ts';
import { findRequest, readGivenText } from './read-request.ts';
import { showVerdict } from './show-explanation.ts';
import type { Terminal } from './terminal.ts';
import { type ShownTime, showTime } from './times.ts';

export const tokenDecode: CommandDetails = {
  usage: '[options] [TOKEN | -]',
  about: [
    'TOKEN is a token, or anything with one in it: an Authorization header, a URL with ?jwt=, a curl command, or a file. Without it, standard input is read.',
    'Nothing is verified: anybody can write such a token. To check one, use countersign token explain.',
  ],
  options: { json: JSON_OPTION },
  examples: [
    { text: 'A token:', line: 'countersign token decode eyJ0eXAi…' },
    { text: 'What is in the clipboard:', line: 'pbpaste | countersign token decode' },
  ],
  argument: 'TOKEN',
  run: decode,
};

const TIME_CLAIMS = ['iat', 'nbf', 'exp'] as const;
const NOT_VERIFIED = 'NOT VERIFIED: this is what the token says, not what is true.';

async function decode(given: Arguments, terminal: Terminal): Promise<ExitCode> {
  const { credential } = findRequest(await readGivenText(given, terminal));
  const { token, verdict } = explainToken({ token: tokenIn(credential) });
  if (token === undefined) {
    if (given.has('json')) printJson(terminal, { verified: false, verdict });
    else {
      const page = createPage(terminal);
      page.heading('This cannot be decoded.', 'red');
      page.blank();
      showVerdict(page, verdict);
    }
    return 1;
  }
  const { header, claims } = token;
  const now = Date.now();
  const times: Record<string, ShownTime> = {};
  for (const name of TIME_CLAIMS) {
    if (Object.hasOwn(claims, name)) times[name] = showTime(claims[name], now);
  }
  if (given.has('json')) {
    printJson(terminal, { verified: false, header, claims, times });
    return 0;
  }
  const page = createPage(terminal);
  page.heading(NOT_VERIFIED, 'yellow');
  page.blank();
  page.heading('Header');
  for (const [name, value] of Object.entries(header)) page.field(name, asText(value));
  page.blank();
  page.heading('Claims');
  for (const [name, value] of Object.entries(claims)) {
    const { utc, words } = times[name] ?? {};
    const time = [utc, words].filter((part) => part !== undefined).join(', ');
    page.field(name, time === '' ? asText(value) : `${asText(value)}: ${time}`);
  }
  if (claims.qsh === 'context-qsh') {
    page.blank();
    page.text('It is a context token: made for the iframe, and bound to no URL.');
  }
  return 0;
}

/** Whatever stands around it: the part that looks like a token. */
function tokenIn(text: string): string {
  return /eyJ[\w-]{1,20000}\.[\w-]{1,20000}\.[\w-]{0,20000}/.exec(text)?.[0] ?? text;
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing');
}
