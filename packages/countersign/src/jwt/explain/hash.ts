import { createHash, createHmac, hash } from 'node:crypto';
import { percentDecode, type RequestParts, readRequest } from './canonical-parts.ts';
import type { CauseId } from './causes.ts';
import type { Examination, Finding } from './examination.ts';
import type { Direction, Material } from './material.ts';
import { otherPaths, pathVariants, rightPath, type Variant } from './path-variants.ts';
import { queryVariants, rightQueries } from './query-variants.ts';
import type { Show } from './shown.ts';

/** What became of the comparison, for the explanation. */
export interface HashOutcome {
  expected: string;
  hashed?: string;
}

/** When the search ends, in characters that are hashed; each hash, and writing a query, costs some on top. */
const SEARCH_COST = 2_000_000;
const HASH_COST = 300;
const WRITING_COST = 6;
/** How many ways to write the query are tried together with another mistake. */
const QUERIES_IN_PAIRS = 40;
const PATHS_IN_PAIRS = 50;

type Pair = [method: Variant | undefined, path: Variant | undefined, query: Variant | undefined];

const METHODS = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS'];

/** Checks `qsh`; where it does not match, looks for the request that it was made for. */
export function examineHash(
  qsh: unknown,
  direction: Direction | undefined,
  material: Material,
  examination: Examination,
  show: Show,
): HashOutcome | undefined {
  const { method, url, baseUrl } = material;
  const request =
    method === undefined || url === undefined
      ? undefined
      : readRequest(method.toUpperCase(), url, baseUrl);
  const right = request === undefined ? [] : rightCanonicals(request, direction);
  const outcome: HashOutcome | undefined =
    right[0] === undefined ? undefined : { expected: show(right[0], 2000) };
  if (typeof qsh !== 'string' || qsh === '') {
    examination.failed('hash', {
      cause: 'CS-QSH-MISSING',
      evidence: qsh === undefined ? 'The token has no qsh.' : `qsh is ${show(qsh, 20)}.`,
      confidence: 'certain',
    });
    return outcome;
  }
  if (qsh === 'context-qsh') {
    if (direction !== 'to-jira' && material.accept.includes('context')) {
      examination.passed('hash', 'A context token; it has no hash.');
    }
    return outcome;
  }
  if (request === undefined || outcome === undefined) {
    const missing = [method === undefined ? 'method' : '', url === undefined ? 'url' : ''];
    examination.impossible(
      'hash',
      'It takes method and URL to compare it.',
      missing.filter((name) => name !== ''),
    );
    return undefined;
  }
  for (const canonical of right) {
    if (sha256(canonical) !== qsh) continue;
    if (!direction && material.accept.length === 1 && material.accept[0] === 'context') break;
    examination.passed('hash', 'The hash of this very request.');
    return outcome;
  }
  const found = search(qsh, request, right, material);
  for (const finding of found.findings) {
    examination.failed('hash', { ...finding, evidence: show(finding.evidence, 400) });
  }
  return found.canonical === undefined
    ? outcome
    : { ...outcome, hashed: show(found.canonical, 2000) };
}

/** Jira hashes the decoded path of its own calls; of calls to it the path as it comes. */
function rightCanonicals(request: RequestParts, direction: Direction | undefined): string[] {
  const { method, path, parameters } = request;
  const paths = [rightPath(path)];
  if (direction !== 'to-jira' && path.includes('%')) {
    let decoded = percentDecode(path);
    if (decoded.length > 1 && decoded.endsWith('/')) decoded = decoded.slice(0, -1);
    paths.push(decoded.replaceAll('&', '%26'));
  }
  return paths.flatMap((one) =>
    rightQueries(parameters).map((query) => `${method}&${one}&${query}`),
  );
}

function sha256(text: string): string {
  return hash('sha256', text, 'hex');
}

interface Found {
  findings: Finding[];
  canonical?: string;
}

