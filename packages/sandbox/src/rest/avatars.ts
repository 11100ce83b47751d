import type { Hono } from 'hono';
import type { Site } from '../site/site.ts';
import type { RestEnv } from './caller.ts';
import { failure } from './errors.ts';

/** What Jira has avatars of, with the colour that this site gives them. */
const colours: Record<string, string> = {
  project: '#0c66e4',
  issuetype: '#22a06b',
  priority: '#e56910',
  user: '#6e5dc6',
};

const sizes: readonly [pixels: number, name: string][] = [
  [48, 'xlarge'],
  [24, 'small'],
  [16, 'xsmall'],
  [32, 'medium'],
];

/** One URL a size, as in every body that shows a project or a person. */
export function avatarUrls(site: Site, type: string): Record<string, string> {
  return Object.fromEntries(
    sizes.map(([pixels, name]) => [`${pixels}x${pixels}`, `${avatarUrl(site, type)}?size=${name}`]),
  );
}

export function avatarUrl(site: Site, type: string): string {
  return `${site.url}/rest/api/2/universal_avatar/view/type/${type}/avatar/10300`;
}

export function addAvatarRoutes(rest: Hono<RestEnv>): void {
  for (const path of [
    '/universal_avatar/view/type/:type',
    '/universal_avatar/view/type/:type/avatar/:id',
  ]) {
    rest.get(path, (c) => {
      const colour = colours[c.req.param('type') ?? ''];
      if (colour === undefined) throw failure(404, 'There is no avatar of this type.');
      const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="48" height="48"><circle cx="24" cy="24" r="24" fill="${colour}"/></svg>`;
      return c.body(svg, 200, { 'content-type': 'image/svg+xml' });
    });
  }
}
