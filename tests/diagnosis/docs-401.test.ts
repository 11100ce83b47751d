import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { causes } from '../../packages/countersign/src/jwt/explain/causes.ts';
import { causesPage } from '../../scripts/docs-401.ts';

const page = readFileSync(new URL('../../docs/401.md', import.meta.url), 'utf8');

test('docs/401.md is what the catalogue of causes says', () => {
  // npx node scripts/docs-401.ts writes it.
  expect(page).toBe(causesPage());
});

test.each(Object.keys(causes))('%s has a row and a heading', (id) => {
  expect(page).toContain(`[${id}](#${id.toLowerCase()})`);
  expect(page).toContain(`\n### ${id}\n`);
});

test('an answer of no known cause has a heading as well', () => {
  expect(page).toContain('\n## Nothing fits\n');
});
