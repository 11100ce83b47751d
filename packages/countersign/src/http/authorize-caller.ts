import type { App } from '../app.ts';
import type { AuthorizeQuestion } from '../authorize.ts';
import type { Caller } from '../caller.ts';
import { ConfigError } from '../errors.ts';

/** `app.authorize` for whoever `authenticate` let in; without it before, nobody is. */
export async function authorizeCaller(
  app: App,
  caller: Caller | undefined,
  question: AuthorizeQuestion,
): Promise<void> {
  if (caller === undefined) {
    throw new ConfigError('CONFIG_OPTION_INVALID', 'authorize stands where no caller is known.', {
      hint: 'Put authenticate(app) before it, on the same route.',
    });
  }
  await app.authorize(caller, question);
}
