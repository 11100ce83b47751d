/** For pages that Jira shows in an iframe: calls the app in the name of whoever looks at the page. */

/** What proves to the app whom the page is shown to. */
export interface Session {
  /**
   * `fetch` for URLs of the app itself, with the token of the page. A token that ends is renewed: by the answers of the
   * app, or by a context token of Jira, for which the route has to accept both, `['session', 'context']`.
   *
   * @throws TypeError for a URL of another origin, which no token is sent to.
   */
  fetch(input: string | URL | Request, init?: RequestInit): Promise<Response>;
  /** A token that is still good, for what sends `Authorization: JWT <token>` by itself. */
  token(): Promise<string>;
  /** Takes over what an answer brought in its header `x-countersign-session`, where the page did not use `fetch`. */
  renew(token: string | null | undefined): void;
}

/** What a browser has of it, without the types of a browser. */
interface Page {
  readonly AP?: { readonly context?: { getToken(): Promise<string> } };
  readonly document?: { querySelector(selector: string): { readonly content: string } | null };
  readonly location?: { readonly origin: string };
}

const page = globalThis as Page;
let current = '';
let endsAt = 0;
let asked: Promise<string> | undefined;

/** It was made a moment ago, so its life is counted from now: the clocks of page and app may differ. */
function keep(token: string): string {
  const part = token.split('.')[1] ?? '';
  const { iat, exp } = JSON.parse(atob(part.replaceAll('-', '+').replaceAll('_', '/')));
  current = token;
  endsAt = Date.now() + (exp - iat - 5) * 1000;
  return token;
}

async function askJira(): Promise<string> {
  const context = page.AP?.context;
  if (!context) throw new Error('The session has ended. Reload the page.');
  return keep(await context.getToken());
}

async function token(): Promise<string> {
  if (Date.now() < endsAt) return current;
  asked ??= askJira().finally(() => {
    asked = undefined;
  });
  return asked;
}

function renew(next: string | null | undefined): void {
  if (next) keep(next);
}

async function send(request: Request): Promise<Response> {
  const used = await token();
  request.headers.set('authorization', `JWT ${used}`);
  const response = await fetch(request);
  if (response.status === 401 && current === used) endsAt = 0;
  renew(response.headers.get('x-countersign-session'));
  return response;
}

export const session: Session = {
  async fetch(input, init) {
    const request = new Request(input, init);
    if (new URL(request.url).origin !== page.location?.origin) {
      throw new TypeError('session.fetch is for URLs of the app itself.');
    }
    const again = request.clone();
    const response = await send(request);
    // Refused before its time: the app may have a new secret. Jira knows who is here.
    return response.status === 401 && page.AP ? send(again) : response;
  },
  token,
  renew,
};

renew(page.document?.querySelector('meta[name=countersign-session]')?.content);
