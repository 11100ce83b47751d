/** `ari:cloud:ecosystem::app/<uuid>`, which is how tokens and manifests write the id of an app. */
export function appAri(id: string): string {
  return `ari:cloud:ecosystem::app/${id}`;
}

export function installationAri(id: string): string {
  return `ari:cloud:ecosystem::installation/${id}`;
}

export function environmentAri(appId: string, id: string): string {
  return `ari:cloud:ecosystem::environment/${appId}/${id}`;
}

/** What an installation is in: the site, as events and the GraphQL API name it. */
export function siteAri(cloudId: string): string {
  return `ari:cloud:jira::site/${cloudId}`;
}
