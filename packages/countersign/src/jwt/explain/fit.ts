import { createPublicKey, verify } from 'node:crypto';
import { appUuidOf, cloudIdIn } from './ari.ts';
import type { Finding, Vocabulary } from './examination.ts';
import { isForgeToken } from './family.ts';
import { oauthMark } from './kind.ts';
import { certain, examineBearerScheme, likely, type Subject } from './subject.ts';
import { checkerSeconds, inWords, malformed, TOLERANCE_SECONDS } from './times.ts';
import type { TokenParts } from './token-form.ts';

const ISSUER = 'forge/invocation-token';
/** A FIT lives for 25 seconds; access tokens live for an hour or more. */
const ACCESS_TOKEN_SECONDS = 1800;

const FIT: Vocabulary = {
  titles: {
    header: 'The Authorization header is `Bearer <FIT>`',
    kind: 'A Forge invocation token',
    issuer: `iss is ${ISSUER}`,
    algorithm: 'The algorithm is RS256',
    audience: 'aud names this app',
    environment: 'It is of an environment that is accepted',
    claims: 'It has the claims of a FIT',
    signature: 'The signature matches the key that kid names',
  },
  findable: {
    header: ['CS-FORGE-SCHEME'],
    kind: ['CS-FORGE-CONNECT-AS-FIT', 'CS-FORGE-OAUTH-AS-FIT', 'CS-KIND-API-TOKEN'],
    issuer: ['CS-FORGE-ISS'],
    algorithm: ['CS-FORGE-ALG'],
    audience: ['CS-FORGE-APP-OTHER', 'CS-FORGE-APP-ID-FORM'],
    environment: ['CS-FORGE-ENVIRONMENT', 'CS-FORGE-STAGING', 'CS-FORGE-ISOLATED-CLOUD'],
    times: ['CS-FORGE-FIT-EXPIRED', 'CS-FORGE-FIT-EARLY'],
    claims: ['CS-FORGE-CLAIMS', 'CS-FORGE-CLOUD-ID', 'CS-FORGE-SUB'],
    signature: ['CS-FORGE-SIGNATURE'],
  },
};

/** What Connect’s words for the form would get wrong. */
const FORM_FIX =
  'Forge sends `Authorization: Bearer <FIT>` with every call of a remote: read that header, unchanged.';

/** Looks at what came to a Forge remote as a Forge invocation token. */
export function examineFit(subject: Subject): void {
  const { parts, form, material, examination } = subject;
  examination.speakOf(FIT);
  const kind = parts === undefined ? undefined : otherKind(parts, subject);
  // What is no FIT has no wrong scheme: the kind is what to mend.
  if (kind === undefined || kind.cause === 'CS-FORGE-ISS') examineBearerScheme(subject);
  for (const check of form.checks) {
    if (check.result === 'passed') examination.passed(check.id, check.detail);
  }
  for (const finding of form.findings) {
    examination.failed('form', { ...finding, fix: FORM_FIX });
  }
  if (parts === undefined) return;
  if (kind !== undefined) {
    examination.failed(kind.cause === 'CS-FORGE-ISS' ? 'issuer' : 'kind', kind);
    return;
  }
  examination.passed('kind', `iss is ${ISSUER}.`);
  examination.passed('issuer', `${ISSUER}.`);
  for (const step of [algorithm, audience, cloud, environment, times, claims, signature]) {
    step(subject, parts);
    if (material.quick && examination.findings.some(({ weak }) => !weak)) return;
  }
}

