import { createHmac, createPublicKey, hash, timingSafeEqual, verify } from 'node:crypto';
import type { CauseId } from './causes.ts';
import type { Examination, Finding } from './examination.ts';
import type { Direction, Material } from './material.ts';
import type { Show } from './shown.ts';
import type { TokenParts } from './token-form.ts';

const HMACS: Readonly<Record<string, string>> = {
  HS256: 'sha256',
  HS384: 'sha384',
  HS512: 'sha512',
};
/** How many characters of base64url each has. */
const MAC_LENGTHS: Readonly<Record<string, number>> = { sha256: 43, sha384: 64, sha512: 86 };

/** Checks algorithm and signature; where it does not match, tries what else may have been used for the secret. */
export function examineSignature(
  parts: TokenParts,
  direction: Direction | undefined,
  material: Material,
  examination: Examination,
  show: Show,
): void {
  const { alg } = parts.header;
  const asymmetric = typeof alg === 'string' && /^(?:RS|PS|ES)(?:256|384|512)$|^EdDSA$/.test(alg);
  const wantsKey = material.lifecycle || (asymmetric && direction === 'from-jira');
  if (typeof alg === 'string' && alg.toLowerCase() === 'none') {
    examination.failed('algorithm', sure('CS-ALG-NONE', 'The header says alg none.'));
    return;
  }
  if (material.lifecycle && alg !== 'RS256') {
    examination.failed(
      'algorithm',
      sure('CS-INSTALL-UNSIGNED', `alg is ${show(alg, 20)}; installed and uninstalled need RS256.`),
    );
    return;
  }
  if (wantsKey ? alg !== 'RS256' : alg !== 'HS256') {
    examination.failed(
      'algorithm',
      sure(
        'CS-ALG-UNEXPECTED',
        `alg is ${show(alg, 20)}; ${wantsKey ? 'RS256' : 'HS256'} was expected.`,
      ),
    );
  } else examination.passed('algorithm', String(alg));
  if (asymmetric) {
    examinePublicKey(parts, material, examination);
    return;
  }
  const algorithm = HMACS[String(alg)];
  if (algorithm === undefined) return;
  const { sharedSecret } = material;
  if (sharedSecret === undefined) {
    examination.impossible('signature', 'It takes the shared secret to check it.', [
      'sharedSecret',
    ]);
    return;
  }
  if (isMac(algorithm, sharedSecret, parts)) {
    examination.passed('signature', 'Made with the shared secret.');
    return;
  }
  examination.failed('signature', findMistake(parts, algorithm, sharedSecret, material));
}

function examinePublicKey(
  parts: TokenParts,
  { publicKey }: Material,
  examination: Examination,
): void {
  if (publicKey === undefined || parts.header.alg !== 'RS256') {
    examination.impossible('signature', 'It takes the public key that the header’s kid names.', [
      'publicKey',
    ]);
    return;
  }
  let good: boolean;
  try {
    const key = createPublicKey(publicKey);
    good = verify(
      'sha256',
      Buffer.from(parts.signingInput),
      key,
      Buffer.from(parts.signature, 'base64url'),
    );
  } catch {
    examination.impossible('signature', 'publicKey is no PEM that can be read.', ['publicKey']);
    return;
  }
  if (good) examination.passed('signature', 'Made with the private key of publicKey.');
  else
    examination.failed(
      'signature',
      sure('CS-SECRET-OTHER', 'The signature does not match publicKey.'),
    );
}

function sure(cause: CauseId, evidence: string): Finding {
  return { cause, evidence, confidence: 'certain' };
}

function isMac(
  algorithm: string,
  key: string | Buffer,
  { signingInput, signature }: TokenParts,
): boolean {
  if (signature.length !== MAC_LENGTHS[algorithm]) return false;
  const expected = Buffer.from(createHmac(algorithm, key).update(signingInput).digest('base64url'));
  const actual = Buffer.from(signature);
  return expected.length === actual.length && timingSafeEqual(expected, actual);
}

type Candidate = [key: string | Buffer, cause: CauseId, what: string];