function search(
  qsh: string,
  request: RequestParts,
  right: readonly string[],
  material: Material,
): Found {
  const plain = right[0] ?? '';
  const written = notPlain(qsh, plain, material);
  if (written !== undefined) return { findings: [written], canonical: plain };
  if (!/^[0-9a-f]{64}$/i.test(qsh)) return unexplained(qsh, request);
  const wanted = qsh.toLowerCase();
  let cost = 0;
  let hashes = 0;
  const isIt = (canonical: string): boolean => {
    cost += canonical.length + HASH_COST;
    hashes++;
    return sha256(canonical) === wanted;
  };
  const exhausted = (): boolean => cost > SEARCH_COST;
  const found = (canonical: string, ...variants: (Variant | undefined)[]): Found => {
    const findings = variants.filter((each) => each !== undefined).map(findingOf);
    return { findings, canonical };
  };

  const { method, path } = request;
  const ownPath = rightPath(path);
  const query = rightQueries(request.parameters);
  const [rightOne = ''] = query;
  const methods = methodVariants(method);

  for (const one of methods) {
    for (const q of query) {
      const canonical = `${one.text}&${ownPath}&${q}`;
      if (isIt(canonical)) return found(canonical, one);
    }
  }
  for (const one of forms(request, rightOne)) {
    if (isIt(one.text)) return found(one.text, one);
  }
  const signed =
    material.signedUrl === undefined
      ? undefined
      : readRequest(method, material.signedUrl, material.baseUrl);
  const paths: Variant[] = [];
  for (const one of pathVariants(request)) {
    cost += WRITING_COST * (one.text.length + path.length);
    if (exhausted()) break;
    paths.push(one);
    for (const q of query) {
      const canonical = `${method}&${one.text}&${q}`;
      if (isIt(canonical)) return found(canonical, one);
    }
  }
  const escaped = unescapedQuery(request);
  if (escaped !== undefined && isIt(escaped.text)) return found(escaped.text, escaped);
  const fewQueries: Variant[] = [];
  for (const one of queryVariants(request, material.body)) {
    cost += WRITING_COST * (one.text.length + request.query.length);
    if (exhausted()) break;
    const canonical = `${method}&${ownPath}&${one.text}`;
    if (isIt(canonical)) return found(canonical, one);
    if (fewQueries.length < QUERIES_IN_PAIRS) fewQueries.push(one);
  }
  if (signed !== undefined) {
    for (const [index, canonical] of [
      ...rightCanonicals(signed, undefined),
      ...methods.map(
        (one) => `${one.text}&${rightPath(signed.path)}&${rightQueries(signed.parameters)[0]}`,
      ),
    ].entries()) {
      if (isIt(canonical)) {
        return found(canonical, {
          text: canonical,
          cause: 'CS-QSH-OTHER-REQUEST',
          what: `for the URL that the code signed, which is not the one that was sent${index > 3 ? ', and for another method' : ''}`,
        });
      }
    }
  }
  // Two mistakes at once.
  const fewPaths = paths.slice(0, PATHS_IN_PAIRS);
  for (const [one, other, third] of pairsOf(methods, fewPaths, fewQueries)) {
    if (exhausted()) break;
    const canonical = `${one?.text ?? method}&${other?.text ?? ownPath}&${third?.text ?? rightOne}`;
    if (isIt(canonical)) return found(canonical, one, other, third);
  }
  for (const other of otherPaths(ownPath)) {
    if (exhausted()) break;
    for (const one of [{ text: method }, ...methods.slice(0, 4)]) {
      for (const q of rightOne === '' ? [''] : [rightOne, '']) {
        const canonical = `${one.text}&${other.text}&${q}`;
        if (isIt(canonical))
          return found(canonical, { ...other, what: `for ${one.text} ${other.text}` });
      }
    }
  }
  return unexplained(qsh, request, hashes);
}

function* pairsOf(
  methods: readonly Variant[],
  paths: readonly Variant[],
  queries: readonly Variant[],
): Generator<Pair, void, undefined> {
  for (const one of methods) for (const other of paths) yield [one, other, undefined];
  for (const one of queries) for (const other of paths) yield [undefined, other, one];
  for (const one of methods) for (const other of queries) yield [one, undefined, other];
}

function findingOf({ cause, what }: Variant): Finding {
  return { cause, evidence: `It was hashed ${what}.`, confidence: 'certain' };
}

function unexplained(qsh: string, request: RequestParts, hashes = 0): Found {
  const isHash = /^[0-9a-f]{64}$/i.test(qsh);
  return {
    findings: [
      {
        cause: isHash ? 'CS-QSH-OTHER-REQUEST' : 'CS-QSH-DIGEST',
        evidence: isHash
          ? `It is not the hash of ${request.method} ${request.path} with this query, nor of any of ${hashes} ways to get that wrong.`
          : `qsh has ${qsh.length} characters; a SHA-256 in hex has 64.`,
        confidence: isHash ? 'none' : 'likely',
      },
    ],
  };
}