function otherKind(parts: TokenParts, { material, show }: Subject): Finding | undefined {
  const { header, claims } = parts;
  const iss = typeof claims.iss === 'string' ? claims.iss : '';
  if (iss === ISSUER) return undefined;
  const isForge = isForgeToken(parts);
  const seen = `Its alg is ${show(header.alg, 20)}, its iss ${show(claims.iss, 60)}`;
  if (!isForge && claims.qsh !== undefined) {
    return certain('CS-FORGE-CONNECT-AS-FIT', `${seen}, and it has a qsh.`);
  }
  const oauth = oauthMark(header, claims, iss);
  if (oauth !== undefined) return certain('CS-FORGE-OAUTH-AS-FIT', oauth);
  if (!isForge && header.alg === 'HS256') {
    return likely('CS-FORGE-CONNECT-AS-FIT', `${seen}.`);
  }
  const lifetime = Number(claims.exp) - Number(claims.iat);
  const isOurs = audiences(claims).some((aud) => isOneOf(aud, material.appIds ?? []));
  if (!isForge && !isOurs && lifetime >= ACCESS_TOKEN_SECONDS) {
    return likely(
      'CS-FORGE-OAUTH-AS-FIT',
      `${seen}, and it lives for ${inWords(lifetime)}: a FIT lives for 25 seconds.`,
    );
  }
  return certain('CS-FORGE-ISS', `iss is ${show(claims.iss, 60)}; ${ISSUER} was expected.`);
}

function algorithm({ examination, show }: Subject, { header }: TokenParts): void {
  if (header.alg !== 'RS256') {
    examination.failed('algorithm', certain('CS-FORGE-ALG', `alg is ${show(header.alg, 20)}.`));
    return;
  }
  if (typeof header.kid !== 'string' || header.kid === '') {
    examination.failed('algorithm', certain('CS-FORGE-KEY-UNKNOWN', 'The header has no kid.'));
    return;
  }
  examination.passed('algorithm', 'RS256.');
}

function audience({ material, examination, show }: Subject, { claims }: TokenParts): void {
  const { appIds } = material;
  const named = audiences(claims);
  const [aud] = named;
  const shown = aud === undefined ? 'missing' : show(aud, 80);
  if (appIds === undefined) {
    examination.impossible('audience', `aud is ${shown}.`, ['appId']);
    return;
  }
  const unusable = appIds.find((id) => appUuidOf(id) === undefined);
  if (unusable !== undefined && !named.includes(unusable)) {
    const odd = `The app id is given as ${show(unusable, 80)}: it is no app’s ARI and no UUID.`;
    examination.failed('audience', certain('CS-FORGE-APP-ID-FORM', odd));
    return;
  }
  const ours = named.find((each) => isOneOf(each, appIds));
  if (ours === undefined) {
    examination.failed(
      'audience',
      certain('CS-FORGE-APP-OTHER', `aud is ${shown}; ${show(appIds[0], 80)} was expected.`),
    );
  } else if (typeof ours === 'string' && !ours.startsWith('ari:')) {
    examination.failed(
      'audience',
      certain('CS-FORGE-APP-ID-FORM', `aud is ${shown}, a bare UUID: Atlassian writes the ARI.`),
    );
  } else examination.passed('audience', `aud is ${shown}.`);
}

/** Which of Atlassian’s clouds signed it. What is configured for the others is not known here. */
function cloud({ examination, show }: Subject, { claims }: TokenParts): void {
  const { icLabel } = claims;
  const base = text(fields(claims.app)?.apiBaseUrl);
  if (icLabel !== undefined) {
    const fits = typeof icLabel === 'string' && /^[a-z0-9_-]{1,50}$/.test(icLabel);
    examination.failed('environment', {
      ...(fits
        ? likely('CS-FORGE-ISOLATED-CLOUD', `icLabel is ${show(icLabel, 50)}.`, { weak: true })
        : certain('CS-FORGE-ISOLATED-CLOUD', 'icLabel has a form that no label has.')),
    });
  } else if (base.startsWith('https://api.stg.atlassian.com/')) {
    examination.failed(
      'environment',
      likely('CS-FORGE-STAGING', `apiBaseUrl is ${show(base, 60)}.`, { weak: true }),
    );
  }
}

function environment({ material, examination, show }: Subject, { claims }: TokenParts): void {
  const { environments } = material;
  const type = fields(fields(claims.app)?.environment)?.type;
  // That it has none at all is for the claims to say.
  if (environments === undefined || type === undefined) return;
  if (typeof type === 'string' && environments.includes(type)) {
    examination.passed('environment', `${show(type, 20)}.`);
    return;
  }
  examination.failed(
    'environment',
    certain(
      'CS-FORGE-ENVIRONMENT',
      `app.environment.type is ${show(type, 20)}; accepted: ${show(environments.join(', '), 60)}.`,
    ),
  );
}