function findMistake(
  parts: TokenParts,
  algorithm: string,
  secret: string,
  material: Material,
): Finding {
  const mac = createHmac(algorithm, secret).update(parts.signingInput).digest();
  const hex = mac.toString('hex');
  const written = parts.signature;
  const spellings = [
    hex,
    hex.toUpperCase(),
    Buffer.from(hex).toString('base64url'),
    Buffer.from(hex).toString('base64'),
    mac.toString('base64'),
    Buffer.from(mac.toString('base64')).toString('base64url'),
    Buffer.from(mac.toString('latin1'), 'utf8').toString('base64url'),
  ];
  if (spellings.includes(written)) {
    return sure('CS-SIGNATURE-ENCODING', 'In base64url it would match.');
  }
  for (const [name, other] of Object.entries(HMACS)) {
    if (other !== algorithm && isMac(other, secret, parts)) {
      return sure(
        'CS-ALG-MISLABELLED',
        `The header says ${String(parts.header.alg)}; the signature is that of ${name}.`,
      );
    }
  }
  const usual = mac.toString('base64url');
  if (written.length > usual.length && written.startsWith(usual)) {
    const more = written.length - usual.length;
    return sure('CS-TOKEN-MALFORMED', `After the right signature stand ${more} more characters.`);
  }
  let tried = 0;
  // Whoever sends garbage to an app shall not make it work hard.
  const few = material.quick && parts.signingInput.length > 4096;
  for (const [key, cause, what] of few ? [] : candidates(secret, material, parts)) {
    tried++;
    if (key !== secret && isMac(algorithm, key, parts)) {
      return sure(cause, `The signature matches ${what}.`);
    }
  }
  return {
    cause: 'CS-SECRET-OTHER',
    evidence: `It matches neither the shared secret nor any of ${tried} known misuses of it.`,
    confidence: 'none',
  };
}

const WIDTHS = [
  8, 16, 20, 24, 25, 30, 32, 36, 40, 48, 50, 60, 63, 64, 72, 80, 96, 100, 120, 127, 128, 255,
];
const SAMPLE_SECRETS = [
  '',
  'undefined',
  'null',
  'None',
  'nil',
  'false',
  '[object Object]',
  '[object Promise]',
  'secret',
  'shared-secret',
  'sharedSecret',
  'shared_secret',
  'sharedsecret',
  'SHARED_SECRET',
  'your-shared-secret',
  'your_shared_secret',
  'your-secret',
  'your-256-bit-secret',
  'my-secret',
  'mysecret',
  'xxx',
  'test',
  'changeme',
  'password',
  'shhhhh',
  'a-secret-key-not-to-be-lost',
  'process.env.SHARED_SECRET',
  '{{sharedSecret}}',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a placeholder that was never filled is what is looked for.
  '${sharedSecret}',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a placeholder that was never filled is what is looked for.
  '${SHARED_SECRET}',
  '<shared-secret>',
  '<sharedSecret>',
  '...',
];

function* candidates(secret: string, material: Material, parts: TokenParts): Generator<Candidate> {
  yield* spellings(secret);
  const { clientKey, appKey, publicKey, previousSecrets, installations } = material;
  for (const previous of previousSecrets) {
    yield [previous, 'CS-SECRET-PREVIOUS', 'an earlier secret of this installation'];
    yield [
      previous.trim(),
      'CS-SECRET-PREVIOUS',
      'an earlier secret of this installation, trimmed',
    ];
  }
  for (const other of installations) {
    if (other.sharedSecret === undefined) continue;
    const same = other.clientKey !== undefined && other.clientKey === clientKey;
    yield same
      ? [other.sharedSecret, 'CS-SECRET-PREVIOUS', 'another stored secret of this installation']
      : [
          other.sharedSecret,
          'CS-SECRET-OTHER-INSTALLATION',
          'the secret of another stored installation',
        ];
  }
  if (clientKey !== undefined) {
    yield [clientKey, 'CS-SECRET-CLIENT-KEY', 'the clientKey in place of the secret'];
    yield [`jira:${clientKey}`, 'CS-SECRET-CLIENT-KEY', 'the clientKey in place of the secret'];
  }
  if (publicKey !== undefined) {
    for (const key of [
      publicKey,
      publicKey.trim(),
      `${publicKey}\n`,
      publicKey.replace(/-----[^-]+-----|\s/g, ''),
    ]) {
      yield [key, 'CS-SECRET-PUBLIC-KEY', 'the publicKey in place of the secret'];
    }
    yield [
      Buffer.from(publicKey, 'base64'),
      'CS-SECRET-PUBLIC-KEY',
      'the decoded publicKey in place of the secret',
    ];
  }
  if (appKey !== undefined)
    yield [appKey, 'CS-SECRET-APP-KEY', 'the app key in place of the secret'];
  const { iss } = parts.claims;
  if (typeof iss === 'string' && iss !== appKey && iss !== clientKey) {
    yield [iss, 'CS-SECRET-SAMPLE', 'the value of iss in place of the secret'];
  }
  for (const sample of SAMPLE_SECRETS) {
    const name = sample === '' ? 'an empty text' : `"${sample}"`;
    yield [sample, 'CS-SECRET-SAMPLE', `${name} in place of the secret`];
  }
}

