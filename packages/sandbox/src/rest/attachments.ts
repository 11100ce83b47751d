import type { Context, Hono } from 'hono';
import { fileAnswer } from '../hosts/media/file-answer.ts';
import { mediaUrlOf } from '../hosts/media/media-host.ts';
import type { Attachment } from '../site/attachments.ts';
import { attachmentBody } from './attachment-body.ts';
import type { RestEnv } from './caller.ts';
import { failure, RestError } from './errors.ts';
import { mayChange, requireOnIssue } from './permission.ts';
import { attachmentTold, tell } from './webhook-changes.ts';

/** In bytes, of one file; the default of a Jira site. */
const uploadLimit = 10_485_760;
/** What a form may have besides its files. */
const formOverhead = 1_048_576;

export function addAttachmentRoutes(rest: Hono<RestEnv>): void {
  rest.post('/issue/:issue/attachments', attach);
  rest.get('/attachment/meta', (c) => c.json({ enabled: true, uploadLimit }));
  rest.get('/attachment/content/:attachment', (c) => {
    const { site } = c.var;
    const file = findAttachment(c);
    if (c.req.query('redirect') !== 'false') return c.redirect(mediaUrlOf(site, file), 303);
    return fileAnswer(file, site.attachments.content(file.id), {
      method: c.req.method,
      range: c.req.header('range'),
      known: c.req.header('if-none-match'),
    });
  });
  rest.get('/attachment/:attachment', (c) => {
    const file = findAttachment(c);
    // Here the id is a number, as nowhere else.
    return c.json({ ...attachmentBody(c.var.site, file, c.var.version), id: file.id });
  });
  rest.delete('/attachment/:attachment', (c) => {
    const { site } = c.var;
    const attachment = findAttachment(c);
    const { id, issueId, author } = attachment;
    const issue = site.issues.find(String(issueId));
    const projectId = issue?.projectId ?? 0;
    if (!mayChange(c, { action: 'DELETE', what: 'ATTACHMENTS', author }, projectId)) {
      throw failure(403, 'You do not have permission to delete this attachment.');
    }
    site.attachments.delete(id);
    if (issue) tell(c, attachmentTold(site, 'attachment_deleted', issue, attachment));
    return c.body(null, 204);
  });
}

async function attach(c: Context<RestEnv>): Promise<Response> {
  const { site, version } = c.var;
  if (!/^no-?check$/.test(c.req.header('x-atlassian-token') ?? '')) {
    throw new RestError(403, 'XSRF check failed', 'Send the header X-Atlassian-Token: no-check.');
  }
  const { issue, accountId } = requireOnIssue(c, 'CREATE_ATTACHMENTS', {
    message: 'You do not have permission to create attachments for this issue.',
  });
  const files = await readFiles(c);
  const created = site.now();
  const added: Attachment[] = [];
  for (const file of files) {
    const content = new Uint8Array(await file.arrayBuffer());
    const { name: fileName, type: mimeType } = file;
    added.push(
      site.attachments.add({
        ...{ issueId: issue.id, author: accountId, fileName, content, created },
        mimeType: mimeType === '' ? 'application/octet-stream' : mimeType,
      }),
    );
  }
  for (const attachment of added) {
    tell(c, attachmentTold(site, 'attachment_created', issue, attachment));
  }
  return c.json(added.map((attachment) => attachmentBody(site, attachment, version)));
}

async function readFiles(c: Context<RestEnv>): Promise<File[]> {
  const type = c.req.header('content-type') ?? '';
  if (!/^multipart\/form-data\b/i.test(type)) {
    throw new RestError(415, 'The content type of the request must be multipart/form-data.');
  }
  const bytes = await readBody(c);
  let form: FormData;
  try {
    form = await new Response(bytes, { headers: { 'content-type': type } }).formData();
  } catch {
    throw failure(400, 'The request body is not multipart/form-data.');
  }
  const names = [...new Set(form.keys())];
  const files = form.getAll('file').filter((part) => typeof part !== 'string');
  if (files.length === 0 || names.length > 1) {
    throw failure(
      400,
      'Every part of the form must be a file, and be named "file".',
      `Its parts are named ${names.join(', ') || 'nothing: there are none'}.`,
    );
  }
  if (files.some(({ size }) => size > uploadLimit)) throw tooLarge();
  return files;
}

async function readBody(c: Context<RestEnv>): Promise<Buffer<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of c.req.raw.body ?? []) {
    length += chunk.length;
    // The rest is read all the same: a client that still sends would see a broken connection, and not the answer.
    if (length <= uploadLimit + formOverhead) chunks.push(chunk);
  }
  if (length > uploadLimit + formOverhead) throw tooLarge();
  return Buffer.concat(chunks);
}

function tooLarge(): RestError {
  return failure(413, `The attachment is larger than the limit of ${uploadLimit} bytes.`);
}

/** The attachment of the path, where the caller may see its issue. */
function findAttachment(c: Context<RestEnv>): Attachment {
  const { site, caller } = c.var;
  const id = c.req.param('attachment') ?? '';
  const found = /^\d+$/.test(id) ? site.attachments.find(Number(id)) : undefined;
  const issue = found && site.issues.find(String(found.issueId));
  const { accountId } = caller;
  if (!issue || !site.permissions.holds(accountId, 'BROWSE_PROJECTS', issue.projectId)) {
    throw failure(404, `The attachment with id '${id}' does not exist`);
  }
  return found as Attachment;
}