/** The right text, but not as the lower-case hex of its SHA-256. */
function notPlain(qsh: string, plain: string, material: Material): Finding | undefined {
  const sure = (cause: CauseId, evidence: string): Finding => ({
    cause,
    evidence,
    confidence: 'certain',
  });
  if (/^[A-Za-z]{3,7}&\S*&/.test(qsh)) {
    return sure(
      'CS-QSH-NOT-HASHED',
      qsh === plain
        ? 'qsh is the canonical request of this very request.'
        : 'qsh is a canonical request.',
    );
  }
  const digest = hash('sha256', plain, 'buffer');
  const spellings: [string, string][] = [
    [digest.toString('hex').toUpperCase(), 'the right hash in capital letters'],
    [digest.toString('base64'), 'the right hash in base64'],
    [digest.toString('base64url'), 'the right hash in base64url'],
    [Buffer.from(digest.toString('hex')).toString('base64'), 'the base64 of the right hash'],
    [sha256(digest.toString('hex')), 'the hash of the right hash'],
    [`sha256:${digest.toString('hex')}`, 'the right hash with a name before it'],
    [` ${digest.toString('hex')}`, 'the right hash with a space before it'],
    [`${digest.toString('hex')}\n`, 'the right hash with a line break after it'],
  ];
  for (const algorithm of ['md5', 'sha1', 'sha224', 'sha384', 'sha512', 'sha3-256']) {
    const other = createHash(algorithm).update(plain);
    spellings.push([other.copy().digest('hex'), `the ${algorithm} of the right text`]);
    spellings.push([other.digest('base64'), `the ${algorithm} of the right text, in base64`]);
  }
  if (material.sharedSecret !== undefined) {
    const mac = createHmac('sha256', material.sharedSecret).update(plain).digest();
    spellings.push([mac.toString('hex'), 'an HMAC with the secret']);
    spellings.push([mac.toString('base64'), 'an HMAC with the secret']);
  }
  const match = spellings.find(([text]) => text === qsh);
  return match === undefined ? undefined : sure('CS-QSH-DIGEST', `qsh is ${match[1]}.`);
}

function methodVariants(method: string): Variant[] {
  const cause = 'CS-QSH-METHOD';
  return [
    ...METHODS.filter((other) => other !== method).map((other) => ({
      text: other,
      cause,
      what: `for ${other}, and sent as ${method}`,
    })),
    { text: method.toLowerCase(), cause, what: 'with the method in small letters' },
    {
      text: method.charAt(0) + method.slice(1).toLowerCase(),
      cause,
      what: 'with the method in small letters',
    },
    { text: '', cause, what: 'without a method' },
    { text: 'undefined', cause, what: 'for a method that was not set' },
  ] as Variant[];
}

/** The three parts put together in another way. */
function forms(request: RequestParts, query: string): Variant[] {
  const { method, path, origin, sentPath, query: sentQuery } = request;
  const right = rightPath(path);
  const what = (text: string, how: string): Variant => ({ text, cause: 'CS-QSH-FORM', what: how });
  const question = sentQuery === '' ? '' : `?${sentQuery}`;
  const variants = [
    ...(query === '' ? [what(`${method}&${right}`, 'without the last &')] : []),
    what(`${method}&${right}?${query}`, 'with ? in place of the second &'),
    what(`${method}&${right}${question}`, 'with the query in the path'),
    what(`${method}&${right}${question}&`, 'with the query in the path'),
    what(`${method} ${right}${question}`, 'with spaces between the parts'),
    what(`${method}\n${right}\n${query}`, 'with line breaks between the parts'),
    what(`${method}&${right}&${query}&`, 'with a third & at the end'),
    what(`${method}&${right}&?${query}`, 'with & and ? before the query'),
    what(`${method}${right}${query}`, 'without & between the parts'),
    what(`${method}:${right}:${query}`, 'with colons between the parts'),
    what(`${method}|${right}|${query}`, 'with bars between the parts'),
    what(`${right}&${query}`, 'without the method'),
    what(`${right}${question}`, 'without the method'),
    what(sentQuery, 'from the query alone'),
    what(query, 'from the query alone'),
    what(`${right}&${method}&${query}`, 'with path and method exchanged'),
    what(
      `${method}&${right.replaceAll('%26', '&')}&${query}`,
      'with an & in the path that is not escaped',
    ),
    what('', 'from an empty text'),
  ];
  const full: Variant['cause'] = 'CS-QSH-FULL-URL';
  if (origin !== '') {
    variants.push(
      { text: `${origin}${sentPath}${question}`, cause: full, what: 'as the URL alone' },
      { text: `${method}&${origin}${sentPath}${question}`, cause: full, what: 'as the whole URL' },
      {
        text: `${method}&${encodeURIComponent(`${origin}${sentPath}`.toWellFormed())}&${query}`,
        cause: full,
        what: 'as an escaped URL',
      },
    );
  }
  return variants.filter(({ text }) => text !== `${method}&${right}&${query}`);
}

/** The path that was sent holds an escaped "?": the query became a part of it. */
function unescapedQuery({ method, path, query }: RequestParts): Variant | undefined {
  const at = path.search(/%3f/i);
  if (at === -1 || query !== '') return undefined;
  const { path: meant, parameters } = readRequest(
    method,
    `${path.slice(0, at)}?${percentDecode(path.slice(at + 3))}`,
    undefined,
  );
  return {
    text: `${method}&${rightPath(meant)}&${rightQueries(parameters)[0]}`,
    cause: 'CS-QSH-QUERY-IN-PATH',
    what: 'with a query; in the URL that was sent the "?" is escaped',
  };
}
