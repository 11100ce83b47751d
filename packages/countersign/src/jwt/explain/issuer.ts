import type { CauseId } from './causes.ts';
import type { Examination, Finding } from './examination.ts';
import type { Direction, Material } from './material.ts';
import type { Show } from './shown.ts';
import { placeholderIn } from './token-form.ts';

const SAMPLES =
  /^(?:issuer-?val|(?:my|your|the|sample|example|test|some)?[-_.]?(?:addon|add-on|app|plugin)[-_.]?key|(?:my|your|sample|example)[-_.]?(?:addon|add-on|plugin|app)|app-?key|issuer|iss|key|client-?key|shared-?secret|com\.(?:example|my|company|yourcompany)\.[\w.-]*|installed-addon-key|unique-client-identifier)$/i;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const ENVIRONMENT =
  /(?:^|[-_.:])(?:dev|devel|development|local|localhost|debug|test|testing|stg|stage|staging|qa|uat|int|preview|beta|prod|production|live)(?=$|[-_.:])/gi;

/** Checks `iss`: the app key on the way to Jira, the clientKey on the way from it. */
export function examineIssuer(
  iss: unknown,
  direction: Direction | undefined,
  material: Material,
  examination: Examination,
  show: Show,
): void {
  if (typeof iss !== 'string' || iss === '') {
    examination.failed('issuer', {
      cause: 'CS-ISS-MISSING',
      evidence: iss === undefined ? 'The token has no iss.' : `iss is ${show(iss)}.`,
      confidence: 'certain',
    });
    return;
  }
  const placeholder = placeholderIn(iss);
  if (placeholder !== undefined) {
    examination.failed('issuer', {
      cause: 'CS-PLACEHOLDER',
      evidence: `iss is "${show(iss)}".`,
      confidence: 'certain',
    });
    return;
  }
  const finding =
    direction === 'from-jira'
      ? wrongFromJira(iss, material, show)
      : wrongToJira(iss, direction, material, show);
  if (finding !== undefined) {
    examination.failed('issuer', finding);
    return;
  }
  const expected = direction === 'from-jira' ? material.clientKey : material.appKey;
  const known =
    expected !== undefined ||
    (direction === undefined && material.clientKey === iss) ||
    (direction === 'from-jira' &&
      material.installations.some(({ clientKey }) => clientKey === iss));
  if (known) examination.passed('issuer', `iss is ${show(iss)}.`);
  else {
    const missing = direction === 'from-jira' ? 'clientKey' : 'appKey';
    examination.impossible('issuer', `iss is ${show(iss)}; nothing to compare it with.`, [missing]);
  }
}

function wrongToJira(
  iss: string,
  direction: Direction | undefined,
  material: Material,
  show: Show,
): Finding | undefined {
  const { appKey, clientKey, installations } = material;
  if (iss === appKey) return undefined;
  // Nobody said which way the token went: then it may be one of the site's.
  if (direction === undefined && iss === clientKey) return undefined;
  const quoted = show(iss);
  const expected = appKey === undefined ? 'the app key' : show(appKey);
  const found = finder(`iss is ${quoted}; ${expected} was expected`);
  if (iss === clientKey) return found('CS-ISS-CLIENT-KEY', 'it is the clientKey');
  if (installations.some((one) => one.clientKey === iss)) {
    return found('CS-ISS-CLIENT-KEY', 'it is the clientKey of a stored installation');
  }
  if (clientKey !== undefined && withoutPrefix(clientKey) === iss) {
    return found('CS-ISS-CLIENT-KEY', 'it is the clientKey without its prefix');
  }
  const bare = withoutPrefix(iss);
  if (bare !== undefined && (bare === appKey || bare === clientKey)) {
    return found(
      'CS-ISS-PREFIX',
      `it is the ${bare === appKey ? 'app key' : 'clientKey'} with a prefix`,
    );
  }
  if (appKey !== undefined && !sameLetters(iss, appKey) && sameEnvironmentBase(iss, appKey)) {
    return found('CS-ISS-ENVIRONMENT', 'only the name of the environment differs');
  }
  if (appKey !== undefined && isAffixed(iss, appKey)) {
    return found('CS-ISS-PREFIX', 'something stands before or after the app key');
  }
  if (installations.some((one) => one.appKey === iss)) {
    return found('CS-ISS-ENVIRONMENT', 'it is the app key of another stored installation');
  }
  if (appKey === undefined) return guessWithoutAppKey(iss, bare, found, direction);
  if (sameLetters(iss, appKey))
    return found('CS-ISS-SPELLING', 'only letters’ case and signs differ');
  const isKeyLike = !UUID.test(appKey) && !/^[\w-]+:/.test(appKey);
  if (isKeyLike && (UUID.test(iss) || /^(?:jira|confluence):[\w-]+$/i.test(iss))) {
    return found('CS-ISS-CLIENT-KEY', 'it looks like a clientKey', 'likely');
  }
  if (SAMPLES.test(iss)) return found('CS-ISS-SAMPLE', 'it is the value of an example');
  if (
    /^(?:https?:)?\/\/|^[\w.-]+\.(?:atlassian\.net|com|io|org|dev)(?:[/:]|$)/i.test(iss) &&
    /[/:]|atlassian\.net/.test(iss)
  ) {
    return found('CS-ISS-URL', 'it is a URL');
  }
  if (isNear(iss, appKey)) return found('CS-ISS-SPELLING', 'few letters differ', 'likely');
  return found('CS-ISS-UNKNOWN', 'it is no known spelling of that');
}

