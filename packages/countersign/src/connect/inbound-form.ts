import type { InboundForm, InboundRequest } from './inbound-token.ts';

/** A form that opens a page holds a token and little else. */
const MAX_FORM_BYTES = 65_536;

/**
 * The form of a Web request whose body nobody has read yet; it stays unread for the route. Undefined where there is
 * none, or one that is too large to look for a token in.
 */
export async function inboundForm(request: InboundRequest): Promise<InboundForm | undefined> {
  if (!(request instanceof Request) || request.body === null || request.bodyUsed) return undefined;
  const type = request.headers.get('content-type') ?? '';
  if (!/^\s*application\/x-www-form-urlencoded\s*(?:;|$)/i.test(type)) return undefined;
  if (Number(request.headers.get('content-length')) > MAX_FORM_BYTES) return undefined;
  const text = await readText(request.clone());
  if (text === undefined) return undefined;
  const fields = new URLSearchParams(text);
  return { get: (name) => (fields.has(name) ? fields.getAll(name).join(',') : null) };
}

async function readText(request: Request): Promise<string | undefined> {
  const reader = request.body?.getReader();
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for (;;) {
    const { done = true, value } = (await reader?.read()) ?? {};
    if (done) return Buffer.concat(chunks).toString('utf8');
    bytes += value.byteLength;
    if (bytes > MAX_FORM_BYTES) {
      // Not awaited: that would wait until the route has read its own half.
      reader?.cancel().catch(() => undefined);
      return undefined;
    }
    chunks.push(value);
  }
}
