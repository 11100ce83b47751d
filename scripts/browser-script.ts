/**
 * Writes src/pages/browser-script.ts: what the app serves as /countersign/browser.js, made of src/browser/session.ts by
 * taking away types and comments. It is text in a module, so that an app that was bundled has it too.
 *   node scripts/browser-script.ts           writes it
 *   node scripts/browser-script.ts --check   fails where it is not up to date
 */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { fileURLToPath } from 'node:url';

const library = fileURLToPath(new URL('../packages/countersign/src', import.meta.url));
const target = `${library}/pages/browser-script.ts`;

// The source has comments on lines of their own alone, and no text with two blanks.
const text = stripTypeScriptTypes(readFileSync(`${library}/browser/session.ts`, 'utf8'))
  .replaceAll(/^\s*\/\*\*.*?\*\/$/gms, '')
  .replaceAll(/^\s*\/\/.*$/gm, '')
  .replaceAll(/(?<=\S) {2,}/g, ' ')
  .replaceAll(/^ +| +$/gm, '')
  .replaceAll(/ (?=[;,)])/g, '')
  .replaceAll(/\n{2,}/g, '\n')
  .trim();
const etag = `"${createHash('sha256').update(text).digest('hex').slice(0, 16)}"`;
const escaped = text.replaceAll(/[\\`]|\$\{/g, '\\$&');

const module = `// Made by scripts/browser-script.ts of src/browser/session.ts: change that.

/** What the app serves as /countersign/browser.js. */
export const browserScript: { readonly etag: string; readonly text: string } = {
  etag: '${etag}',
  text: \`${escaped}
\`,
};
`;

if (process.argv[2] !== '--check') {
  writeFileSync(target, module);
} else if (readFileSync(target, 'utf8') !== module) {
  console.error('pages/browser-script.ts is not up to date: run node scripts/browser-script.ts');
  process.exitCode = 1;
}
