/** What the URL of a page says beside its token. Believe it only where a hash proves the URL. */
export interface PageFacts {
  readonly license: 'active' | 'none' | undefined;
  readonly locale: string | undefined;
  readonly timezone: string | undefined;
  readonly theme: 'light' | 'dark' | undefined;
}

export const NO_FACTS: PageFacts = {
  license: undefined,
  locale: undefined,
  timezone: undefined,
  theme: undefined,
};

/**
 * `lic`, `loc` and `tz`, which Jira adds to the URL of each page, and `theme`, which it does not: a page hears of the
 * theme by AP.theming, and an app may put what it heard into URLs of its own.
 *
 * @see https://developer.atlassian.com/cloud/jira/platform/context-parameters/
 */
export function factsOfUrl(url: string): PageFacts {
  const question = url.indexOf('?');
  if (question === -1) return NO_FACTS;
  const query = new URLSearchParams(url.slice(question + 1).replace(/#.*$/s, ''));
  // What is there twice says two things, and so nothing.
  const only = (name: string) => {
    const [value, ...others] = query.getAll(name);
    return others.length === 0 && value !== undefined && value !== '' ? value : undefined;
  };
  return readFacts({
    license: only('lic'),
    locale: only('loc'),
    timezone: only('tz'),
    theme: only('theme'),
  });
}

/** From claims that were verified, or from texts of a URL. */
export function readFacts({
  license,
  locale,
  timezone,
  theme,
}: Record<string, unknown>): PageFacts {
  return {
    license: license === 'active' || license === 'none' ? license : undefined,
    // They end up in pages: nothing but the form of a language tag, or of a name such as Europe/Berlin.
    locale: textLike(locale, /^[A-Za-z]{2,8}(?:[-_][A-Za-z0-9]{1,8}){0,4}$/)?.replaceAll('_', '-'),
    timezone: textLike(timezone, /^[A-Za-z][\w+-]*(?:\/[\w+-]+){0,3}$/),
    theme: theme === 'light' || theme === 'dark' ? theme : undefined,
  };
}

function textLike(value: unknown, form: RegExp): string | undefined {
  return typeof value === 'string' && value.length <= 100 && form.test(value) ? value : undefined;
}
