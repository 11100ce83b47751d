import type { Attachment } from '../site/attachments.ts';
import type { Site } from '../site/site.ts';
import { userBody } from './users.ts';

/** An attachment as issues and uploads show it. */
export function attachmentBody(
  site: Site,
  attachment: Attachment,
  version: 2 | 3,
): Record<string, unknown> {
  const base = `${site.url}/rest/api/${version}/attachment`;
  return {
    self: `${base}/${attachment.id}`,
    id: String(attachment.id),
    filename: attachment.fileName,
    author: userBody(site, attachment.author, version),
    // Jira writes the zone without a colon.
    created: new Date(attachment.created).toISOString().replace('Z', '+0000'),
    size: attachment.size,
    mimeType: attachment.mimeType,
    content: `${base}/content/${attachment.id}`,
  };
}
