import {
  encodeComponent,
  encodeStrict,
  type Parameter,
  queryDecode,
  type RequestParts,
  readParameters,
} from './canonical-parts.ts';
import type { CauseId } from './causes.ts';
import { lowerEscapes, type Variant } from './path-variants.ts';

/** A parameter on its way into a canonical query. */
interface Entry {
  name: string;
  value: string;
  decodedName: string;
  decodedValue: string;
  /** As they stood in the URL. */
  source: Parameter;
}

/** How names and values are written. */
interface Spelling {
  cause: CauseId;
  what: string;
  write(decoded: string, source: string): string;
}

/** How the parameters are put together. */
interface Assembly {
  cause: CauseId;
  what: string;
  join(entries: readonly Entry[]): string;
}

const strictly: Spelling = { cause: 'CS-QSH-ESCAPES', what: '', write: encodeStrict };

const spellings: readonly Spelling[] = [
  { cause: 'CS-QSH-ESCAPES', what: "with !'()* left as they are", write: encodeComponent },
  {
    cause: 'CS-QSH-PLUS',
    what: 'with spaces as +',
    write: (text) => encodeStrict(text).replaceAll('%20', '+'),
  },
  {
    cause: 'CS-QSH-PLUS',
    what: 'with spaces as +, as form encoding has them',
    write: (text) => new URLSearchParams([[text.toWellFormed(), '']]).toString().slice(0, -1),
  },
  {
    cause: 'CS-QSH-PLUS',
    what: 'with spaces as +',
    write: (text) => encodeComponent(text).replaceAll('%20', '+'),
  },
  {
    cause: 'CS-QSH-PLUS',
    what: 'with + read as a plus sign',
    write: (_text, source) => encodeStrict(queryDecode(source.replaceAll('+', '%2B'))),
  },
  {
    cause: 'CS-QSH-ESCAPES',
    what: 'with reserved characters left as they are',
    write: (text) => encodeURI(text.toWellFormed()),
  },
  {
    cause: 'CS-QSH-ESCAPES',
    what: 'with escapes in small letters',
    write: (text) => lowerEscapes(encodeStrict(text)),
  },
  {
    cause: 'CS-QSH-ESCAPES',
    what: 'with escapes in small letters',
    write: (text) => lowerEscapes(encodeComponent(text)),
  },
  {
    cause: 'CS-QSH-ESCAPES',
    what: 'with / left as it is',
    write: (text) => encodeStrict(text).replaceAll('%2F', '/'),
  },
  {
    cause: 'CS-QSH-ESCAPES',
    what: 'with , left as it is',
    write: (text) => encodeStrict(text).replaceAll('%2C', ','),
  },
  {
    cause: 'CS-QSH-ESCAPES',
    what: 'with : , and $ left as they are',
    write: (text) =>
      encodeComponent(text).replaceAll('%3A', ':').replaceAll('%24', '$').replaceAll('%2C', ','),
  },
  {
    cause: 'CS-QSH-PLUS',
    what: 'as axios writes it: spaces as +, and : , $ left as they are',
    write: (text) =>
      encodeComponent(text)
        .replaceAll('%3A', ':')
        .replaceAll('%24', '$')
        .replaceAll('%2C', ',')
        .replaceAll('%20', '+'),
  },
  {
    cause: 'CS-QSH-ESCAPES',
    what: 'with ~ as %7E',
    write: (text) => encodeStrict(text).replaceAll('~', '%7E'),
  },
  { cause: 'CS-QSH-ESCAPES', what: 'in the spelling of the URL', write: (_text, source) => source },
  {
    cause: 'CS-QSH-QUERY-DOUBLE-ENCODED',
    what: 'decoded once more: the URL is escaped twice',
    write: (text) => encodeStrict(queryDecode(text)),
  },
  { cause: 'CS-QSH-QUERY-DECODED', what: 'decoded', write: (text) => text },
  {
    cause: 'CS-QSH-QUERY-DOUBLE-ENCODED',
    what: 'escaped twice',
    write: (text) => encodeStrict(encodeStrict(text)),
  },
  {
    cause: 'CS-QSH-QUERY-DOUBLE-ENCODED',
    what: 'escaped twice',
    write: (_text, source) => encodeStrict(source),
  },
  {
    cause: 'CS-QSH-QUERY-DOUBLE-ENCODED',
    what: 'escaped twice',
    write: (text) => encodeComponent(encodeComponent(text)),
  },
];

