import type { Examination } from './examination.ts';
import type { Direction, Material } from './material.ts';
import type { Show } from './shown.ts';
import type { TokenParts } from './token-form.ts';

/** Checks `aud` where it counts: on tokens of Jira that name the app they are for. Jira itself does not demand it. */
export function examineAudience(
  { header, claims }: TokenParts,
  direction: Direction | undefined,
  { baseUrl, lifecycle }: Material,
  examination: Examination,
  show: Show,
): void {
  const { aud } = claims;
  if (direction !== 'from-jira') {
    examination.passed(
      'audience',
      aud === undefined ? 'Not demanded here.' : 'Not looked at here.',
    );
    return;
  }
  const forInstall = lifecycle || (header.alg === 'RS256' && header.kid !== undefined);
  const audiences: unknown[] =
    aud === undefined ? [] : Array.isArray(aud) ? aud.slice(0, 10) : [aud];
  if (audiences.length === 0) {
    if (forInstall) {
      examination.failed('audience', {
        cause: 'CS-AUD-MISSING',
        evidence: 'The token has no aud.',
        confidence: 'certain',
      });
    } else examination.passed('audience', 'Not demanded here.');
    return;
  }
  if (baseUrl === undefined || !/^https?:\/\//i.test(baseUrl)) {
    examination.impossible('audience', `aud is ${show(audiences[0])}.`, ['baseUrl']);
    return;
  }
  if (audiences.some((one) => withoutSlash(one) === withoutSlash(baseUrl))) {
    examination.passed('audience', `aud is ${show(baseUrl)}.`);
    return;
  }
  const isUrl = audiences.some((one) => typeof one === 'string' && /^https?:\/\//i.test(one));
  if (!forInstall && !isUrl) {
    examination.passed('audience', 'Not demanded here.');
    return;
  }
  examination.failed('audience', {
    cause: 'CS-AUD-MISMATCH',
    evidence: `aud is ${show(audiences[0])}; the app is ${show(baseUrl)}${hint(audiences[0], baseUrl)}.`,
    confidence: forInstall ? 'certain' : 'likely',
    weak: !forInstall,
  });
}

function hint(aud: unknown, baseUrl: string): string {
  if (typeof aud !== 'string') return '';
  if (aud.replace(/^https?:/, '') === baseUrl.replace(/^https?:/, ''))
    return ': http and https differ';
  return /ngrok|trycloudflare|loca\.lt|localtunnel|serveo|tunnel|devtunnels|lhr\.life/i.test(aud)
    ? ': an older URL of a tunnel'
    : '';
}

function withoutSlash(url: unknown): unknown {
  return typeof url === 'string' && url.endsWith('/') ? url.slice(0, -1) : url;
}
