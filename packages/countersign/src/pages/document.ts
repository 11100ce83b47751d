import { escapeHtml, Html, html, isHtml } from './html.ts';
import { NONCE } from './template.ts';

/** What a document is made of beside its content. */
export interface DocumentParts {
  readonly nonce: string;
  readonly locale: string | undefined;
  readonly theme: 'light' | 'dark' | undefined;
  readonly sessionToken: string | undefined;
  /** Jira's script; undefined leaves it out. */
  readonly allJsUrl: string | undefined;
  /** From the page to the browser module. */
  readonly browserScriptUrl: string;
}

/**
 * The document that a page is sent as. A fragment gets one around it; a whole document gets the parts put into its
 * head, and what it says of itself stays.
 */
export function documentOf(content: string | Html, parts: DocumentParts): string {
  const text = isHtml(content) ? content.render(parts.nonce) : content;
  const head = headOf(text, parts).render(parts.nonce);
  const root = rootAttributes(parts);
  if (/^\s*(?:<!--.*?-->\s*)*(?:<!doctype|<html)/is.test(text)) return intoHead(text, head, root);
  return `<!doctype html>
${withAttributes('<html>', root)}
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
${COLOR_SCHEME.render(parts.nonce)}
${head}
${text}
`;
}

/** Until Jira says which theme it is, it is what the browser prefers. */
const COLOR_SCHEME: Html = html`<style>:root{color-scheme:light dark}[data-color-mode=light]{color-scheme:light}[data-color-mode=dark]{color-scheme:dark}</style>`;

function rootAttributes({ locale, theme }: DocumentParts): Record<string, string> {
  const language = locale?.replaceAll('_', '-');
  const isLanguage = language !== undefined && /^[a-z]{2,3}(?:-[a-z0-9]{2,8})*$/i.test(language);
  return {
    lang: isLanguage ? language : 'en',
    ...(theme === undefined ? {} : { 'data-color-mode': theme }),
  };
}

/** What the document has already is not added. */
function headOf(text: string, { sessionToken, allJsUrl, browserScriptUrl }: DocumentParts): Html {
  const imports = JSON.stringify({ imports: { 'countersign/browser': browserScriptUrl } });
  const importMap = new Html(['<script type="importmap"', NONCE, `>${imports}</script>\n`]);
  const jira = html`<script src="${allJsUrl}"></script>
<script>window.AP?.theming?.initializeTheming?.()</script>`;
  return html`<meta name="referrer" content="no-referrer">
${sessionToken !== undefined && html`<meta name="countersign-session" content="${sessionToken}">`}
${!/<script[^>]+\btype=["']?importmap/i.test(text) && importMap}${
  allJsUrl !== undefined && !/<script[^>]+\/all\.js\b/i.test(text) && jira
}`;
}

function intoHead(text: string, head: string, root: Record<string, string>): string {
  const document = text.replace(/<html\b[^>]*>/i, (tag) => withAttributes(tag, root));
  for (const place of [/<head\b[^>]*>/i, /<html\b[^>]*>/i, /<!doctype\b[^>]*>/i]) {
    const found = place.exec(document);
    if (found === null) continue;
    const end = found.index + found[0].length;
    return `${document.slice(0, end)}\n${head}${document.slice(end)}`;
  }
  return `${head}${document}`;
}

function withAttributes(tag: string, attributes: Record<string, string>): string {
  const missing = Object.entries(attributes)
    .filter(([name]) => !new RegExp(`\\s${name}(?=[\\s=>])`, 'i').test(tag))
    .map(([name, value]) => ` ${name}="${escapeHtml(value)}"`);
  return tag.slice(0, -1) + missing.join('') + tag.slice(-1);
}