function guessWithoutAppKey(
  iss: string,
  bare: string | undefined,
  found: (cause: CauseId, why: string, confidence?: Finding['confidence']) => Finding,
  direction: Direction | undefined,
): Finding | undefined {
  if (SAMPLES.test(iss)) return found('CS-ISS-SAMPLE', 'it is the value of an example', 'likely');
  if (direction !== 'to-jira') return undefined;
  if (/^https?:\/\//i.test(iss)) return found('CS-ISS-URL', 'it is a URL');
  if (UUID.test(iss) || (bare !== undefined && (UUID.test(bare) || /^\d+$/.test(bare)))) {
    return { ...found('CS-ISS-CLIENT-KEY', 'it looks like a clientKey', 'likely'), weak: true };
  }
  if (bare !== undefined)
    return { ...found('CS-ISS-PREFIX', 'it has a prefix', 'likely'), weak: true };
  return undefined;
}

function wrongFromJira(iss: string, material: Material, show: Show): Finding | undefined {
  const { appKey, clientKey, installations } = material;
  if (iss === clientKey) return undefined;
  const quoted = show(iss);
  const expected = clientKey === undefined ? 'the clientKey of the site' : show(clientKey);
  const found = finder(`iss is ${quoted}; ${expected} was expected`);
  if (iss === appKey) return found('CS-ISS-APP-KEY', 'it is the app key');
  const stored = installations.some((one) => one.clientKey === iss);
  if (clientKey === undefined) {
    if (stored) return undefined;
    return installations.length === 0
      ? undefined
      : found('CS-INSTALLATION-UNKNOWN', 'no stored installation has it');
  }
  if (stored)
    return found('CS-ISS-ENVIRONMENT', 'it is the clientKey of another stored installation');
  if (
    withoutPrefix(iss) === clientKey ||
    withoutPrefix(clientKey) === iss ||
    isAffixed(iss, clientKey)
  ) {
    return found('CS-ISS-PREFIX', 'a prefix was added or taken away');
  }
  if (sameLetters(iss, clientKey))
    return found('CS-ISS-SPELLING', 'only letters’ case and signs differ');
  return found('CS-ISS-UNKNOWN', 'it is another site or nobody');
}

function finder(start: string) {
  return (cause: CauseId, why: string, confidence: Finding['confidence'] = 'certain'): Finding => ({
    cause,
    evidence: `${start}: ${why}.`,
    confidence,
  });
}

function withoutPrefix(iss: string): string | undefined {
  return /^(?:jira|confluence|app|addon|connect|atlassian|clientkey|key|urn:[\w:.-]+)[:/](.+)$/i.exec(
    iss,
  )?.[1];
}

/** The key with something joined to it that is no environment. */
function isAffixed(iss: string, key: string): boolean {
  if (iss.length <= key.length || iss.length > key.length + 40) return false;
  const rest = iss.endsWith(key)
    ? iss.slice(0, -key.length)
    : iss.startsWith(key)
      ? iss.slice(key.length)
      : undefined;
  return (
    rest !== undefined &&
    rest.trim() !== '' &&
    /^(?:.*[:/]|[a-z]{2,12}[_-]|__?.*|-key|[:/@].*)$/is.test(rest)
  );
}

function sameLetters(a: string, b: string): boolean {
  const letters = (text: string) => text.toLowerCase().replace(/[^a-z0-9]/g, '');
  return letters(a) === letters(b) && letters(a) !== '';
}

function sameEnvironmentBase(a: string, b: string): boolean {
  const base = (text: string) =>
    text
      .toLowerCase()
      .replace(ENVIRONMENT, '')
      .replace(/[-_.:]+/g, '-')
      .replace(/^-|-$/g, '');
  const [baseA, baseB] = [base(a), base(b)];
  return baseA !== '' && baseA === baseB && a.toLowerCase() !== b.toLowerCase();
}

/** At most two letters are other, missing or too many. */
function isNear(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 2 || b.length < 5 || a.length > 100) return false;
  let start = 0;
  while (start < a.length && a[start] === b[start]) start++;
  let end = 0;
  while (
    end < Math.min(a.length, b.length) - start &&
    a[a.length - 1 - end] === b[b.length - 1 - end]
  )
    end++;
  return Math.max(a.length, b.length) - start - end <= 2;
}
