import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isJiraApiError } from '../../src/index.ts';
import { type AdfNode, adf, documentProblem } from '../../src/jira/adf.ts';

const text = (value: string) => ({ type: 'text', text: value });
const paragraph = (...content: unknown[]) => ({ type: 'paragraph', content });

describe('plain text becomes a document', () => {
  test.each([
    ['nothing', '', []],
    ['blanks', ' \n\n ', []],
    ['a line', 'One', [paragraph(text('One'))]],
    ['a line break', 'One\nTwo', [paragraph(text('One'), { type: 'hardBreak' }, text('Two'))]],
    ['a blank line', 'One\n \nTwo', [paragraph(text('One')), paragraph(text('Two'))]],
    ['blank lines', '\n\nOne\n\n\n\nTwo\n\n', [paragraph(text('One')), paragraph(text('Two'))]],
    [
      'Windows',
      'One\r\n\r\nTwo\rThree',
      [paragraph(text('One')), paragraph(text('Two'), { type: 'hardBreak' }, text('Three'))],
    ],
    ['indentation', 'One\n\n  Two', [paragraph(text('One')), paragraph(text('  Two'))]],
    [
      'a URL, which stays text',
      'See https://a.example',
      [paragraph(text('See https://a.example'))],
    ],
  ])('%s', (_what, given, content) => {
    expect(adf.fromText(given)).toEqual({ type: 'doc', version: 1, content });
  });

  test('any text gives a sound document, and reads as it was but for blanks at its edges', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', ' ', '\n', '\r', '\t', 'ä', '<') }),
        (given) => {
          const document = adf.fromText(given);
          expect(documentProblem(document)).toBeUndefined();
          const squeezed = (value: string) => value.replaceAll(/\s+/g, '');
          expect(squeezed(adf.toText(document))).toBe(squeezed(given));
        },
      ),
    );
  });
});

test('a document is built of its parts', () => {
  const document = adf.doc(
    adf.heading(2, 'Moving'),
    adf.paragraph(
      'To ',
      adf.text('Lisbon', { bold: true, italic: true }),
      ', ask ',
      adf.mention('5b10', '@Robin'),
      adf.hardBreak(),
      adf.link('the plan', 'https://example.com/plan'),
      adf.emoji(':smile:'),
    ),
    adf.bulletList('One', [adf.text('Two'), '!'], [adf.paragraph('Three'), adf.orderedList('a')]),
    adf.codeBlock('{}', 'json'),
    adf.rule(),
    'Text alone gets a paragraph',
  );
  expect(documentProblem(document)).toBeUndefined();
  expect(document.content.map(({ type }) => type)).toEqual([
    ...['heading', 'paragraph', 'bulletList', 'codeBlock', 'rule', 'paragraph'],
  ]);
  expect(document.content[1]?.content?.[1]).toEqual({
    ...{ type: 'text', text: 'Lisbon' },
    marks: [{ type: 'strong' }, { type: 'em' }],
  });
  expect(document.content[1]?.content?.[5]).toEqual({
    ...{ type: 'text', text: 'the plan' },
    marks: [{ type: 'link', attrs: { href: 'https://example.com/plan' } }],
  });
  expect(document.content[2]?.content?.[1]).toEqual({
    type: 'listItem',
    content: [paragraph(text('Two'), text('!'))],
  });
  expect(adf.toText(document)).toBe(
    [
      'Moving',
      'To Lisbon, ask @Robin\nthe plan:smile:',
      '- One\n- Two!\n- Three\n  1. a',
      '{}',
      '---',
      'Text alone gets a paragraph',
    ].join('\n\n'),
  );
});

