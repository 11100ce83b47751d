/** An Atlassian Document Format (ADF) document: what v3 of the REST API takes where v2 takes text. */
export interface AtlassianDocument {
  type: 'doc';
  version: 1;
  content: DocumentNode[];
}

interface DocumentNode {
  type: string;
  text?: string;
  content?: DocumentNode[];
}

export function isDocument(value: unknown): value is AtlassianDocument {
  if (typeof value !== 'object' || value === null) return false;
  const { type, version, content } = value as Record<string, unknown>;
  return type === 'doc' && version === 1 && Array.isArray(content) && content.every(isNode);
}

function isNode(value: unknown): value is DocumentNode {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const { type, text, content } = value as Record<string, unknown>;
  if (typeof type !== 'string') return false;
  if (type === 'text' && (typeof text !== 'string' || text === '')) return false;
  return content === undefined || (Array.isArray(content) && content.every(isNode));
}

/** One paragraph a line. */
export function documentFromText(text: string): AtlassianDocument {
  const content = text
    .split('\n')
    .map((line) =>
      line === ''
        ? { type: 'paragraph', content: [] }
        : { type: 'paragraph', content: [{ type: 'text', text: line }] },
    );
  return { type: 'doc', version: 1, content };
}

export function textOfDocument(document: AtlassianDocument): string {
  return document.content.map(textOfNode).join('\n');
}

function textOfNode(node: DocumentNode): string {
  if (node.type === 'hardBreak') return '\n';
  return node.text ?? (node.content ?? []).map(textOfNode).join('');
}
