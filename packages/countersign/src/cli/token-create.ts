import { canonicalRequest, createToken, decodeToken, queryStringHash } from '../jwt/jwt.ts';
import type { Arguments } from './arguments.ts';
import { askSecret, canAsk } from './ask.ts';
import {
  CLIENT_KEY_OPTION,
  type CommandDetails,
  type ExitCode,
  JSON_OPTION,
  SITE_OPTION,
  STORE_OPTION,
} from './command.ts';
import { decrypted, KEYS_OPTIONS } from './encryption-keys.ts';
import { badUsage } from './failures.ts';
import { storeName, withStore } from './open-store.ts';
import { note, printJson } from './page.ts';
import { pickInstallation } from './pick-installation.ts';
import { namesSecret, readSecret, SECRET_OPTIONS } from './secret-source.ts';
import type { Terminal } from './terminal.ts';

export const tokenCreate: CommandDetails = {
  usage: '--url URL [options]',
  about: [
    'Prints the token alone, to be used in a script. It is good for this method and URL only, and for three minutes.',
    'The secret comes from a file, an environment variable, the store of the app, or a question on the terminal; never from the command line.',
  ],
  options: {
    url: { value: 'URL', text: 'The URL of the request, or its path with its query.' },
    method: { value: 'METHOD', text: 'Its HTTP method. Default: GET.' },
    issuer: {
      value: 'KEY',
      text: 'The app key: `key` of the descriptor. Default: that of the stored installation.',
    },
    'base-url': {
      value: 'URL',
      text: 'The URL of the site; its path is cut off before hashing. Default: that of the stored installation.',
    },
    'expires-in-seconds': { value: 'N', text: 'How long it is good for, 1 to 3600. Default: 180.' },
    subject: { value: 'TEXT', text: 'The claim sub.' },
    audience: { value: 'TEXT', text: 'The claim aud. May be repeated.', multiple: true },
    ...SECRET_OPTIONS,
    store: STORE_OPTION,
    ...KEYS_OPTIONS,
    'client-key': CLIENT_KEY_OPTION,
    site: SITE_OPTION,
    header: { text: 'Print the whole Authorization header.' },
    curl: { text: 'Print a curl command that sends the request.' },
    json: JSON_OPTION,
  },
  examples: [
    {
      text: 'With the secret in the environment:',
      line: 'countersign token create --issuer my-app --url /rest/api/3/myself',
    },
    {
      text: 'With what the app has stored, as a command to run:',
      line: "countersign token create --store sqlite:./app.db --method PUT --url '/rest/api/3/issue/XX-21?notifyUsers=false' --curl",
    },
  ],
  run: create,
};

interface Signer {
  sharedSecret?: string | undefined;
  issuer?: string | undefined;
  baseUrl?: string | undefined;
  clientKey?: string | undefined;
}

async function create(given: Arguments, terminal: Terminal): Promise<ExitCode> {
  const url = given.text('url');
  if (url === undefined) throw badUsage('countersign token create needs --url.');
  if (given.has('header') && given.has('curl')) throw badUsage('Choose --header or --curl.');
  const method = (given.text('method') ?? 'GET').toUpperCase();
  const lifetime = given.text('expires-in-seconds');
  const signer = await findSigner(given, terminal);
  const issuer = given.text('issuer') ?? signer.issuer;
  const baseUrl = given.text('base-url') ?? signer.baseUrl;
  if (issuer === undefined) {
    throw badUsage(
      'countersign token create needs --issuer: the app key, which is `key` of the descriptor.',
      'With --store it is found in the stored installation.',
    );
  }
  if (issuer === signer.clientKey) {
    note(
      terminal,
      'Note: iss is the clientKey. Jira takes the app key, and answers 401 to this one.',
    );
  }
  const target = { method, url, ...(baseUrl === undefined ? {} : { baseUrl }) };
  const audiences = given.texts('audience');
  const sharedSecret = signer.sharedSecret ?? (await ask(terminal));
  const token = createToken({
    ...target,
    issuer,
    sharedSecret,
    ...(given.has('subject') ? { subject: given.text('subject') as string } : {}),
    ...(audiences.length === 0
      ? {}
      : { audience: audiences.length === 1 ? (audiences[0] as string) : audiences }),
    ...(lifetime === undefined ? {} : { expiresInSeconds: readNumber(lifetime) }),
  });
  const authorization = `JWT ${token}`;
  if (given.has('json')) {
    const { exp } = decodeToken(token).claims as { exp: number };
    printJson(terminal, {
      token,
      authorization,
      method,
      url,
      canonicalRequest: canonicalRequest(target),
      qsh: queryStringHash(target),
      expiresAt: new Date(exp * 1000).toISOString(),
      ...(given.has('curl') ? { curl: curlCommand(method, url, baseUrl, authorization) } : {}),
    });
  } else if (given.has('curl')) {
    terminal.output.write(`${curlCommand(method, url, baseUrl, authorization)}\n`);
  } else {
    terminal.output.write(`${given.has('header') ? `Authorization: ${authorization}` : token}\n`);
  }
  return 0;
}

