import { createHash } from 'node:crypto';

/**
 * Answers GET and HEAD with the descriptor. `no-cache` lets a reader keep it and makes it ask each time; the ETag spares
 * the second transfer.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9110#name-if-none-match
 */
export function descriptorAnswers(descriptor: object): (request: Request) => Response {
  const body = JSON.stringify(descriptor);
  const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 27)}"`;
  return ({ method, headers }) => {
    const answerHeaders = { 'cache-control': 'no-cache', etag };
    if (isKnown(headers.get('if-none-match'), etag)) {
      return new Response(null, { status: 304, headers: answerHeaders });
    }
    return new Response(method === 'HEAD' ? null : body, {
      headers: { ...answerHeaders, 'content-type': 'application/json' },
    });
  };
}

/** A proxy that compresses makes a weak one of it, and those count as equal here. */
function isKnown(ifNoneMatch: string | null, etag: string): boolean {
  if (ifNoneMatch === null) return false;
  return (
    ifNoneMatch.trim() === '*' ||
    ifNoneMatch.split(',').some((each) => each.trim().replace(/^W\//, '') === etag)
  );
}