const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const byName = (entries: readonly Entry[]): Entry[] =>
  [...entries].sort((a, b) => order(a.name, b.name) || order(a.decodedValue, b.decodedValue));

const byRawName = (entries: readonly Entry[]): Entry[] =>
  [...entries].sort(
    (a, b) => order(a.decodedName, b.decodedName) || order(a.decodedValue, b.decodedValue),
  );

const stable = (entries: readonly Entry[]): Entry[] =>
  [...entries].sort((a, b) => order(a.name, b.name));

/** Values of one name are joined at the place of the first one. */
function grouped(entries: readonly Entry[], pick: (values: string[]) => string): string {
  const groups = new Map<string, string[]>();
  for (const { name, value } of entries) {
    const values = groups.get(name);
    if (values === undefined) groups.set(name, [value]);
    else values.push(value);
  }
  let text = '';
  for (const [name, values] of groups) text += `${text === '' ? '' : '&'}${name}=${pick(values)}`;
  return text;
}

const joined = (values: string[]): string => values.join(',');
const flat = (entries: readonly Entry[]): string =>
  entries.map(({ name, value }) => `${name}=${value}`).join('&');

const rightly: Assembly = {
  cause: 'CS-QSH-QUERY-ORDER',
  what: '',
  join: (entries) => grouped(byName(entries), joined),
};

/** Some of Atlassian's own code sorts names by their raw form; both orders are taken for right. */
const rightlyByRawName: Assembly = {
  ...rightly,
  join: (entries) => grouped(byRawName(entries), joined),
};

const assemblies: readonly Assembly[] = [
  {
    cause: 'CS-QSH-QUERY-ORDER',
    what: 'in the order of the URL',
    join: (entries) => grouped(entries, joined),
  },
  {
    cause: 'CS-QSH-REPEATED',
    what: 'with a repeated parameter written out each time',
    join: (entries) => flat(byName(entries)),
  },
  {
    cause: 'CS-QSH-REPEATED',
    what: 'with a repeated parameter written out each time, unsorted',
    join: (entries) => flat(stable(entries)),
  },
  {
    cause: 'CS-QSH-REPEATED',
    what: 'with the comma between repeated values escaped',
    join: (entries) => grouped(byName(entries), (values) => values.join('%2C')),
  },
  {
    cause: 'CS-QSH-REPEATED',
    what: 'with a space after the comma between repeated values',
    join: (entries) => grouped(byName(entries), (values) => values.join(', ')),
  },
  {
    cause: 'CS-QSH-REPEATED',
    what: 'with an escaped comma between repeated values, unsorted',
    join: (entries) => grouped(stable(entries), (values) => values.join('%2C')),
  },
  {
    cause: 'CS-QSH-REPEATED',
    what: 'with only the first of repeated values',
    join: (entries) => grouped(stable(entries), (values) => values[0] ?? ''),
  },
  {
    cause: 'CS-QSH-REPEATED',
    what: 'with only the last of repeated values',
    join: (entries) => grouped(stable(entries), (values) => values.at(-1) ?? ''),
  },
  {
    cause: 'CS-QSH-REPEATED',
    what: 'with repeated values in the order of the URL',
    join: (entries) => grouped(stable(entries), joined),
  },
  {
    cause: 'CS-QSH-REPEATED',
    what: 'with repeated values in reverse order',
    join: (entries) => grouped(stable(entries), (values) => [...values].reverse().join(',')),
  },
  {
    cause: 'CS-QSH-REPEATED',
    what: 'with repeated values sorted by their escaped form',
    join: (entries) => grouped(byName(entries), (values) => [...values].sort().join(',')),
  },
  {
    cause: 'CS-QSH-QUERY-ORDER',
    what: 'in the order of the URL, each parameter written out',
    join: flat,
  },
  {
    cause: 'CS-QSH-QUERY-ORDER',
    what: 'in reverse order',
    join: (entries) => grouped(byName(entries).reverse(), joined),
  },
  {
    cause: 'CS-QSH-FORM',
    what: 'with commas between the parameters',
    join: (entries) => grouped(byName(entries), joined).replaceAll('&', ','),
  },
  {
    cause: 'CS-QSH-FORM',
    what: 'without = after a name that has no value',
    join: (entries) =>
      byName(entries)
        .map(({ name, value, source }) => (source.hasEquals ? `${name}=${value}` : name))
        .join('&'),
  },
  {
    cause: 'CS-QSH-FORM',
    what: 'without = after a name that has no value',
    join: (entries) =>
      byName(entries)
        .map(({ name, value }) => (value === '' ? name : `${name}=${value}`))
        .join('&'),
  },
];

