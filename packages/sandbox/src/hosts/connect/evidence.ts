import type { AppRecord } from '../../site/apps.ts';
import type { Evidence } from '../../site/explanation.ts';
import type { Site } from '../../site/site.ts';
import { isSignedWith } from './verify.ts';

// It may begin at the begin of a word only: else a long text of one word takes the square of its length.
const tokenIn = /(?<![\w-])[\w-]+\.[\w-]+\.[\w-]+/;

/** The app that a text with a token in it is from, as far as the token says: by its iss, or else by its signature. */
export function claimedApp(site: Site, text: string): AppRecord | undefined {
  const token = tokenIn.exec(text)?.[0];
  if (token === undefined) return undefined;
  const issuer = issuerOf(token);
  const named = issuer === undefined ? undefined : site.apps.record(issuer);
  return (
    named ?? site.apps.installed().find(({ sharedSecret }) => isSignedWith(token, sharedSecret))
  );
}

function issuerOf(token: string): string | undefined {
  try {
    const [, claims = ''] = token.split('.');
    const { iss } = JSON.parse(Buffer.from(claims, 'base64url').toString('utf8'));
    return typeof iss === 'string' ? iss : undefined;
  } catch {
    return undefined;
  }
}

/** What the site knows about an app's installation, for an explanation. It holds secrets: it is never shown or kept. */
export function installationEvidence(site: Site, app: AppRecord | undefined): Partial<Evidence> {
  const { clientKey, publicKey } = site.identity;
  // Without the clientKey, which all of them share: by it they would pass for one installation.
  const installations = site.apps
    .installed()
    .filter(({ key }) => key !== app?.key)
    .map(({ key, sharedSecret }) => ({ appKey: key, siteUrl: site.url, sharedSecret }));
  return {
    clientKey,
    publicKey,
    installations,
    ...(app === undefined
      ? {}
      : {
          appKey: app.key,
          sharedSecret: app.sharedSecret,
          previousSecrets: app.retiredSecrets,
        }),
  };
}