async function findSigner(given: Arguments, terminal: Terminal): Promise<Signer> {
  const named = namesSecret(given) ? await readSecret(given, terminal) : undefined;
  const store = storeName(given, terminal);
  if (store !== undefined && (named === undefined || given.has('store'))) {
    const stored = await withStore(store, (open) => pickInstallation(open, given));
    const { appKey, siteUrl, clientKey, status } = stored;
    const sharedSecret = named ?? (await decrypted(stored, given, terminal)).sharedSecret;
    if (status === 'uninstalled') {
      note(terminal, 'Note: the app was uninstalled from this site, which takes no token of it.');
    }
    return { sharedSecret, issuer: appKey, baseUrl: siteUrl, clientKey };
  }
  return { sharedSecret: named ?? (await readSecret(given, terminal)) };
}

async function ask(terminal: Terminal): Promise<string> {
  if (canAsk(terminal)) return askSecret(terminal, 'Shared secret');
  throw badUsage(
    'No shared secret was given.',
    'Use --secret-file FILE, --secret-env NAME, --store, or set COUNTERSIGN_SHARED_SECRET.',
  );
}

function readNumber(text: string): number {
  const number = Number(text);
  if (Number.isFinite(number)) return number;
  throw badUsage('--expires-in-seconds must be a number.');
}

/** A command for a POSIX shell that sends exactly what was signed. */
function curlCommand(
  method: string,
  url: string,
  baseUrl: string | undefined,
  authorization: string,
): string {
  const address = absolute(url, baseUrl)
    .replace(/[\0- "<>^`{}\x7f-\u{10ffff}]/gu, (character) =>
      encodeURIComponent(character.toWellFormed()),
    )
    .replace(/#.*$/s, '');
  const options = [
    // Brackets are patterns to curl, and it shortens a path with dots.
    ...(/[[\]]/.test(address) ? ['--globoff'] : []),
    ...(/\/\.{1,2}(?:[/?]|$)/.test(address) ? ['--path-as-is'] : []),
    ...(method === 'GET' ? [] : [`-X ${quote(method)}`]),
  ];
  return `curl ${[...options, quote(address)].join(' ')} -H ${quote(`Authorization: ${authorization}`)}`;
}

function absolute(url: string, baseUrl: string | undefined): string {
  if (/^https?:\/\//i.test(url)) return url;
  if (baseUrl === undefined || !URL.canParse(baseUrl)) {
    throw badUsage('--curl needs a whole URL.', 'Give --base-url, or write it in --url.');
  }
  const { origin, pathname } = new URL(baseUrl);
  const base = pathname.replace(/\/$/, '');
  const path = url.startsWith('/') ? url : `/${url}`;
  return path === base || path.startsWith(`${base}/`) ? origin + path : origin + base + path;
}

function quote(text: string): string {
  return /^[A-Za-z]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
