import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { Site } from '../site/site.ts';
import { layout, type PageParts } from './layout.ts';
import { themeOf } from './theme.ts';
import { viewerOf, viewers } from './viewer.ts';

/** Answers with a page, for whoever looks. */
export function show(
  site: Site,
  c: Context,
  parts: PageParts,
  status: ContentfulStatusCode = 200,
): Response | Promise<Response> {
  const around = {
    siteUrl: site.url,
    viewer: viewerOf(site, c),
    people: viewers(site),
    theme: themeOf(c),
  };
  return c.html(layout(parts, around), status);
}

/** Does what a form asks for and goes on to a page; where it fails, `failed` is shown with what went wrong. */
export async function doAndGo(
  site: Site,
  c: Context,
  {
    work,
    next,
    failed,
  }: { work(): unknown; next: string; failed(problem: string): PageParts | Promise<PageParts> },
): Promise<Response> {
  try {
    await work();
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    return show(site, c, await failed(problem), 400);
  }
  return c.redirect(next, 303);
}

/** The page of the site that a form was on. */
export function pageBefore(site: Site, c: Context): string {
  const referer = c.req.header('referer') ?? '';
  if (!referer.startsWith(`${site.url}/`)) return '/';
  return referer.slice(site.url.length);
}