function times({ material, examination, show }: Subject, { claims }: TokenParts): void {
  const odd = malformed(claims, 'from-jira', show);
  if (odd !== undefined) {
    examination.failed('times', { ...odd, fix: 'Atlassian never makes such a FIT: refuse it.' });
    return;
  }
  const now = checkerSeconds(material);
  const [made, ends] = [Number(claims.iat), Number(claims.exp)];
  const from = claims.nbf === undefined ? made : Math.max(made, Number(claims.nbf));
  if (now < from - TOLERANCE_SECONDS) {
    const evidence = `It is good from ${inWords(from - now)} ahead, by the clock here.`;
    examination.failed('times', certain('CS-FORGE-FIT-EARLY', evidence));
  } else if (now > ends + TOLERANCE_SECONDS) {
    examination.failed(
      'times',
      certain(
        'CS-FORGE-FIT-EXPIRED',
        `It ended ${inWords(now - ends)} ago, ${inWords(ends - made)} after it was made.`,
      ),
    );
  } else examination.passed('times', `It ends in ${Math.round(ends - now)} seconds.`);
}

const IN_EVERY_APP = ['id', 'installationId', 'apiBaseUrl', 'environment', 'module'];

function claims(subject: Subject, { claims: given }: TokenParts): void {
  const { examination } = subject;
  const finding = oddClaims(subject, given);
  if (finding !== undefined) examination.failed('claims', finding);
  else {
    const user = given.principal === undefined ? 'no user is behind the call' : 'it names its user';
    examination.passed('claims', `Installation, apiBaseUrl and module are there; ${user}.`);
  }
}

function oddClaims(
  { material, show }: Subject,
  given: Record<string, unknown>,
): Finding | undefined {
  const app = fields(given.app);
  const missing = IN_EVERY_APP.filter((name) => app?.[name] === undefined);
  if (app === undefined || missing.length > 0) {
    const names = app === undefined ? 'app' : missing.map((name) => `app.${name}`).join(', ');
    return likely('CS-FORGE-CLAIMS', `It has no ${names}.`);
  }
  const [here, there] = [cloudIdIn(text(app.apiBaseUrl)), cloudIdIn(material.apiBaseUrl ?? '')];
  if (here !== undefined && there !== undefined && here.toLowerCase() !== there.toLowerCase()) {
    return certain(
      'CS-FORGE-CLOUD-ID',
      `apiBaseUrl is of the site ${show(here, 40)}; the installation is on ${show(there, 40)}.`,
    );
  }
  return given.sub !== undefined && given.principal === undefined
    ? likely('CS-FORGE-SUB', 'It has a sub and no principal.', { weak: true })
    : undefined;
}

function signature(
  { material, examination }: Subject,
  { header, signingInput, signature: given }: TokenParts,
): void {
  const { publicKey } = material;
  if (publicKey === undefined || header.alg !== 'RS256') {
    examination.impossible('signature', 'It takes the key of Forge’s key set that kid names.', [
      'publicKey',
    ]);
    return;
  }
  let good: boolean;
  try {
    const key = createPublicKey(publicKey);
    good = verify('sha256', Buffer.from(signingInput), key, Buffer.from(given, 'base64url'));
  } catch {
    examination.impossible('signature', 'publicKey is no PEM that can be read.', ['publicKey']);
    return;
  }
  if (good) examination.passed('signature', 'Made with the private key of publicKey.');
  else {
    const evidence = 'The signature does not match publicKey.';
    examination.failed('signature', certain('CS-FORGE-SIGNATURE', evidence));
  }
}

function audiences({ aud }: Record<string, unknown>): unknown[] {
  return aud === undefined ? [] : Array.isArray(aud) ? aud.slice(0, 10) : [aud];
}

function isOneOf(aud: unknown, appIds: readonly string[]): boolean {
  if (typeof aud !== 'string') return false;
  const uuid = appUuidOf(aud);
  return appIds.some((id) => id === aud || (uuid !== undefined && appUuidOf(id) === uuid));
}

function fields(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null
    ? (value as Record<string, unknown>)
    : undefined;
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
