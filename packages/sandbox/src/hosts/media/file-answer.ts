import type { Attachment } from '../../site/attachments.ts';

/** What is asked for of a file. */
export interface FileRequest {
  method: string;
  range: string | undefined;
  /** The header If-None-Match. */
  known: string | undefined;
}

/** The file, a range of it, or nothing but its headers. */
export function fileAnswer(
  file: Attachment,
  content: Uint8Array,
  { method, range, known }: FileRequest,
): Response {
  const etag = `"${file.mediaId}"`;
  const headers = {
    'content-type': file.mimeType,
    // It is somebody's file, and no page of this site.
    'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(file.fileName)}`,
    'x-content-type-options': 'nosniff',
    'accept-ranges': 'bytes',
    etag,
  };
  if (known === etag) return new Response(null, { status: 304, headers });
  const body = (bytes: Uint8Array) => (method === 'HEAD' ? null : new Uint8Array(bytes));
  const wanted = range === undefined ? undefined : readRange(range, content.length);
  if (wanted === 'none') {
    return new Response(null, {
      status: 416,
      headers: { 'content-range': `bytes */${content.length}` },
    });
  }
  if (wanted === undefined) {
    const length = String(content.length);
    return new Response(body(content), { headers: { ...headers, 'content-length': length } });
  }
  const [first, last] = wanted;
  return new Response(body(content.subarray(first, last + 1)), {
    status: 206,
    headers: {
      ...headers,
      'content-length': String(last - first + 1),
      'content-range': `bytes ${first}-${last}/${content.length}`,
    },
  });
}

/** One range (RFC 9110, 14.2); what is none, or several, is the whole file. */
function readRange(
  range: string,
  size: number,
): [first: number, last: number] | 'none' | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(range.trim());
  if (!match || (match[1] === '' && match[2] === '')) return undefined;
  const [, from = '', to = ''] = match;
  if (from === '') {
    const length = Math.min(Number(to), size);
    return length === 0 ? 'none' : [size - length, size - 1];
  }
  const first = Number(from);
  const last = to === '' ? size - 1 : Math.min(Number(to), size - 1);
  return first >= size || first > last ? 'none' : [first, last];
}
