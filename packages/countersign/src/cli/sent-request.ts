/** A request as it was found in what a user gave, for explainToken. */
export interface SentRequest {
  /** What the user gave, in words. */
  kind: 'curl' | 'har' | 'http' | 'text';
  /** What `explainToken` takes as its token: a header line, a URL with `?jwt=`, a token; '' where there is none. */
  credential: string;
  method?: string;
  url?: string;
  body?: string;
  /** When it was sent, by the clock of the sender, in milliseconds. */
  sentAt?: number;
  /** Of the answer: its Date header, status, headers and text. */
  serverDate?: string;
  status?: number;
  answerHeaders?: [name: string, value: string][];
  answerText?: string;
  /** Shell variables in the credential or the URL, which only the user's shell can fill in. */
  variables?: string[];
  /** Which of how many requests, from 1; of a HAR. */
  entry?: { number: number; of: number };
  /** What of the input was not used, or has to be known. */
  notes: string[];
}

/** The Authorization headers as the one line that a receiver would make of them, or the URL that carries a token. */
export function credentialOf(authorizations: readonly string[], url: string | undefined): string {
  if (authorizations.length > 0) return `Authorization: ${authorizations.join(', ')}`;
  return url !== undefined && hasJwtParameter(url) ? url : '';
}

export function hasJwtParameter(url: string): boolean {
  return /[?&]jwt=/.test(url.slice(0, 100_000));
}

/** A URL as it may be shown: without a token and without a password. */
export function shownUrl(url: string): string {
  return url
    .slice(0, 4000)
    .replace(/([?&]jwt=)[^&#\s]*/g, '$1[token]')
    .replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/?#@]*@/i, '$1[login]@')
    .replace(/eyJ[\w+/=%-]{8,}(?:\.[\w+/=%-]*)*/g, '[token]');
}
