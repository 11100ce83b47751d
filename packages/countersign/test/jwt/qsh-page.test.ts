/** Every example of docs/qsh.md is true. */
import { readFileSync } from 'node:fs';
import { createCanonicalRequest, fromMethodAndUrl } from '@atlassian/atlassian-jwt';
import { describe, expect, test } from 'vitest';
import { canonicalRequest, queryStringHash } from '../../src/jwt/jwt.ts';

const page = readFileSync(new URL('../../../../docs/qsh.md', import.meta.url), 'utf8');

/** The rows of the table whose header begins with this name, by the names of their columns. */
function tableOf(firstColumn: string): Record<string, string>[] {
  const cells = (line: string) =>
    line
      .replace(/^\| ?| ?\|$/g, '')
      .split(/(?<!\\)\|/)
      .map((cell) => cell.trim());
  const lines = page.split('\n');
  const start = lines.findIndex((line) => cells(line)[0] === firstColumn);
  const names = cells(lines[start] ?? '');
  const end = lines.findIndex((line, index) => index > start && !line.startsWith('|'));
  return lines
    .slice(start + 2, end)
    .map((line) => Object.fromEntries(cells(line).map((cell, index) => [names[index], cell])));
}

/** From `get "/path"` in backticks; undefined where the cell says something else. */
function exampleIn(cell = ''): { method: string; text: string } | undefined {
  const [, method = 'GET', json] = /^`(?:(\w+) )?(".*")`$/.exec(cell) ?? [];
  return json === undefined ? undefined : { method, text: JSON.parse(json.replaceAll('\\|', '|')) };
}

function targetIn(row: Record<string, string>) {
  const { method, text: url } = exampleIn(row.URL) ?? { method: '', text: '' };
  const baseUrl = exampleIn(row.baseUrl)?.text;
  return baseUrl === undefined ? { method, url } : { method, url, baseUrl };
}

describe('the rules', () => {
  const rows = tableOf('rule');

  test('were found', () => {
    expect(rows.length).toBeGreaterThan(20);
  });

  test.each(rows)('$rule: $URL', (row) => {
    expect(canonicalRequest(targetIn(row))).toBe(exampleIn(row['canonical request'])?.text);
  });
});

describe('the differences', () => {
  const rows = tableOf('difference').filter((row) => row.URL !== '');

  test('were found', () => {
    expect(rows.length).toBeGreaterThan(10);
  });

  test.each(rows)('$difference: $URL', (row) => {
    const target = targetIn(row);
    expect(canonicalRequest(target)).toBe(exampleIn(row['what Countersign does'])?.text);
    const theirs = () =>
      createCanonicalRequest(fromMethodAndUrl(target.method, target.url), false, target.baseUrl);
    const expected = row['@atlassian/atlassian-jwt'];
    if (expected === 'an exception') expect(theirs).toThrow(URIError);
    else expect(theirs()).toBe(exampleIn(expected)?.text);
  });
});

test('the example at the top', () => {
  const [, method = '', url = ''] = /^request: +(\S+) (\S+)$/m.exec(page) ?? [];
  const [, canonical] = /^canonical: +(\S+)$/m.exec(page) ?? [];
  const [, qsh] = /^qsh: +(\S+)$/m.exec(page) ?? [];
  expect(canonicalRequest({ method, url })).toBe(canonical);
  expect(queryStringHash({ method, url })).toBe(qsh);
});