test.each<[string, () => unknown, string]>([
  ['an empty text', () => adf.text(''), 'at least one character'],
  ['an empty text in a paragraph', () => adf.paragraph('a', ''), 'at least one character'],
  ['bold code', () => adf.text('x', { code: true, bold: true }), 'cannot be bold'],
  ['a link without a scheme', () => adf.link('x', 'example.com'), 'URL with its scheme'],
  ['a heading of level 7', () => adf.heading(7, 'x'), 'from 1 to 6'],
  ['a list without items', () => adf.bulletList(), 'at least one item'],
  ['a list in a paragraph', () => adf.paragraph(adf.bulletList('x')), 'inside of a paragraph'],
  ['a mention of nobody', () => adf.mention(''), 'accountId'],
  ['no text', () => adf.fromText(5 as never), 'takes text'],
])('%s is refused, as Jira would', (_what, build, message) => {
  try {
    expect.fail(JSON.stringify(build()));
  } catch (error) {
    if (!isJiraApiError(error)) throw error;
    expect(error.code).toBe('JIRA_FIELD_VALUE_INVALID');
    expect(error.message).toContain(message);
  }
});

test('code may be a link', () => {
  expect(adf.text('x', { code: true, link: 'https://a.example' }).marks).toHaveLength(2);
});

describe('a document of Jira is read', () => {
  const read = (...content: AdfNode[]) => adf.toText({ type: 'doc', version: 1, content });
  test.each<[string, AdfNode, string]>([
    ['a card', { type: 'inlineCard', attrs: { url: 'https://a.example' } }, 'https://a.example'],
    ['a date', { type: 'date', attrs: { timestamp: '1764000000000' } }, '2025-11-24'],
    ['a broken date', { type: 'date', attrs: { timestamp: 'x' } }, ''],
    ['a status', { type: 'status', attrs: { text: 'DONE' } }, 'DONE'],
    ['an unknown user', { type: 'mention', attrs: { id: '5b10' } }, '@5b10'],
    ['a picture', { type: 'media', attrs: { id: '1' } }, ''],
  ])('%s', (_what, node, expected) => {
    expect(read({ type: 'paragraph', content: [node] })).toBe(expected);
  });

  test('a panel, a quote and a table', () => {
    const cell = (value: string): AdfNode => ({
      type: 'tableCell',
      content: [adf.paragraph(value)],
    });
    expect(
      read(
        {
          type: 'panel',
          attrs: { panelType: 'info' },
          content: [adf.paragraph('a'), adf.paragraph('b')],
        },
        {
          type: 'table',
          content: [
            { type: 'tableRow', content: [cell('1'), cell('2')] },
            { type: 'tableRow', content: [cell('3'), cell('4')] },
          ],
        },
      ),
    ).toBe('a\n\nb\n\n1 | 2\n3 | 4');
  });

  test('no document, and one that is nested without end', () => {
    expect(adf.toText(null)).toBe('');
    expect(adf.toText(undefined)).toBe('');
    let node: AdfNode = adf.paragraph('x');
    for (let depth = 0; depth < 20_000; depth++) node = { type: 'blockquote', content: [node] };
    const deep = { type: 'doc' as const, version: 1 as const, content: [node] };
    expect(adf.toText(deep)).toBe('');
    expect(documentProblem(deep)).toBe('it is nested too deep');
  });
});

test.each<[string, unknown, string]>([
  ['text', 'x', 'its type is not doc'],
  ['no version', { type: 'doc', content: [] }, 'its version is not 1'],
  ['no content', { type: 'doc', version: 1 }, 'its content is no list'],
  ['a node without a type', { type: 'doc', version: 1, content: [{}] }, 'content[0] has no type'],
  [
    'text outside of a paragraph',
    { type: 'doc', version: 1, content: [text('x')] },
    'content[0] is text, which belongs into a paragraph',
  ],
  [
    'content that is no list',
    { type: 'doc', version: 1, content: [{ type: 'paragraph', content: 'x' }] },
    'content[0].content is no list',
  ],
])('what is wrong with a document that is %s', (_what, value, problem) => {
  expect(documentProblem(value)).toBe(problem);
});
