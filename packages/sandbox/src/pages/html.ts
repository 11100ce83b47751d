/** Text that is HTML already. Everything else is escaped where it is put into HTML. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  toString(): string {
    return this.text;
  }
}

const entities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}

type Part = Html | string | number | undefined | readonly Part[];

/** A template whose values are escaped. Lists are joined, and undefined is nothing. */
export function html(strings: TemplateStringsArray, ...values: Part[]): Html {
  const text = strings.reduce((done, next, index) => {
    return done + toText(values[index - 1]) + next;
  });
  return new Html(text);
}

function toText(part: Part): string {
  if (part === undefined) return '';
  if (part instanceof Html) return part.text;
  if (typeof part === 'string' || typeof part === 'number') return escapeHtml(String(part));
  return part.map(toText).join('');
}