/** The queries that are right: there are two, where names are unusual. */
export function rightQueries(parameters: readonly Parameter[]): string[] {
  const entries = write(withoutJwt(parameters), strictly);
  const one = rightly.join(entries);
  if (entries.every(({ name, decodedName }) => name === decodedName)) return [one];
  const two = rightlyByRawName.join(entries);
  return one === two ? [one] : [one, two];
}

function withoutJwt(parameters: readonly Parameter[]): Parameter[] {
  return parameters.filter(({ name }) => queryDecode(name) !== 'jwt');
}

function write(parameters: readonly Parameter[], { write: spell }: Spelling): Entry[] {
  return parameters.map((source) => {
    const decodedName = queryDecode(source.name);
    const decodedValue = queryDecode(source.value);
    return {
      name: spell(decodedName, source.name),
      value: spell(decodedValue, source.value),
      decodedName,
      decodedValue,
      source,
    };
  });
}

const MAX_SUBSET = 8;
/** Beyond this many parameters the costly combinations are left out. */
const MANY = 60;

/** Wrong ways to write the query, the likely ones first. They are made one by one, for most are never needed. */
export function* queryVariants(request: RequestParts, body: string | undefined): Variants {
  const seen = new Set(rightQueries(request.parameters));
  for (const variant of allVariants(request, body)) {
    if (seen.has(variant.text)) continue;
    seen.add(variant.text);
    yield variant;
  }
}

type Variants = Generator<Variant, void, undefined>;

function variant(text: string, cause: CauseId, what: string): Variant {
  return { text, cause, what };
}

function* allVariants(request: RequestParts, body: string | undefined): Variants {
  const { parameters, query, fragment } = request;
  const sent = withoutJwt(parameters);
  yield variant(
    '',
    'CS-QSH-QUERY-NOT-SIGNED',
    sent.length === 1 ? 'without its parameter' : `without any of its ${sent.length} parameters`,
  );
  if (sent.length < parameters.length) yield* jwtVariants(parameters);
  yield* bracketVariants(sent);
  for (const spelling of spellings) {
    yield variant(rightly.join(write(sent, spelling)), spelling.cause, spelling.what);
  }
  yield* subsetVariants(sent);
  yield* bodyVariants(sent, body);
  if (sent.length > 1 && sent.length <= MANY) {
    const entries = write(sent, strictly);
    for (const { join, cause, what } of assemblies) yield variant(join(entries), cause, what);
    for (const spelling of spellings) {
      const written = write(sent, spelling);
      for (const { join, cause, what } of assemblies.slice(0, 9)) {
        yield variant(join(written), cause, `${what}, ${spelling.what}`);
      }
    }
  } else if (sent.length === 1) {
    const entries = write(sent, strictly);
    for (const { join, cause, what } of assemblies.slice(-2)) {
      yield variant(join(entries), cause, what);
    }
  }
  yield variant(query, 'CS-QSH-ESCAPES', 'exactly as it stands in the URL');
  yield variant(`?${query}`, 'CS-QSH-FORM', 'with the question mark');
  if (fragment !== '') {
    const [right] = rightQueries(parameters);
    yield variant(`${right}${fragment}`, 'CS-QSH-FRAGMENT', 'with the fragment');
  }
  yield* valueVariants(sent);
  yield* unsentVariants(sent);
}

/** Parameters that were sent and not hashed. */
function* subsetVariants(sent: readonly Parameter[]): Variants {
  if (sent.length <= MAX_SUBSET) {
    const masks = Array.from({ length: 2 ** sent.length - 2 }, (_, index) => index + 1);
    // Those that keep most go first.
    masks.sort((a, b) => bits(b) - bits(a));
    for (const mask of masks) {
      yield* without(
        sent.filter((_, index) => (mask & (1 << index)) !== 0),
        sent.filter((_, index) => (mask & (1 << index)) === 0),
      );
    }
  } else if (sent.length <= MANY) {
    for (const one of sent)
      yield* without(
        sent.filter((each) => each !== one),
        [one],
      );
    for (const one of sent)
      yield* without(
        [one],
        sent.filter((each) => each !== one),
      );
    for (let end = 1; end < sent.length; end++) yield* without(sent.slice(0, end), sent.slice(end));
  }
}

