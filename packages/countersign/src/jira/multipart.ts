import { randomBytes } from 'node:crypto';

/** One file of a form. */
export interface FilePart {
  /** As the receiver shows it. */
  readonly fileName: string;
  readonly type: string;
  /** In bytes; undefined where nobody knows before the end. */
  readonly size: number | undefined;
  /** The bytes, from their beginning. */
  open(): AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
}

/** A form, ready to be sent. */
export interface MultipartForm {
  readonly contentType: string;
  /** In bytes; undefined where a part has no size. */
  readonly contentLength: number | undefined;
  /** The whole form, read from its parts as it is sent: no more than a piece of one file is in memory. */
  bytes(): AsyncGenerator<Uint8Array, void, undefined>;
}

/**
 * A form of files, all of one field name.
 *
 * FormData would do for Buffers and Blobs, but not for streams; and a file opened as a Blob ends the whole process
 * where it changes while it is read.
 *
 * @see https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#multipart-form-data
 */
export function multipartForm(fieldName: string, files: readonly FilePart[]): MultipartForm {
  const boundary = `----countersign-${randomBytes(18).toString('hex')}`;
  const parts = files.map((file) => ({
    file,
    head: Buffer.from(
      `--${boundary}\r\nContent-Disposition: form-data; name="${fieldName}"; filename="${escapeFileName(file.fileName)}"\r\nContent-Type: ${file.type}\r\n\r\n`,
    ),
  }));
  const lineBreak = Buffer.from('\r\n');
  const end = Buffer.from(`--${boundary}--\r\n`);
  let contentLength: number | undefined = end.length;
  for (const { file, head } of parts) {
    contentLength =
      file.size === undefined || contentLength === undefined
        ? undefined
        : contentLength + head.length + file.size + lineBreak.length;
  }
  return {
    contentType: `multipart/form-data; boundary=${boundary}`,
    contentLength,
    async *bytes() {
      for (const { file, head } of parts) {
        yield head;
        yield* file.open();
        yield lineBreak;
      }
      yield end;
    },
  };
}

function escapeFileName(name: string): string {
  return name.replaceAll('\n', '%0A').replaceAll('\r', '%0D').replaceAll('"', '%22');
}
