import { mkdirSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../processes.ts';
import { createMarker } from './marker.ts';

test('a marked secret is found in any spelling, wherever it stands', () => {
  const marker = createMarker();
  for (const before of ['', 'x', 'xx', 'xxx']) {
    const text = `${before}${marker.secret()}after`;
    expect(marker.in(text)).toEqual(['as it is']);
    expect(marker.in(Buffer.from(text, 'utf16le'))).toEqual(['in UTF-16']);
    expect(marker.in(encodeURIComponent(text))).toEqual(['in a URL']);
    const hex = Buffer.from(text).toString('hex');
    expect(marker.in(hex)).toEqual(['in hex']);
    expect(marker.in(hex.toUpperCase())).toEqual(['in upper-case hex']);
    expect(marker.in(Buffer.from(text).toString('base64'))[0]).toMatch(/^in base64 at/);
    expect(marker.in(Buffer.from(text).toString('base64url')).at(-1)).toMatch(/^in base64url at/);
  }
  expect(marker.in(createMarker().secret())).toEqual([]);
});

test('a marked secret is found in the files of a folder, and in their names', () => {
  const marker = createMarker();
  const folder = temporaryFolder();
  mkdirSync(`${folder}/a/b`, { recursive: true });
  writeFileSync(`${folder}/a/b/clean`, createMarker().secret());
  expect(marker.inFolder(folder)).toEqual([]);
  writeFileSync(`${folder}/a/b/file`, `\0\xff${marker.secret()}`);
  expect(marker.inFolder(folder)).toEqual(['a/b/file: as it is']);
  writeFileSync(`${folder}/${encodeURIComponent(marker.secret())}`, '');
  expect(marker.inFolder(folder)).toHaveLength(2);
});
