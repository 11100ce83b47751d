import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ConfigError, JiraApiError, refuseUnknownOptions } from '../errors.ts';
import { readJson } from './answer.ts';
import type { JiraCalls } from './calls.ts';
import { refusalOf } from './file-refusal.ts';
import { type FilePart, multipartForm } from './multipart.ts';

/** The bytes of a file that is attached. Text is sent as UTF-8. */
export type AttachmentData =
  | string
  | ArrayBuffer
  | ArrayBufferView
  | Blob
  | ReadableStream<Uint8Array | string>
  | AsyncIterable<Uint8Array | string>;

/** A file to attach: its path, or its path or bytes with what Jira shows of it. */
export type AttachmentFile =
  | string
  | URL
  | {
      readonly path: string | URL;
      /** Default: the last part of the path. */
      readonly name?: string;
      /** The media type. Default: `application/octet-stream`. */
      readonly type?: string;
    }
  | {
      /** A stream of node is an AsyncIterable, too. */
      readonly data: AttachmentData;
      readonly name: string;
      /** Default: the Blob's own, or `application/octet-stream`. */
      readonly type?: string;
      /** Of a stream, in bytes, where it is known before. The request then needs no chunks. */
      readonly size?: number;
    };

/** Options of `jira.attach`. */
export interface AttachOptions {
  /** Ends the upload, which then rejects with the signal's reason. */
  signal?: AbortSignal;
  /** How long the whole upload may take, in milliseconds. Overrides the client's: large files take their time. */
  timeoutMs?: number;
}

/**
 * An attachment as Jira describes it. It may hold more than this.
 *
 * @see https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issue-attachments/
 */
export interface Attachment {
  /** What `jira.download` takes. */
  readonly id: string;
  readonly filename: string;
  /** In bytes. */
  readonly size: number;
  readonly mimeType: string;
  /** As in `2026-11-24T09:30:00.000+0000`. */
  readonly created: string;
  readonly author?: Readonly<Record<string, unknown>>;
  readonly self: string;
  /** Where it is downloaded. */
  readonly content: string;
  readonly thumbnail?: string;
  readonly [name: string]: unknown;
}

const OPTIONS: ReadonlySet<string> = new Set(['signal', 'timeoutMs']);
const PATH_OPTIONS: ReadonlySet<string> = new Set(['path', 'name', 'type']);
const DATA_OPTIONS: ReadonlySet<string> = new Set(['data', 'name', 'type', 'size']);
const MAX_ANSWER_BYTES = 4 * 1024 * 1024;
const DEFAULT_TYPE = 'application/octet-stream';

/**
 * Attaches files to an issue, read from disk or stream as they are sent.
 *
 * A stream can be sent once: where Jira refuses the first try, only files that have no stream are tried again.
 *
 * @returns What Jira made of each file, in the order given.
 * @throws JiraApiError. ConfigError CONFIG_OPTION_INVALID where a file cannot be read. What a given stream fails with.
 * @see https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issue-attachments/#api-rest-api-3-issue-issueidorkey-attachments-post
 */
export async function attachFiles(
  calls: JiraCalls,
  issueIdOrKey: string,
  files: AttachmentFile | readonly AttachmentFile[],
  options: AttachOptions = {},
): Promise<Attachment[]> {
  refuseUnknownOptions('jira.attach', options, OPTIONS);
  if (!/^\w[\w-]*$/.test(issueIdOrKey)) {
    throw new JiraApiError(
      'JIRA_URL_REFUSED',
      'An issue is named by its id or its key, such as XX-21.',
    );
  }
  const given = Array.isArray(files) ? files : [files];
  if (given.length === 0) throw invalid('no file is given');
  const opened = await Promise.all((given as readonly AttachmentFile[]).map(openFile));
  const form = multipartForm(
    'file',
    opened.map(({ part }) => part),
  );
  let failure: { readonly error: unknown } | undefined;
  const body = async function* (): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      yield* form.bytes();
    } catch (error) {
      // The call would only say that it broke off.
      failure = { error };
      throw error;
    }
  };
  const path = `/rest/api/3/issue/${issueIdOrKey}/attachments`;
  const call = { method: 'POST', path };
  try {
    const response = await calls.fetch(path, {
      ...options,
      method: 'POST',
      headers: {
        'content-type': form.contentType,
        // Without it Jira takes the form for one that a foreign page sends in a person's name.
        'x-atlassian-token': 'no-check',
        ...(form.contentLength === undefined
          ? undefined
          : { 'content-length': String(form.contentLength) }),
      },
      body: opened.every(({ isRepeatable }) => isRepeatable) ? body : body(),
      duplex: 'half',
    });
    if (!response.ok) throw await refusalOf(response, call, hintOf(response.status));
    const answer = await readJson(response, call, MAX_ANSWER_BYTES);
    if (Array.isArray(answer)) return answer as Attachment[];
    throw new JiraApiError(
      'JIRA_ANSWER_INVALID',
      `The answer to POST ${path} is no list of attachments.`,
      { ...call, status: response.status, hint: 'Look at the issue: the files may be there.' },
    );
  } catch (error) {
    throw failure === undefined ? error : failure.error;
  }
}

