/**
 * The names of things in Atlassian's cloud. FITs carry them as ARIs, bodies of events as bare UUIDs; inside this package
 * they are bare UUIDs in lower case.
 *
 * @see https://developer.atlassian.com/platform/forge/remote/essentials/
 */

const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
/** An environment's ARI names its app first; the last UUID is the thing's own. */
const UUID_OR_ARI = new RegExp(`^(?:ari:cloud:[a-z0-9:/-]{1,200}/)?(${UUID})$`, 'i');

/**
 * The UUID of an ARI such as `ari:cloud:ecosystem::app/1f2e…`, or of itself, in lower case.
 *
 * @returns undefined where it is neither.
 */
export function uuidOf(idOrAri: string): string | undefined {
  return UUID_OR_ARI.exec(idOrAri)?.[1]?.toLowerCase();
}

/** `ari:cloud:ecosystem::app/<uuid>`: the audience of every FIT of the app. */
export function appAri(uuid: string): string {
  return `ari:cloud:ecosystem::app/${uuid}`;
}

/** `ari:cloud:ecosystem::installation/<uuid>` */
export function installationAri(uuid: string): string {
  return `ari:cloud:ecosystem::installation/${uuid}`;
}

/** `ari:cloud:jira::site/<cloudId>`: what offline impersonation calls its context. */
export function siteAri(cloudId: string): string {
  return `ari:cloud:jira::site/${cloudId}`;
}
