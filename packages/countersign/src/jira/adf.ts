import { JiraApiError } from '../errors.ts';

/**
 * A node of the Atlassian Document Format, as Jira's REST API v3 takes and gives rich text.
 *
 * @see https://developer.atlassian.com/cloud/jira/platform/apis/document/structure/
 */
export interface AdfNode {
  readonly type: string;
  readonly attrs?: Readonly<Record<string, unknown>>;
  readonly content?: readonly AdfNode[];
  readonly marks?: readonly AdfMark[];
  /** Of a text node; never empty. */
  readonly text?: string;
}

/** How text looks, or where it leads. */
export interface AdfMark {
  readonly type: string;
  readonly attrs?: Readonly<Record<string, unknown>>;
}

/** A whole document: the value of a rich text field, and the body of a comment. */
export interface AdfDocument {
  readonly type: 'doc';
  readonly version: 1;
  readonly content: readonly AdfNode[];
}

/** How a text looks. `code` goes with `link` alone: Jira refuses it with any other. */
export interface AdfTextStyle {
  bold?: boolean;
  italic?: boolean;
  strike?: boolean;
  underline?: boolean;
  code?: boolean;
  /** A URL. */
  link?: string;
}

/** What stands inside of a paragraph: text, or a node such as `adf.link(…)`. */
export type AdfInline = string | AdfNode;

/** Builds documents. Whatever Jira would refuse is refused here, by JIRA_FIELD_VALUE_INVALID. */
export interface Adf {
  doc(...blocks: AdfInline[]): AdfDocument;
  paragraph(...content: AdfInline[]): AdfNode;
  /** @param level from 1, the largest, to 6. */
  heading(level: number, ...content: AdfInline[]): AdfNode;
  /** Each item is text, inline content in a list, or a list of blocks such as a paragraph and a list below it. */
  bulletList(...items: (AdfInline | readonly AdfInline[])[]): AdfNode;
  orderedList(...items: (AdfInline | readonly AdfInline[])[]): AdfNode;
  /** @param language such as `json`, for its colours. */
  codeBlock(text: string, language?: string): AdfNode;
  rule(): AdfNode;
  /** @throws JiraApiError JIRA_FIELD_VALUE_INVALID for an empty text. */
  text(text: string, style?: AdfTextStyle): AdfNode;
  link(text: string, url: string): AdfNode;
  /** @param text what is shown where the user cannot be looked up, as in `@Robin`. */
  mention(accountId: string, text?: string): AdfNode;
  /** @param shortName as in `:smile:`. */
  emoji(shortName: string): AdfNode;
  hardBreak(): AdfNode;
  /** Plain text: a blank line ends a paragraph, any other line break stays one. URLs stay text. */
  fromText(text: string): AdfDocument;
  /** What can be read of a document, for a log or a search. Tables and pictures lose their form. Null gives ''. */
  toText(document: AdfDocument | null | undefined): string;
}

// Documents come from users. No editor of Jira nests this deep.
const MAX_DEPTH = 100;

const BLOCKS: ReadonlySet<string> = new Set([
  ...['blockCard', 'blockquote', 'bulletList', 'codeBlock', 'decisionList', 'embedCard', 'expand'],
  ...['extension', 'bodiedExtension', 'heading', 'layoutSection', 'mediaGroup', 'mediaSingle'],
  ...['nestedExpand', 'orderedList', 'panel', 'paragraph', 'rule', 'table', 'taskList'],
]);

const MARKS: Readonly<Record<Exclude<keyof AdfTextStyle, 'link'>, string>> = {
  bold: 'strong',
  italic: 'em',
  strike: 'strike',
  underline: 'underline',
  code: 'code',
};

export const adf: Adf = {
  doc: (...content) => ({ type: 'doc', version: 1, content: blocks(content) }),
  paragraph: (...content) => ({ type: 'paragraph', content: inlines(content) }),
  heading(level, ...content) {
    if (!Number.isInteger(level) || level < 1 || level > 6) {
      throw invalid('The level of a heading is a whole number from 1 to 6.');
    }
    return { type: 'heading', attrs: { level }, content: inlines(content) };
  },
  bulletList: (...items) => ({ type: 'bulletList', content: listItems(items) }),
  orderedList: (...items) => ({ type: 'orderedList', content: listItems(items) }),
  codeBlock: (text, language) => ({
    type: 'codeBlock',
    ...(language === undefined ? {} : { attrs: { language } }),
    content: text === '' ? [] : [textNode(text)],
  }),
  rule: () => ({ type: 'rule' }),
  text: textNode,
  link: (text, url) => textNode(text, { link: url }),
  mention(accountId, text) {
    if (typeof accountId !== 'string' || accountId === '') {
      throw invalid('A mention needs the accountId of a user.');
    }
    return { type: 'mention', attrs: { id: accountId, ...(text === undefined ? {} : { text }) } };
  },
  emoji: (shortName) => ({ type: 'emoji', attrs: { shortName } }),
  hardBreak,
  fromText(text) {
    if (typeof text !== 'string') throw invalid('adf.fromText takes text.');
    const paragraphs = text
      .replaceAll(/\r\n?/g, '\n')
      .split(/\n(?:[\t ]*\n)+/)
      .filter((paragraph) => paragraph.trim() !== '');
    return adf.doc(
      ...paragraphs.map((paragraph) =>
        adf.paragraph(...lines(paragraph.replace(/^\n/, '').trimEnd())),
      ),
    );
  },
  toText: (document) => (document == null ? '' : textOf(document, 0).replace(/\n+$/, '')),
};