function* without(kept: readonly Parameter[], gone: readonly Parameter[]): Variants {
  const names = [...new Set(gone.map(({ name }) => queryDecode(name)))].join(', ');
  for (const text of rightQueries(kept)) {
    yield variant(text, 'CS-QSH-QUERY-NOT-SIGNED', `without ${names}`);
  }
}

function bits(mask: number): number {
  let count = 0;
  for (let rest = mask; rest > 0; rest >>= 1) count += rest & 1;
  return count;
}

function* jwtVariants(parameters: readonly Parameter[]): Variants {
  const entries = write(parameters, strictly);
  yield variant(rightly.join(entries), 'CS-QSH-JWT-INCLUDED', 'with the parameter jwt');
  const emptied = entries.map((entry) => (entry.name === 'jwt' ? { ...entry, value: '' } : entry));
  yield variant(rightly.join(emptied), 'CS-QSH-JWT-INCLUDED', 'with an empty parameter jwt');
}

/** `a[]=1&a[]=2`, `a[0]=1`, `a.b=1` were sent where `a=1,2` was hashed, or the other way about. */
function* bracketVariants(sent: readonly Parameter[]): Variants {
  const plain = sent.map((each) => ({
    ...each,
    name: queryDecode(each.name)
      .replace(/\[\d*\]$/, '')
      .replace(/\[(\w+)\]/g, '.$1'),
  }));
  if (plain.some(({ name }, index) => name !== queryDecode(sent[index]?.name ?? ''))) {
    const written = plain.map((each) => ({ ...each, name: encodeStrict(each.name) }));
    for (const text of rightQueries(written)) {
      yield variant(text, 'CS-QSH-BRACKETS', 'with plain names, where the URL has brackets');
    }
    const entries = write(written, strictly);
    for (const { join } of assemblies.slice(0, 9)) {
      yield variant(
        join(entries),
        'CS-QSH-BRACKETS',
        'with plain names, where the URL has brackets',
      );
    }
    const commas = grouped(stable(entries), (values) => values.join('%2C'));
    yield variant(commas, 'CS-QSH-BRACKETS', 'as one list with commas, where the URL has brackets');
    yield variant(
      rightly.join(
        write(sent, {
          ...strictly,
          write: (text) => encodeStrict(text).replaceAll('%5B', '[').replaceAll('%5D', ']'),
        }),
      ),
      'CS-QSH-BRACKETS',
      'with brackets that are not escaped',
    );
  }
  const counts = new Map<string, number>();
  for (const { name } of sent) counts.set(name, (counts.get(name) ?? 0) + 1);
  if (
    ![...counts.values()].some((count) => count > 1) &&
    sent.every(({ value }) => !/,|%2C/i.test(value))
  )
    return;
  const bracketed = sent.map((each) =>
    (counts.get(each.name) ?? 0) > 1 ? { ...each, name: `${each.name}%5B%5D` } : each,
  );
  yield variant(
    rightQueries(bracketed)[0] ?? '',
    'CS-QSH-BRACKETS',
    'with [] after the name of a list',
  );
  const split = sent.flatMap((each) =>
    each.value.split(/,|%2C/i).map((value) => ({ ...each, value })),
  );
  yield variant(
    rightQueries(split)[0] ?? '',
    'CS-QSH-REPEATED',
    'as a repeated parameter, where the URL has one with commas',
  );
  const one = [...counts.keys()].map((name) => ({
    name,
    value: sent
      .filter((each) => each.name === name)
      .map(({ value }) => value)
      .join('%2C'),
    hasEquals: true,
  }));
  yield variant(
    rightQueries(one)[0] ?? '',
    'CS-QSH-REPEATED',
    'as one value with commas, where the URL repeats the parameter',
  );
}

