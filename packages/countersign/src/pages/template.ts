import { ConfigError } from '../errors.ts';

/** Where the nonce of a page's policy stands: it is known only when the page is sent. */
export const NONCE: unique symbol = Symbol.for('countersign.nonce') as never;

/** Where a value stands in a template. */
export type HtmlSlot =
  | { readonly kind: 'text' }
  | { readonly kind: 'attribute'; readonly isUrl: boolean }
  | { readonly kind: 'boolean'; readonly name: string };

/** A template of `html`, read once. */
interface HtmlTemplate {
  /** What stands before the first value, between the values, and after the last one. */
  readonly chunks: readonly (readonly (string | typeof NONCE)[])[];
  readonly slots: readonly HtmlSlot[];
}

/** Where the reading of a template has come to. */
interface Place {
  in: 'text' | 'tag' | 'quoted' | 'unquoted' | 'comment' | 'raw';
  /** The element of the tag, or the one that is raw; in lower case, with a slash before it where the tag closes it. */
  element: string;
  /** Of the attribute, in lower case. */
  attribute: string;
  quote: string;
  /** True while nothing of the attribute's value was read. */
  isStart: boolean;
}

const templates = new WeakMap<TemplateStringsArray, HtmlTemplate>();

/** Elements that the nonce of a page's policy is for; no value can be made safe in them. */
const RAW = new Set(['script', 'style']);
const URLS = new Set(['href', 'src', 'action', 'formaction', 'data', 'poster', 'xlink:href']);

/** @throws ConfigError CONFIG_OPTION_INVALID for a value where nothing can make it safe. */
export function templateOf(strings: TemplateStringsArray): HtmlTemplate {
  const known = templates.get(strings);
  if (known !== undefined) return known;
  const template = readTemplate(strings);
  templates.set(strings, template);
  return template;
}

function readTemplate(strings: readonly string[]): HtmlTemplate {
  const place: Place = { in: 'text', element: '', attribute: '', quote: '', isStart: false };
  const chunks: (string | typeof NONCE)[][] = [];
  const slots: HtmlSlot[] = [];
  strings.forEach((text, index) => {
    const chunk = readChunk(text, place);
    chunks.push(chunk);
    if (index === strings.length - 1) return;
    const name = place.in === 'tag' ? /\s\?([a-z][a-z0-9-]*)=$/i.exec(text)?.[1] : undefined;
    if (name === undefined) {
      slots.push(slotAt(place, text));
    } else {
      refuseHandler(name.toLowerCase());
      slots.push({ kind: 'boolean', name });
      chunk.push((chunk.pop() as string).slice(0, -name.length - 2));
    }
    place.isStart = false;
  });
  return { chunks, slots };
}

function slotAt(place: Place, before: string): HtmlSlot {
  if (place.in === 'text' && !/<[!/]?$/.test(before)) return { kind: 'text' };
  if (place.in === 'quoted') {
    refuseHandler(place.attribute);
    return { kind: 'attribute', isUrl: place.isStart && URLS.has(place.attribute) };
  }
  if (place.in === 'raw') {
    throw unsafe(`in <${place.element}>`, 'Put it into a data- attribute as JSON, and read that.');
  }
  if (place.in === 'comment') throw unsafe('in a comment', 'Take it out.');
  throw unsafe(
    `in a tag, after '${before.slice(-20)}'`,
    'A value stands between elements, in a quoted attribute (name="…"), or behind ?name= as a boolean.',
  );
}

function refuseHandler(attribute: string): void {
  if (!/^(?:(?:data-)?hx-)?on|^srcdoc$/.test(attribute)) return;
  throw unsafe(`in the attribute ${attribute}`, 'Listen to events in a script of the page.');
}

function unsafe(where: string, hint: string): ConfigError {
  return new ConfigError('CONFIG_OPTION_INVALID', `html: a value cannot stand ${where}.`, { hint });
}

/** Reads on from a place, which it moves. @returns the text, with a nonce in each tag that takes one. */
function readChunk(text: string, place: Place): (string | typeof NONCE)[] {
  const parts: (string | typeof NONCE)[] = [];
  let taken = 0;
  let at = 0;
  const skipTo = (end: string, place_: Place['in']): void => {
    const found = text.toLowerCase().indexOf(end, at);
    if (found === -1) {
      if (text.length > at) place.isStart = false;
      at = text.length;
      return;
    }
    at = found + end.length;
    place.in = place_;
  };
  while (at < text.length) {
    if (place.in === 'comment') skipTo('-->', 'text');
    else if (place.in === 'quoted') skipTo(place.quote, 'tag');
    else if (place.in === 'raw') {
      skipTo(`</${place.element}`, 'tag');
      if (place.in !== 'raw') place.element = `/${place.element}`;
    } else if (place.in === 'unquoted') {
      const end = text.slice(at).search(/[\s>]/);
      at = end === -1 ? text.length : at + end;
      if (end !== -1) place.in = 'tag';
    } else if (place.in === 'text') {
      const tag = /<(?:(!--)|(\/?[a-z][^\s/>]*|!))/gi;
      tag.lastIndex = at;
      const found = tag.exec(text);
      if (found === null) break;
      at = tag.lastIndex;
      place.in = found[1] === undefined ? 'tag' : 'comment';
      place.element = (found[2] ?? '').toLowerCase();
      if (RAW.has(place.element)) {
        parts.push(text.slice(taken, at), NONCE);
        taken = at;
      }
    } else {
      const piece = /\s+|>|\/|([^\s/>=][^\s/>=]*)(?:\s*=\s*(["']?))?|=/y;
      piece.lastIndex = at;
      const [all = text.slice(at), attribute, quote] = piece.exec(text) ?? [];
      at += all.length;
      if (all === '>') place.in = RAW.has(place.element) ? 'raw' : 'text';
      if (attribute === undefined || !all.includes('=')) continue;
      place.attribute = attribute.toLowerCase();
      place.isStart = true;
      place.quote = quote ?? '';
      if (place.quote !== '') place.in = 'quoted';
      // The value of `?name=` is none: the slot is the attribute.
      else if (at < text.length) place.in = 'unquoted';
    }
  }
  parts.push(text.slice(taken));
  return parts;
}