/** The secret as it may have been changed on its way. */
function* spellings(secret: string): Generator<Candidate> {
  const trimmed = secret.trim();
  const white: [string, string][] = [
    [trimmed, 'the secret trimmed; the one at hand has blanks around it'],
    [`${secret}\n`, 'the secret with a line break after it'],
    [`${trimmed}\n`, 'the secret with a line break after it'],
    [`${secret}\r\n`, 'the secret with a line break after it'],
    [`${secret}\r`, 'the secret with a line break after it'],
    [`${secret} `, 'the secret with a space after it'],
    [` ${secret}`, 'the secret with a space before it'],
    [` ${secret} `, 'the secret with spaces around it'],
    [`\n${secret}`, 'the secret with a line break before it'],
    [`${secret}\t`, 'the secret with a tab after it'],
    [`${secret}\n\n`, 'the secret with line breaks after it'],
    [`\u{feff}${secret}`, 'the secret with a byte order mark before it'],
    [`${secret}\0`, 'the secret with a null byte after it'],
    [secret.replace(/\s+/g, ''), 'the secret without its blanks'],
    [secret.replaceAll('\\n', '\n'), 'the secret with \\n read as a line break'],
  ];
  for (const [key, what] of white) yield [key, 'CS-SECRET-WHITESPACE', what];
  const bare = secret.replace(/^(["'`])(.*)\1$/s, '$2');
  for (const key of [
    `"${secret}"`,
    `'${secret}'`,
    `\`${secret}\``,
    `\\"${secret}\\"`,
    `"${secret}`,
    `${secret}"`,
    `<${secret}>`,
    JSON.stringify(secret),
    `b'${secret}'`,
  ]) {
    yield [key, 'CS-SECRET-QUOTED', 'the secret with quotes around it'];
  }
  yield [bare, 'CS-SECRET-QUOTED', 'the secret without quotes; the one at hand has them'];
  const bytes = Buffer.from(secret);
  yield [Buffer.from(secret, 'base64'), 'CS-SECRET-BASE64', 'the base64-decoded secret'];
  yield [
    Buffer.from(secret, 'base64').toString('utf8'),
    'CS-SECRET-BASE64',
    'the base64-decoded secret, as text',
  ];
  yield [
    Buffer.from(secret, 'base64').toString('latin1'),
    'CS-SECRET-BASE64',
    'the base64-decoded secret, as text',
  ];
  yield [
    Buffer.from(secret.replace(/[^A-Za-z0-9+/]/g, ''), 'base64'),
    'CS-SECRET-BASE64',
    'the base64-decoded secret',
  ];
  yield [bytes.toString('base64'), 'CS-SECRET-BASE64', 'the base64-encoded secret'];
  yield [
    `${bytes.toString('base64')}\n`,
    'CS-SECRET-BASE64',
    'the base64-encoded secret with a line break',
  ];
  yield [bytes.toString('base64url'), 'CS-SECRET-BASE64', 'the base64url-encoded secret'];
  yield [
    Buffer.from(`${secret}\n`).toString('base64'),
    'CS-SECRET-BASE64',
    'the base64-encoded secret with its line break',
  ];
  yield [Buffer.from(secret, 'hex'), 'CS-SECRET-HEX', 'the hex-decoded secret'];
  yield [Buffer.from(secret.replaceAll('-', ''), 'hex'), 'CS-SECRET-HEX', 'the hex-decoded secret'];
  yield [
    Buffer.from(secret, 'hex').toString('utf8'),
    'CS-SECRET-HEX',
    'the hex-decoded secret, as text',
  ];
  yield [bytes.toString('hex'), 'CS-SECRET-HEX', 'the hex-encoded secret'];
  yield [bytes.toString('hex').toUpperCase(), 'CS-SECRET-HEX', 'the hex-encoded secret'];
  const changed: [string | Buffer, string][] = [
    [secret.toLowerCase(), 'the secret in small letters'],
    [secret.toUpperCase(), 'the secret in capital letters'],
    [encodeURIComponent(secret.toWellFormed()), 'the URL-encoded secret'],
    [decoded(secret), 'the URL-decoded secret'],
    [secret.replaceAll('+', ' '), 'the secret with + read as a space'],
    [secret.replaceAll('-', ''), 'the secret without its dashes'],
    [Buffer.from(secret, 'utf16le'), 'the secret in UTF-16'],
    [Buffer.from(secret, 'latin1'), 'the secret in Latin-1'],
    [hash('sha256', secret, 'hex'), 'the SHA-256 of the secret'],
    [hash('sha256', secret, 'buffer'), 'the SHA-256 of the secret'],
    [hash('sha256', secret, 'base64'), 'the SHA-256 of the secret'],
    [hash('sha1', secret, 'hex'), 'the SHA-1 of the secret'],
    [hash('md5', secret, 'hex'), 'the MD5 of the secret'],
    [secret.slice(1), 'the secret without its first character'],
    [secret.slice(0, -1), 'the secret without its last character'],
    [`${secret}${secret}`, 'the secret twice'],
    [[...secret].reverse().join(''), 'the secret backwards'],
    [
      secret.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;'),
      'the HTML-escaped secret',
    ],
  ];
  for (const [key, what] of changed) yield [key, 'CS-SECRET-CHANGED', what];
  for (const width of WIDTHS) {
    if (width < secret.length) {
      yield [
        secret.slice(0, width),
        'CS-SECRET-CHANGED',
        `the first ${width} characters of the secret`,
      ];
    }
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
