import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import * as errors from '../src/errors.ts';
import {
  ConfigError,
  CountersignError,
  type ErrorCode,
  errorCatalogue,
  InstallationError,
  isConfigError,
  isCountersignError,
  isInstallationError,
  isJiraApiError,
  isKeySourceError,
  isQueueError,
  isStoreError,
  isTokenError,
  JiraApiError,
  nearest,
  refuseUnknownOptions,
  StoreError,
  TokenError,
} from '../src/errors.ts';

/** The same package a second time, as when two versions are installed side by side. */
const copy: typeof errors = await import('../src/errors.ts?copy' as '../src/errors.ts');

const guards = {
  ConfigError: isConfigError,
  TokenError: isTokenError,
  InstallationError: isInstallationError,
  KeySourceError: isKeySourceError,
  QueueError: isQueueError,
  StoreError: isStoreError,
  JiraApiError: isJiraApiError,
};

const samples = (from: typeof errors) => ({
  ConfigError: new from.ConfigError('CONFIG_OPTION_MISSING', 'no appUrl'),
  TokenError: new from.TokenError('TOKEN_EXPIRED', 'too late', { claim: 'exp' }),
  InstallationError: new from.InstallationError('INSTALLATION_UNKNOWN', 'who?', { clientKey: 'c' }),
  KeySourceError: new from.KeySourceError('KEY_SOURCE_UNAVAILABLE', 'no answer'),
  QueueError: new from.QueueError('QUEUE_UNAVAILABLE', 'the queue is gone'),
  StoreError: new from.StoreError('STORE_UNAVAILABLE', 'no database'),
  JiraApiError: new from.JiraApiError('JIRA_NOT_FOUND', 'no issue', { status: 404 }),
});

const codes = Object.keys(errorCatalogue) as ErrorCode[];

describe('classes', () => {
  test.each(Object.entries(samples(errors)))(
    '%s is an Error with code, hint and status',
    (name, error) => {
      expect(error).toBeInstanceOf(Error);
      expect(error).toBeInstanceOf(CountersignError);
      expect(error.name).toBe(name);
      expect(error.hint).toBe(errorCatalogue[error.code].hint);
      expect(error.httpStatus).toBe(errorCatalogue[error.code].httpStatus);
      expect(error.stack).toContain('errors.test.ts');
      expect(String(error)).toBe(`${name}: ${error.message}`);
      expect(inspect(error)).toContain(error.code);
    },
  );

  test('each carries what its reader needs', () => {
    expect(new TokenError('TOKEN_EXPIRED', 'm', { claim: 'exp' }).claim).toBe('exp');
    expect(new TokenError('TOKEN_MALFORMED', 'm').claim).toBeUndefined();
    expect(new InstallationError('INSTALLATION_UNKNOWN', 'm', { clientKey: 'c' }).clientKey).toBe(
      'c',
    );
    const full = {
      method: 'PUT',
      path: '/rest/api/3/issue/XX-21',
      status: 429,
      errorMessages: ['slow down'],
      errors: { summary: 'too long' },
      retryAfterSeconds: 5,
    };
    expect(new JiraApiError('JIRA_RATE_LIMITED', 'm', full)).toMatchObject(full);
    expect(new JiraApiError('JIRA_UNREACHABLE', 'm')).toMatchObject({
      status: undefined,
      errorMessages: [],
      errors: {},
    });
  });

  test('a hint and a cause can be given', () => {
    const cause = new Error('ECONNREFUSED');
    const error = new StoreError('STORE_UNAVAILABLE', 'm', { hint: 'Start it.', cause });
    expect(error.hint).toBe('Start it.');
    expect(error.cause).toBe(cause);
    expect('cause' in new StoreError('STORE_UNAVAILABLE', 'm')).toBe(false);
  });

  test('switch on code narrows to the class', () => {
    const claimOf = (error: errors.AnyCountersignError): string | undefined => {
      switch (error.code) {
        case 'TOKEN_EXPIRED':
          return error.claim;
        case 'JIRA_RATE_LIMITED':
          return `${error.retryAfterSeconds}`;
        default:
          return undefined;
      }
    };
    expect(claimOf(new TokenError('TOKEN_EXPIRED', 'm', { claim: 'exp' }))).toBe('exp');
    expect(claimOf(new JiraApiError('JIRA_RATE_LIMITED', 'm', { retryAfterSeconds: 5 }))).toBe('5');
    expect(claimOf(new ConfigError('CONFIG_OPTION_MISSING', 'm'))).toBeUndefined();
  });
});

