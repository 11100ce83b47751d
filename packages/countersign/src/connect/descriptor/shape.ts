import * as z from 'zod';
import { modules } from './module-shapes.ts';
import { anything, expected, flag, integer, object, oneOf, shortText, text } from './values.ts';
import { DESCRIPTOR_SCOPES } from './words.ts';

/** A URL path below the app's own base URL. */
const appPath = z
  .string(expected('a path that starts with one /'))
  .regex(/^\/(?!\/)/, 'must be a path that starts with one /');

const lifecycle = z
  .looseObject(
    {
      installed: appPath,
      uninstalled: appPath.optional(),
      enabled: appPath.optional(),
      disabled: appPath.optional(),
      dare: appPath.optional(),
    },
    expected('an object'),
  )
  .refine(({ installed, uninstalled, enabled, disabled, dare }) => {
    const paths = [installed, uninstalled, enabled, disabled, dare]
      .filter((path) => path !== undefined)
      .map((path) => path.replace(/[?#].*$/s, ''));
    return new Set(paths).size === paths.length;
  }, 'must give each event a path of its own: nothing else that is signed tells them apart');

const regionUrls = z
  .record(z.string(), shortText(200), expected('an object of URLs by region'))
  .superRefine((urls, context) => {
    for (const [region, url] of Object.entries(urls)) {
      if (typeof url !== 'string' || /^https:\/\/|\{\{/.test(url)) continue;
      context.addIssue({ code: 'custom', path: [region], message: 'must be an https URL' });
    }
  });

/**
 * A descriptor for Jira, as Atlassian's schema and pages have it. Numbers that no page gives are no rule here.
 *
 * @see https://developer.atlassian.com/cloud/jira/platform/connect-app-descriptor/
 */
export const descriptorShape: z.ZodType = object({
  $schema: text.optional(),
  key: z
    .string(expected('a text'))
    .regex(
      /^[a-zA-Z0-9._-]{1,64}$/,
      'must be 1 to 64 letters, digits, dots, dashes or underscores',
    ),
  // An empty one is compared with appUrl, like every other.
  baseUrl: z.string(expected('a text')).max(200, 'must have at most 200 characters').optional(),
  name: shortText(80).optional(),
  description: shortText(1400).optional(),
  vendor: object({ name: shortText(100).optional(), url: text.optional() }).optional(),
  authentication: object({
    type: z.literal('jwt', {
      error: ({ input }) =>
        input === undefined
          ? 'is missing'
          : 'must be "jwt": with "none" Jira hands over no shared secret',
    }),
  }),
  lifecycle,
  apiMigrations: object({
    'signed-install': z.literal(
      true,
      'must be true: without it Jira does not sign the installed callback with its own key, and anybody could send one',
    ),
    'context-qsh': flag.optional(),
    gdpr: flag.optional(),
  }),
  scopes: z.array(oneOf(DESCRIPTOR_SCOPES, 'scope'), expected('a list of scopes')).optional(),
  apiVersion: integer.optional(),
  links: z.record(z.string(), text, expected('an object of URLs by name')).optional(),
  enableLicensing: flag.optional(),
  version: text.optional(),
  translations: object({
    paths: z.record(z.string(), text, expected('an object of paths by locale')).optional(),
  }).optional(),
  regionBaseUrls: regionUrls.optional(),
  cloudAppMigration: anything.optional(),
  modules: modules.optional(),
});
