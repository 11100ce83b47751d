import type { Context } from 'hono';
import type { RestEnv } from './caller.ts';
import { failure, RestError } from './errors.ts';

/** The JSON object of a request body. */
export async function readJson(c: Context<RestEnv>): Promise<Record<string, unknown>> {
  const type = c.req.header('content-type') ?? '';
  if (!/^application\/json\b/i.test(type)) {
    throw new RestError(415, 'The content type of the request must be application/json.');
  }
  let body: unknown;
  try {
    body = JSON.parse(await c.req.text());
  } catch {
    throw failure(400, 'There was an error parsing JSON. Check that your request body is valid.');
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw failure(400, 'The request body must be a JSON object.');
  }
  return body as Record<string, unknown>;
}

/** A parameter that may come several times, and hold several names with commas between them. */
export function readList(values: string[] | undefined): string[] {
  return (values ?? [])
    .flatMap((value) => value.split(','))
    .map((name) => name.trim())
    .filter((name) => name !== '');
}