describe('guards', () => {
  test('the second copy is one', () => {
    expect(copy.TokenError).not.toBe(TokenError);
    expect(samples(copy).TokenError).not.toBeInstanceOf(TokenError);
  });

  test.each([
    ['this copy', errors],
    ['another copy', copy],
  ])('know the errors of %s, each its own class only', (_name, from) => {
    for (const [name, error] of Object.entries(samples(from))) {
      expect(isCountersignError(error)).toBe(true);
      const accepting = Object.entries(guards).filter(([, guard]) => guard(error));
      expect(accepting.map(([guarded]) => guarded)).toEqual([name]);
    }
  });

  test.each([
    [undefined],
    [null],
    ['TOKEN_EXPIRED'],
    [7],
    [new Error('TOKEN_EXPIRED')],
    [{ code: 'TOKEN_EXPIRED', name: 'TokenError' }],
    [JSON.parse(JSON.stringify(samples(errors).TokenError))],
    [TokenError],
  ])('refuse %o', (value) => {
    for (const guard of [isCountersignError, ...Object.values(guards)]) {
      expect(guard(value)).toBe(false);
    }
  });

  test('know a subclass that a user derives', () => {
    class MyTokenError extends TokenError {}
    expect(isTokenError(new MyTokenError('TOKEN_EXPIRED', 'm'))).toBe(true);
  });
});

describe('as JSON', () => {
  test('everything but stack and cause', () => {
    const cause = new Error('MARKED');
    const error = new TokenError('TOKEN_EXPIRED', 'too late', { claim: 'exp', cause });
    expect(JSON.parse(JSON.stringify({ error }))).toEqual({
      error: {
        name: 'TokenError',
        message: 'too late',
        code: 'TOKEN_EXPIRED',
        claim: 'exp',
        hint: errorCatalogue.TOKEN_EXPIRED.hint,
        httpStatus: 401,
      },
    });
  });

  test('what Jira said is part of it', () => {
    const options = { method: 'PUT', path: '/x', status: 400, errors: { summary: 'too long' } };
    const error = new JiraApiError('JIRA_BAD_REQUEST', 'm', options);
    expect(JSON.parse(JSON.stringify(error))).toMatchObject({ ...options, errorMessages: [] });
  });
});

describe('the catalogue', () => {
  /** By the class whose codes begin so: who must act decides the status. */
  const statuses: Record<string, number[]> = {
    CONFIG: [500],
    TOKEN: [401, 403],
    INSTALLATION: [401, 400, 413],
    KEY: [503],
    STORE: [503],
    QUEUE: [503],
    JIRA: [502],
  };
  /** Thrown where the app makes or checks a token with wrong arguments: the developer must act. */
  const ownMistakes = ['TOKEN_OPTION_INVALID', 'TOKEN_LIFETIME_INVALID'];

  test.each(codes)('%s has a status that fits its class, and a hint', (code) => {
    const { httpStatus, hint } = errorCatalogue[code];
    const expected = ownMistakes.includes(code) ? [500] : statuses[code.replace(/_.*/, '')];
    expect(expected).toContain(httpStatus);
    expect(hint).toMatch(/^[A-Za-z].{10,}[.]$/);
  });

  test('a payload that is wrong is 400, one that is too large 413, any other installation 401', () => {
    const of = (status: number) =>
      codes.filter(
        (code) => code.startsWith('INSTALLATION_') && errorCatalogue[code].httpStatus === status,
      );
    expect(of(400)).toEqual(['INSTALLATION_PAYLOAD_INVALID']);
    expect(of(413)).toEqual(['INSTALLATION_PAYLOAD_TOO_LARGE']);
  });
});

describe('the nearest name', () => {
  const known = ['method', 'url', 'baseUrl', 'sharedSecret', 'expiresInSeconds'];

  test.each([
    ['methd', 'method'],
    ['metthod', 'method'],
    ['METHOD', 'method'],
    ['baseurl', 'baseUrl'],
    ['base_url', 'baseUrl'],
    ['uri', 'url'],
    ['sharedsecret', 'sharedSecret'],
    ['shared_secret', 'sharedSecret'],
    ['expiresInSecond', 'expiresInSeconds'],
  ])('of %s is %s', (name, expected) => {
    expect(nearest(name, known)).toBe(expected);
  });

  test.each([['context'], ['x'], [''], ['verbosity']])('of %j is none', (name) => {
    expect(nearest(name, ['sharedSecret', 'expiresInSeconds'])).toBeUndefined();
  });

  test('is the first of several that are as near', () => {
    expect(nearest('ab', ['aa', 'bb', 'abc'])).toBe('aa');
    expect(nearest('anything', [])).toBeUndefined();
  });
});

describe('unknown options', () => {
  const known = new Set(['appUrl', 'store']);

  test('are refused by name, with the nearest one and all known ones', () => {
    const refused = (options: object) => {
      try {
        refuseUnknownOptions('createApp', options, known);
        return undefined;
      } catch (error) {
        return error;
      }
    };
    expect(refused({ appUrl: '', store: 1 })).toBeUndefined();
    expect(refused({})).toBeUndefined();
    const error = refused({ appURl: 'MARKED' });
    expect(isConfigError(error)).toBe(true);
    expect(error).toMatchObject({
      code: 'CONFIG_OPTION_UNKNOWN',
      message: "createApp has no option 'appURl'. Did you mean 'appUrl'?",
      hint: 'Known options: appUrl, store.',
    });
  });
});
