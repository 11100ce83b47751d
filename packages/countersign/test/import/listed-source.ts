import type { AceAssociation, AceSetting, AceSource } from '../../src/import/ace/source.ts';

export interface Listed {
  settings?: readonly AceSetting[];
  associations?: readonly AceAssociation[];
  forgeSettings?: readonly AceSetting[];
}

/** A source over lists, in pages of two, that calls `onPage` before each page of settings. */
export function listedSource(
  { settings = [], associations = [], forgeSettings = [] }: Listed,
  onPage: () => void = () => undefined,
): AceSource {
  async function* pages<T>(rows: readonly T[]): AsyncGenerator<readonly T[]> {
    for (let at = 0; at < rows.length; at += 2) {
      onPage();
      yield rows.slice(at, at + 2);
    }
  }
  return {
    installations: () => pages(settings.filter(({ key }) => key === 'clientInfo')),
    settings: () => pages(settings.filter(({ key }) => key !== 'clientInfo')),
    associations: () => pages(associations),
    forgeSettings: () => pages(forgeSettings),
    count: async () => settings.length + forgeSettings.length,
    close: async () => undefined,
  };
}
