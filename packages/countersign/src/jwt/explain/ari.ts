const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
const APP_ARI = new RegExp(`^ari:cloud:ecosystem::app/(${UUID})$`, 'i');
const BARE = new RegExp(`^${UUID}$`, 'i');

/** The UUID of an app id, which is an ARI or bare; undefined where it is neither. */
export function appUuidOf(id: string): string | undefined {
  return (APP_ARI.exec(id)?.[1] ?? BARE.exec(id)?.[0])?.toLowerCase();
}

export function isUuid(text: string): boolean {
  return BARE.test(text);
}

/** The segment after /ex/jira/ of a URL or path; undefined where there is none. */
export function cloudIdIn(url: string): string | undefined {
  return /\/ex\/jira\/([^/?#]+)/i.exec(url)?.[1];
}