function hintOf(status: number): string | undefined {
  if (status === 413) {
    return 'The file is larger than the site takes: GET /rest/api/3/attachment/meta tells its uploadLimit.';
  }
  if (status === 403) {
    return 'It needs the scope WRITE and, in the project of the issue, the permission Create attachments.';
  }
  return undefined;
}

interface OpenedFile {
  readonly part: FilePart;
  /** False of a stream, which is gone once it was sent. */
  readonly isRepeatable: boolean;
}

async function openFile(file: AttachmentFile): Promise<OpenedFile> {
  if (typeof file === 'string' || file instanceof URL) return fromPath({ path: file });
  if (typeof file === 'object' && file !== null && 'path' in file) {
    refuseUnknownOptions('jira.attach: a file with a path', file, PATH_OPTIONS);
    return fromPath(file);
  }
  if (typeof file === 'object' && file !== null && 'data' in file) {
    refuseUnknownOptions('jira.attach: a file with data', file, DATA_OPTIONS);
    return fromData(file);
  }
  throw invalid('a file is a path, or an object with path or data');
}

async function fromPath({ path, name, type }: Extract<AttachmentFile, { path: unknown }>) {
  const file = path instanceof URL ? fileURLToPath(path) : path;
  let size: number;
  try {
    const found = await stat(file);
    if (!found.isFile()) throw invalid(`${file} is no file`);
    size = found.size;
  } catch (error) {
    throw error instanceof ConfigError ? error : unreadable(file, error);
  }
  return {
    part: {
      ...described(name ?? basename(file), type ?? DEFAULT_TYPE),
      size,
      open: () => readFrom(file, size),
    },
    isRepeatable: true,
  };
}

async function* readFrom(file: string, size: number): AsyncGenerator<Uint8Array, void, undefined> {
  // The length was promised: what is added to the file meanwhile is left out, and what is missing is a failure.
  let left = size;
  if (size > 0) {
    try {
      for await (const chunk of createReadStream(file, { end: size - 1 })) {
        left -= (chunk as Buffer).length;
        yield chunk as Buffer;
      }
    } catch (error) {
      throw unreadable(file, error);
    }
  }
  if (left > 0) throw invalid(`${file} became shorter while it was read`);
}

function fromData(given: Extract<AttachmentFile, { data: unknown }>): OpenedFile {
  const { data, name, type } = given;
  if (given.size !== undefined && !(Number.isSafeInteger(given.size) && given.size >= 0)) {
    throw invalid('size must be a number of bytes');
  }
  if (data instanceof Blob) {
    return {
      part: {
        ...described(name, type ?? (data.type === '' ? DEFAULT_TYPE : data.type)),
        size: data.size,
        open: () => data.stream(),
      },
      isRepeatable: true,
    };
  }
  const description = described(name, type ?? DEFAULT_TYPE);
  const bytes = bytesOf(data);
  if (bytes !== undefined) {
    return {
      part: { ...description, size: bytes.length, open: () => [bytes] },
      isRepeatable: true,
    };
  }
  if (typeof data !== 'object' || data === null || !(Symbol.asyncIterator in data)) {
    throw invalid(`the data of ${name} is neither text, bytes, a Blob nor a stream`);
  }
  return {
    part: {
      ...description,
      size: given.size,
      open: () => readStream(data as AsyncIterable<unknown>, name, given.size),
    },
    isRepeatable: false,
  };
}

async function* readStream(
  stream: AsyncIterable<unknown>,
  name: string,
  size: number | undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  let length = 0;
  for await (const chunk of stream) {
    const bytes = bytesOf(chunk);
    if (bytes === undefined)
      throw invalid(`the stream of ${name} gives something besides bytes and text`);
    length += bytes.length;
    if (size !== undefined && length > size) break;
    yield bytes;
  }
  if (size !== undefined && length !== size) {
    throw invalid(`the stream of ${name} is not of the ${size} bytes that it was said to be`);
  }
}

function bytesOf(data: unknown): Uint8Array | undefined {
  if (typeof data === 'string') return Buffer.from(data);
  if (data instanceof Uint8Array) return data;
  if (ArrayBuffer.isView(data))
    return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return data instanceof ArrayBuffer ? new Uint8Array(data) : undefined;
}

function described(name: string, type: string): { fileName: string; type: string } {
  if (typeof name !== 'string' || name === '') throw invalid('a file needs a name');
  if (!/^[\x20-\x7e]+$/.test(type)) throw invalid(`the type of ${name} is no media type`);
  return { fileName: name, type };
}

function invalid(what: string): ConfigError {
  return new ConfigError('CONFIG_OPTION_INVALID', `jira.attach: ${what}.`);
}

/** The system's own error names the reason, such as ENOENT. */
function unreadable(file: string, cause: unknown): ConfigError {
  const { code } = cause as { code?: unknown };
  return new ConfigError(
    'CONFIG_OPTION_INVALID',
    `jira.attach: the file ${file} cannot be read${typeof code === 'string' ? ` (${code})` : ''}.`,
    { cause, hint: `Check the path, from ${process.cwd()}, and that this process may read it.` },
  );
}
