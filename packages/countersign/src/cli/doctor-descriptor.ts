import { prepareDescriptor } from '../connect/descriptor.ts';
import { isConfigError } from '../errors.ts';
import { diagnoseAs } from '../jira/diagnose.ts';
import { failed, passed, type Step, type StepVerdict, skipped } from './doctor-step.ts';
import { cannotDo, reasonOf } from './failures.ts';
import { readTextFile } from './files.ts';

/** A descriptor as far as it could be read, and where it was. */
export interface ReadDescriptor {
  readonly source: string;
  readonly json: unknown;
}

const MAX_DESCRIPTOR_BYTES = 1_048_576;

/**
 * Reads a descriptor from a file or a URL.
 *
 * @throws CommandFailure when it cannot be read.
 */
export async function readDescriptor(source: string, timeoutMs: number): Promise<ReadDescriptor> {
  const text = /^https?:\/\//i.test(source)
    ? await fetchText(source, timeoutMs)
    : readTextFile(source, 'The descriptor');
  try {
    return { source, json: JSON.parse(text.replace(/^\u{feff}/u, '')) };
  } catch {
    throw cannotDo(
      'The descriptor is no JSON.',
      'Give atlassian-connect.json, or the URL that serves it.',
    );
  }
}

async function fetchText(url: string, timeoutMs: number): Promise<string> {
  let response: Response;
  let text: string;
  try {
    response = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) });
    text = await response.text();
  } catch (error) {
    throw cannotDo(
      `The descriptor could not be fetched: ${reasonOf(error)}.`,
      'Is the app running?',
    );
  }
  if (!response.ok) {
    throw cannotDo(
      `The URL of the descriptor answered with ${response.status}.`,
      'Is the app running?',
    );
  }
  if (text.length > MAX_DESCRIPTOR_BYTES) throw cannotDo('The descriptor is larger than 1 MiB.');
  return text;
}

/** The app key and scopes, where the descriptor has them. */
export function partsOf({ json }: ReadDescriptor): { key?: string; scopes?: string[] } {
  const { key, scopes } = (typeof json === 'object' && json !== null ? json : {}) as {
    key?: unknown;
    scopes?: unknown;
  };
  return {
    ...(typeof key === 'string' ? { key } : {}),
    ...(Array.isArray(scopes)
      ? { scopes: scopes.filter((scope) => typeof scope === 'string') }
      : {}),
  };
}

/** Compares a descriptor with the stored installation, and with what Jira demands. */
export function examineDescriptor(
  descriptor: ReadDescriptor | undefined,
  givenAppKey: string | undefined,
  storedAppKey: string | undefined,
): Step {
  const id = 'descriptor';
  const { key, scopes = [] } = descriptor === undefined ? {} : partsOf(descriptor);
  for (const appKey of [givenAppKey, key]) {
    if (appKey === undefined || storedAppKey === undefined || appKey === storedAppKey) continue;
    const where = appKey === key && descriptor !== undefined ? 'The descriptor' : '--app-key';
    return failed(
      id,
      diagnoseAs(
        'CS-INSTALL-OTHER-APP',
        `${where} has the key ${appKey.slice(0, 100)}, and the stored installation that of ${storedAppKey}.`,
      ),
    );
  }
  if (descriptor === undefined) {
    if (givenAppKey === undefined)
      return skipped(id, 'Give --descriptor FILE or URL, or --app-key.');
    if (storedAppKey === undefined) return skipped(id, 'There is nothing to compare with.');
    return passed(id, `The app key is ${storedAppKey}.`);
  }
  const { baseUrl, problem } = baseUrlOf(descriptor);
  const verdict = invalid(descriptor.json, baseUrl) ?? problem;
  if (verdict !== undefined) return failed(id, verdict);
  if (scopes.length === 0) {
    return failed(id, {
      ...diagnoseAs('CS-SCOPE-MISSING', 'The descriptor asks for no scope at all.'),
      fix: 'Add "scopes": ["READ"] and whatever else the app needs, and install the app again.',
    });
  }
  return passed(id, `${key}: signed-install, scopes ${scopes.join(', ')}.`);
}

function invalid(json: unknown, baseUrl: string): StepVerdict | undefined {
  try {
    prepareDescriptor(json, baseUrl);
    return undefined;
  } catch (error) {
    if (!isConfigError(error)) throw error;
    if (error.message.includes('signed-install')) {
      return diagnoseAs('CS-INSTALL-UNSIGNED', 'apiMigrations.signed-install is not true in it.');
    }
    return wrongDescriptor(error.message, error.hint);
  }
}

/** A mistake of the descriptor that no token can show, so that the catalogue of causes does not have it. */
export function wrongDescriptor(evidence: string, fix: string): StepVerdict {
  return {
    cause: undefined,
    title: 'The descriptor is not as Jira wants it',
    evidence,
    fix,
    docs: 'docs/lifecycle.md',
    confidence: 'certain',
  };
}

/** What its baseUrl is, or would be; and whether it could have been fetched from where it was. */
function baseUrlOf({ json, source }: ReadDescriptor): { baseUrl: string; problem?: StepVerdict } {
  const { baseUrl } = (typeof json === 'object' && json !== null ? json : {}) as {
    baseUrl?: unknown;
  };
  const isUrl = /^https?:\/\//i.test(source);
  const fallback = isUrl ? new URL(source).origin : 'https://app.example.com';
  // A placeholder is filled in by the app when it serves the descriptor.
  if (typeof baseUrl !== 'string' || baseUrl.includes('{{')) {
    if (!isUrl) return { baseUrl: fallback };
    return {
      baseUrl: fallback,
      problem: wrongDescriptor(
        'baseUrl is missing, or still a placeholder, where Jira reads it.',
        'Serve the descriptor by createApp, which fills baseUrl in with its appUrl.',
      ),
    };
  }
  const bare = baseUrl.replace(/\/$/, '');
  if (!URL.canParse(baseUrl)) {
    return {
      baseUrl: bare,
      problem: wrongDescriptor('baseUrl is no URL.', 'Write the URL that Jira reaches the app at.'),
    };
  }
  if (isUrl && new URL(source).origin !== new URL(baseUrl).origin) {
    return {
      baseUrl: bare,
      problem: diagnoseAs(
        'CS-AUD-MISMATCH',
        `baseUrl is ${baseUrl.slice(0, 200)}, but the descriptor was read from ${new URL(source).origin}.`,
        'likely',
      ),
    };
  }
  return { baseUrl: bare };
}