/** One value written in another way than it was sent. */
function* valueVariants(sent: readonly Parameter[]): Variants {
  if (sent.length > MANY) return;
  const others: Readonly<Record<string, readonly string[]>> = {
    true: ['1', 'True', 'TRUE', ''],
    false: ['0', 'False', 'FALSE', ''],
    '1': ['true'],
    '0': ['false'],
    True: ['true'],
    False: ['false'],
    '': ['null', 'undefined', 'None', 'true'],
    null: ['', 'None'],
    None: [''],
    undefined: [''],
  };
  for (const [index, parameter] of sent.entries()) {
    const decoded = queryDecode(parameter.value);
    const values = [
      ...(Object.hasOwn(others, decoded) ? (others[decoded] ?? []) : []),
      encodeStrict(decoded.trim()),
      encodeStrict(decoded.toLowerCase()),
      encodeStrict(decoded.toUpperCase()),
      '%5Bobject%20Object%5D',
      'undefined',
    ];
    for (const value of values) {
      const changed = sent.map((each, at) => (at === index ? { ...each, value } : each));
      yield variant(
        rightQueries(changed)[0] ?? '',
        'CS-QSH-QUERY-VALUE',
        `with ${queryDecode(parameter.name)}=${value}`,
      );
    }
    for (const name of [parameter.name.toLowerCase(), parameter.name.toUpperCase()]) {
      const changed = sent.map((each, at) => (at === index ? { ...each, name } : each));
      yield variant(
        rightQueries(changed)[0] ?? '',
        'CS-QSH-QUERY-VALUE',
        `with the name ${queryDecode(name)}`,
      );
    }
  }
}

const MAX_BODY = 16_384;

/** The body in place of the query, or joined to it. */
function* bodyVariants(sent: readonly Parameter[], body: string | undefined): Variants {
  if (body === undefined || body === '' || body.length > MAX_BODY) return;
  const what = 'with the body as if it were the query';
  const parameters = /^[{[]/.test(body.trim()) ? jsonParameters(body) : readParameters(body);
  if (parameters !== undefined && parameters.length <= MANY) {
    for (const text of [...rightQueries(parameters), ...rightQueries([...sent, ...parameters])]) {
      yield variant(text, 'CS-QSH-BODY', what);
    }
    const entries = write(parameters, strictly);
    for (const { join } of assemblies.slice(0, 3))
      yield variant(join(entries), 'CS-QSH-BODY', what);
  }
  yield variant(body, 'CS-QSH-BODY', what);
  yield variant(encodeStrict(body), 'CS-QSH-BODY', what);
}

function jsonParameters(body: string): Parameter[] | undefined {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  return Object.entries(value)
    .slice(0, MANY)
    .map(([name, item]) => ({
      name: encodeStrict(name),
      // What String() makes of a value, as querystring libraries do.
      value: encodeStrict(
        typeof item === 'object' ? (item === null ? 'null' : '[object Object]') : String(item),
      ),
      hasEquals: true,
    }));
}

/** What calls to Jira often carry, and lose on their way. */
const USUAL_PARAMETERS = [
  'overrideScreenSecurity=true',
  'overrideEditableFlag=true',
  'notifyUsers=false',
  'notifyUsers=true',
  'returnIssue=true',
  'deleteSubtasks=true',
  'updateHistory=true',
  'startAt=0',
  'maxResults=1',
  'maxResults=10',
  'maxResults=20',
  'maxResults=50',
  'maxResults=100',
  'maxResults=1000',
  'expand=names',
  'expand=renderedFields',
  'expand=changelog',
  'expand=groups',
  'expand=groups%2CapplicationRoles',
  'expand=transitions.fields',
  'expand=names%2Cschema',
  'expand=projects.issuetypes.fields',
  'fields=summary',
  'fields=*all',
  'fields=%2Aall',
  'fields=*navigable',
  'fields=summary%2Cstatus',
  'user_id=admin',
  'user_key=admin',
  'lic=none',
  'lic=active',
  'tz=UTC',
];

const USUAL_TOGETHER = 14;

function* unsentVariants(sent: readonly Parameter[]): Variants {
  if (sent.length > 4) return;
  const ours = write(sent, strictly);
  const usual = write(USUAL_PARAMETERS.flatMap(readParameters), strictly);
  const unsent = (...more: readonly Entry[]): Variant => {
    const names = more.map(({ source }) => `${source.name}=${source.value}`).join(' and ');
    const text = rightly.join([...ours, ...more]);
    return variant(text, 'CS-QSH-QUERY-NOT-SENT', `with ${names}, which was not sent`);
  };
  for (const one of usual) yield unsent(one);
  // What is sent together: the flags of an edit, and the two of a page of a search.
  const together = usual.slice(0, USUAL_TOGETHER);
  for (const [index, one] of together.entries()) {
    for (const two of together.slice(index + 1)) {
      if (one.source.name !== two.source.name) yield unsent(one, two);
    }
  }
}
