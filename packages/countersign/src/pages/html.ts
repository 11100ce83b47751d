import { type HtmlSlot, NONCE, templateOf } from './template.ts';

const brand: symbol = Symbol.for('countersign.html');

/** What {@link html} makes: text that is HTML already. */
export class Html {
  readonly #parts: readonly (string | typeof NONCE)[];

  /** @internal */
  constructor(parts: readonly (string | typeof NONCE)[]) {
    this.#parts = parts;
  }

  /** @param nonce For its scripts and styles. Left out, they have none. */
  render(nonce?: string): string {
    const attribute = nonce === undefined ? '' : ` nonce="${nonce}"`;
    return this.#parts.map((part) => (part === NONCE ? attribute : part)).join('');
  }

  toString(): string {
    return this.render();
  }

  /** @internal */
  get parts(): readonly (string | typeof NONCE)[] {
    return this.#parts;
  }
}

Object.defineProperty(Html.prototype, brand, { value: true });

/** What can be put into HTML. Between elements a boolean, null and undefined are nothing, and lists are joined. */
export type HtmlValue =
  | Html
  | string
  | number
  | bigint
  | boolean
  | null
  | undefined
  | readonly HtmlValue[];

/**
 * A template of HTML whose values are escaped. Values stand between elements or in quoted attributes; `?name=${boolean}`
 * is an attribute that is there or not. Scripts that are written in the template run on a page of `app.page`; what comes
 * by a value never does.
 *
 * @example
 * html`<button ?disabled=${busy} title="${hint}">${label}</button>`
 * @throws ConfigError CONFIG_OPTION_INVALID for a value where nothing can make it safe: in a script, a style, a comment,
 *   a tag, an event handler or an attribute without quotes. Hand data to a script in a `data-…` attribute, as JSON.
 */
export function html(strings: TemplateStringsArray, ...values: HtmlValue[]): Html {
  const { chunks, slots } = templateOf(strings);
  const parts: (string | typeof NONCE)[] = [...(chunks[0] ?? [])];
  slots.forEach((slot, index) => {
    parts.push(...partsOf(slot, values[index]), ...(chunks[index + 1] ?? []));
  });
  return new Html(parts);
}

/**
 * Text that is HTML already and comes from elsewhere, such as a renderer's. It is taken as it is: never give it what
 * somebody typed.
 */
export function unsafeHtml(text: string): Html {
  return new Html([text]);
}

/** True for {@link Html}, of a second copy of this package too. JSON cannot look like one. */
export function isHtml(value: unknown): value is Html {
  return typeof value === 'object' && value !== null && brand in value;
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** For text between elements and for quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] as string);
}

function partsOf(slot: HtmlSlot, value: HtmlValue): readonly (string | typeof NONCE)[] {
  if (slot.kind === 'boolean') return value ? [slot.name] : [];
  if (slot.kind === 'attribute') return [attributeText(value, slot.isUrl)];
  if (isHtml(value)) return value.parts;
  if (Array.isArray(value)) return value.flatMap((item) => partsOf(slot, item as HtmlValue));
  const isNothing = value === null || value === undefined || typeof value === 'boolean';
  return isNothing ? [] : [escapeHtml(String(value))];
}

function attributeText(value: HtmlValue, isUrl: boolean): string {
  if (value === null || value === undefined) return '';
  // Its entities are entities already; its elements would be text in an attribute anyway.
  if (isHtml(value)) return value.render().replace(/[<>"']/g, (one) => entities[one] as string);
  if (Array.isArray(value)) {
    return value.map((item) => attributeText(item as HtmlValue, isUrl)).join('');
  }
  const text = String(value);
  // A browser overlooks blanks and control characters in a scheme.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what is looked for
  const scheme = isUrl ? text.replace(/[\u0000-\u0020]/g, '').slice(0, 11) : '';
  return /^(javascript|vbscript):/i.test(scheme) ? 'about:invalid' : escapeHtml(text);
}
