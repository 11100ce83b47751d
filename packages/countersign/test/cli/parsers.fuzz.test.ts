import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CommandFailure } from '../../src/cli/failures.ts';
import { looksLikeCurl, parseCurl, parseCurlWords } from '../../src/cli/parse-curl.ts';
import { parseHar } from '../../src/cli/parse-har.ts';
import { parseHttp } from '../../src/cli/parse-http.ts';
import { findRequest } from '../../src/cli/read-request.ts';
import { shownUrl } from '../../src/cli/sent-request.ts';
import { wrap } from '../../src/cli/terminal.ts';
import { explainToken } from '../../src/jwt/explain/explain.ts';

const SEED = 20_261_124;
const MAX_MS = 50;

/** Pieces of commands and HARs, in any order: they get further than random text does. */
const piece = fc.constantFrom(
  'curl ',
  'curl.exe ',
  '-H ',
  '--header ',
  '-X',
  '-d ',
  '-G ',
  '--url ',
  '--json ',
  '-u ',
  '-sSL',
  '--',
  '-',
  "'",
  '"',
  "$'",
  '\\',
  '\\\n',
  '^',
  '^"',
  '^\r\n',
  '`\n',
  '&',
  '|',
  ';',
  '>',
  '2>&1',
  '$TOKEN',
  '${a',
  '$(x',
  ' ',
  '\n',
  '\t',
  'Authorization: ',
  'JWT ',
  'Bearer ',
  'eyJ0eXAiOiJKV1QifQ.eyJpc3MiOiJhIn0.c2lnbmF0dXJlMTIzNDU2',
  'https://example.atlassian.net/rest/api/3/x?a=b&jwt=',
  '@file',
  'a=b',
  '\\u00',
  '\\x4',
  '\\U110000',
  '\\777',
  '{"log":{"entries":[',
  '{"request":{"url":"',
  '"headers":[',
  ']}',
  '}',
  'GET / HTTP/1.1\r\n',
  '> ',
  '< HTTP/2 401\n',
  'date: x\n',
  '%zz',
  '\u{feff}',
  '\0',
  '\u{d800}',
);
const text = fc.oneof(
  { weight: 4, arbitrary: fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join('')) },
  // As `unit: 'binary'`, for which fast-check first makes a table of all of Unicode.
  {
    weight: 1,
    arbitrary: fc
      .array(fc.nat(0x10_ffff), { maxLength: 400 })
      .map((each) => String.fromCodePoint(...each)),
  },
  { weight: 1, arbitrary: fc.json() },
);

/** The processor's time in milliseconds, of the fastest of several tries: a busy machine may slow any one of them. */
function fastest(run: () => void): number {
  let best = Number.POSITIVE_INFINITY;
  for (let attempt = 0; attempt < 3 && best > MAX_MS; attempt++) {
    const before = process.threadCpuUsage();
    run();
    const { user, system } = process.threadCpuUsage(before);
    best = Math.min(best, (user + system) / 1000);
  }
  return best;
}

test('50,000 inputs: no parser throws or hangs, and what is found can be explained', () => {
  fc.assert(
    fc.property(text, (input) => {
      const time = fastest(() => {
        looksLikeCurl(input);
        parseCurl(input);
        parseHar(input);
        parseHttp(input);
        try {
          findRequest(input);
        } catch (error) {
          if (!(error instanceof CommandFailure)) throw error;
        }
      });
      if (time >= MAX_MS) throw new Error(`It took ${time} ms.`);
    }),
    { seed: SEED, numRuns: 50_000 },
  );
});

test('nothing that was found shows a token', () => {
  fc.assert(
    fc.property(text, (input) => {
      const { credential, url, method, notes, variables } = parseCurl(`curl ${input}`);
      expect(notes.join() + (variables ?? []).join()).not.toContain('c2lnbmF0dXJl');
      expect(shownUrl(url ?? '')).not.toContain('c2lnbmF0dXJl');
      const { verdict, checks } = explainToken({
        token: credential,
        ...(url === undefined ? {} : { url }),
        ...(method === undefined ? {} : { method }),
      });
      expect(JSON.stringify([verdict, checks])).not.toContain('c2lnbmF0dXJl');
    }),
    { seed: SEED, numRuns: 3000 },
  );
});

test('words in any order', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(piece, fc.string()), { maxLength: 20 }), (words) => {
      parseCurlWords(words);
      parseCurlWords(['curl', ...words]);
    }),
    { seed: SEED, numRuns: 5000 },
  );
});

test.each([
  "'",
  '"',
  "$'\\",
  '\\',
  '^"',
  ' ^&',
  '\n',
  '$',
  '${',
  '&a=',
  'a ',
  '-',
  '<',
  '{"',
  'GET / ',
  '?jwt=',
  '<a',
])('a megabyte of %j is read at once', (unit) => {
  const long = unit.repeat(Math.floor(1_000_000 / unit.length));
  for (const input of [long, `curl ${long}`, `curl ^"${long}`, `{"log":${long}`]) {
    const start = performance.now();
    looksLikeCurl(input);
    parseCurl(input);
    parseHar(input);
    parseHttp(input);
    shownUrl(input);
    expect(performance.now() - start).toBeLessThan(3000);
  }
});

test('wrapped text is never wider than asked, and loses nothing but blanks', () => {
  fc.assert(
    fc.property(fc.string(), fc.integer({ min: 1, max: 100 }), (input, width) => {
      const lines = wrap(input, width);
      for (const line of lines) expect(line.length).toBeLessThanOrEqual(width);
      expect(lines.join('').replaceAll(' ', '')).toBe(input.replaceAll(' ', ''));
    }),
    { seed: SEED, numRuns: 2000 },
  );
});
