import { directionOf, hostOf, isUserTokenOfConnect, oauthMark } from './kind.ts';
import type { Material } from './material.ts';
import type { Pasted } from './pasted.ts';
import type { TokenParts } from './token-form.ts';

/** Whose rules a credential is judged by: a Connect token, a FIT, a Bearer token for Jira, a Basic login. */
export type Family = 'connect' | 'fit' | 'bearer' | 'basic';

const OF_CREDENTIAL = {
  connect: 'connect',
  fit: 'fit',
  'forge-system': 'bearer',
  'forge-user': 'bearer',
  oauth: 'bearer',
  'connect-user': 'bearer',
  'api-token': 'basic',
} as const satisfies Record<NonNullable<Material['credential']>, Family>;

/** True of a token that Forge made, or somebody who says so. */
export function isForgeToken({ header, claims }: TokenParts): boolean {
  const begins = (value: unknown) => typeof value === 'string' && value.startsWith('forge/');
  return begins(claims.iss) || begins(header.kid);
}

/** Where nobody says what it is meant to be, the way that it goes and the token itself say it. */
export function familyOf(
  pasted: Pasted,
  parts: TokenParts | undefined,
  material: Material,
): Family {
  const { accept, acceptGiven, appIds } = material;
  const credential = material.credential ?? pasted.credential;
  if (credential !== undefined) return OF_CREDENTIAL[credential];
  const scheme = pasted.scheme?.toLowerCase();
  const direction = directionOf(material, parts);
  // Whoever has nothing of Connect at hand is not asking about Connect.
  const plain =
    [material.sharedSecret, material.appKey, material.clientKey].every(
      (value) => value === undefined,
    ) && !material.lifecycle;
  const isFit = parts !== undefined && isForgeToken(parts);
  const isOauth = parts !== undefined && isAccessToken(parts);
  if (direction !== 'to-jira') {
    const takesForge = accept.includes('forge');
    if (takesForge && accept.length === 1) return 'fit';
    if (isFit) {
      return takesForge || (!acceptGiven && (plain || appIds !== undefined)) ? 'fit' : 'connect';
    }
    if (isOauth && takesForge && scheme !== 'jwt') return 'fit';
    return isOauth && direction === undefined && plain && appIds === undefined && scheme !== 'jwt'
      ? 'bearer'
      : 'connect';
  }
  if (isFit) return 'connect';
  // A token of a user goes to the very site that Connect tokens go to, whatever else is at hand.
  if (scheme === 'bearer' && parts !== undefined && isUserTokenOfConnect(parts)) return 'bearer';
  const gateway = isGateway(material.url);
  if (isOauth && (gateway || plain)) return 'bearer';
  const isPersonal = /^AT[A-Z]{3}/.test(pasted.token);
  if (scheme === 'bearer' && parts === undefined && gateway && !isPersonal) return 'bearer';
  return scheme === 'basic' && (gateway || plain) && holdsApiToken(pasted.token)
    ? 'basic'
    : 'connect';
}

/** The path counts as well: a sandbox has a gateway on a port of its own. */
export function isGateway(url: string | undefined): boolean {
  return (
    url !== undefined &&
    (/^api\.(?:stg\.)?atlassian\.com$/.test(hostOf(url)) ||
      /^(?:https?:\/\/[^/?#]+)?\/ex\/jira\//i.test(url))
  );
}

function isAccessToken({ header, claims }: TokenParts): boolean {
  return oauthMark(header, claims, typeof claims.iss === 'string' ? claims.iss : '') !== undefined;
}

function holdsApiToken(credential: string): boolean {
  const text = Buffer.from(credential, 'base64').toString('utf8');
  return /^[^:]*:AT[A-Z]{3}/.test(text);
}
