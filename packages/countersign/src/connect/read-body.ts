import { InstallationError } from '../errors.ts';

/**
 * The body of a callback as text, of a bounded size.
 *
 * @throws InstallationError INSTALLATION_PAYLOAD_TOO_LARGE.
 */
export async function readBody(request: Request, maxBytes: number): Promise<string> {
  // Before anything is read, for a sender that is cut off halfway does not see the answer.
  if (Number(request.headers.get('content-length')) > maxBytes) throw tooLarge(maxBytes);
  const reader = request.body?.getReader();
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for (;;) {
    const { done = true, value } = (await reader?.read()) ?? {};
    if (done) return Buffer.concat(chunks).toString('utf8');
    bytes += value.byteLength;
    if (bytes > maxBytes) {
      // Not awaited: where somebody cloned the request, that would wait until the clone is read too.
      reader?.cancel().catch(() => undefined);
      throw tooLarge(maxBytes);
    }
    chunks.push(value);
  }
}

function tooLarge(maxBytes: number): InstallationError {
  return new InstallationError(
    'INSTALLATION_PAYLOAD_TOO_LARGE',
    `The body is larger than ${maxBytes} bytes.`,
  );
}