function hardBreak(): AdfNode {
  return { type: 'hardBreak' };
}

function textNode(text: string, style: AdfTextStyle = {}): AdfNode {
  if (typeof text !== 'string' || text === '') {
    throw invalid('A text node holds at least one character.', 'Leave the node out.');
  }
  const marks: AdfMark[] = Object.entries(MARKS)
    .filter(([name]) => style[name as keyof AdfTextStyle] === true)
    .map(([, type]) => ({ type }));
  if (style.code === true && marks.length > 1) {
    throw invalid('Text that is code cannot be bold, italic, underlined or struck through.');
  }
  if (style.link !== undefined) {
    if (!URL.canParse(style.link)) throw invalid('A link needs a URL with its scheme.');
    marks.push({ type: 'link', attrs: { href: style.link } });
  }
  return { type: 'text', text, ...(marks.length === 0 ? {} : { marks }) };
}

function lines(text: string): AdfNode[] {
  return text
    .split('\n')
    .flatMap((line, index) => [
      ...(index === 0 ? [] : [hardBreak()]),
      ...(line === '' ? [] : [textNode(line)]),
    ]);
}

function inlines(content: readonly AdfInline[]): AdfNode[] {
  return content.map((part) => {
    const node = typeof part === 'string' ? textNode(part) : part;
    if (BLOCKS.has(node.type)) throw invalid(`A ${node.type} cannot stand inside of a paragraph.`);
    return node;
  });
}

/** Text and inline nodes that stand where a block belongs get a paragraph of their own. */
function blocks(content: readonly AdfInline[]): AdfNode[] {
  return content.map((part) =>
    typeof part !== 'string' && BLOCKS.has(part.type) ? part : adf.paragraph(part),
  );
}

function listItems(items: readonly (AdfInline | readonly AdfInline[])[]): AdfNode[] {
  if (items.length === 0) throw invalid('A list has at least one item.');
  return items.map((item) => {
    const parts: readonly AdfInline[] = Array.isArray(item) ? item : [item as AdfInline];
    const holdsBlock = parts.some((part) => typeof part !== 'string' && BLOCKS.has(part.type));
    return {
      type: 'listItem',
      content: holdsBlock ? blocks(parts) : [adf.paragraph(...parts)],
    };
  });
}

/** What is wrong with a document that somebody else made; undefined where its shape is sound. */
export function documentProblem(value: unknown): string | undefined {
  if (!isObject(value) || value.type !== 'doc') return 'its type is not doc';
  if (value.version !== 1) return 'its version is not 1';
  if (!Array.isArray(value.content)) return 'its content is no list';
  return contentProblem(value.content, 'content', 0);
}

function contentProblem(content: readonly unknown[], path: string, depth: number) {
  if (depth > MAX_DEPTH) return 'it is nested too deep';
  for (const [index, node] of content.entries()) {
    const problem: string | undefined = nodeProblem(node, `${path}[${index}]`, depth);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function nodeProblem(node: unknown, path: string, depth: number): string | undefined {
  if (!isObject(node) || typeof node.type !== 'string') return `${path} has no type`;
  if (node.type === 'text' && (typeof node.text !== 'string' || node.text === '')) {
    return `${path} is a text node without text`;
  }
  if (depth === 0 && (node.type === 'text' || node.type === 'hardBreak')) {
    return `${path} is ${node.type}, which belongs into a paragraph`;
  }
  if (node.content === undefined) return undefined;
  if (!Array.isArray(node.content)) return `${path}.content is no list`;
  return contentProblem(node.content, `${path}.content`, depth + 1);
}

function textOf(node: AdfNode, depth: number): string {
  if (depth > MAX_DEPTH) return '';
  const { attrs = {}, content = [] } = node;
  const children = () => content.map((child) => textOf(child, depth + 1));
  switch (node.type) {
    case 'text':
      return node.text ?? '';
    case 'hardBreak':
      return '\n';
    case 'rule':
      return '---';
    case 'mention':
      return typeof attrs.text === 'string' ? attrs.text : `@${String(attrs.id ?? '')}`;
    case 'emoji':
      return String(attrs.text ?? attrs.shortName ?? '');
    case 'inlineCard':
    case 'blockCard':
    case 'embedCard':
      return String(attrs.url ?? '');
    case 'date':
      return dateOf(attrs.timestamp);
    case 'status':
      return String(attrs.text ?? '');
    case 'bulletList':
    case 'taskList':
    case 'decisionList':
      return children()
        .map((item) => `- ${item.replaceAll('\n', '\n  ')}`)
        .join('\n');
    case 'orderedList': {
      const first = typeof attrs.order === 'number' ? attrs.order : 1;
      return children()
        .map((item, index) => `${first + index}. ${item.replaceAll('\n', '\n   ')}`)
        .join('\n');
    }
    case 'listItem':
    case 'tableCell':
    case 'tableHeader':
      return children().join('\n');
    case 'tableRow':
      return children().join(' | ');
    case 'table':
      return children().join('\n');
    default:
      return children().join(content.some((child) => BLOCKS.has(child.type)) ? '\n\n' : '');
  }
}

/** The attribute is milliseconds, as text. */
function dateOf(timestamp: unknown): string {
  const time = Number(timestamp);
  return Number.isFinite(time) && Math.abs(time) < 8.64e15
    ? new Date(time).toISOString().slice(0, 10)
    : '';
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function invalid(message: string, hint?: string): JiraApiError {
  return new JiraApiError('JIRA_FIELD_VALUE_INVALID', message, {
    hint: hint ?? 'Jira would refuse the whole document. Correct the call of adf.',
  });
}
