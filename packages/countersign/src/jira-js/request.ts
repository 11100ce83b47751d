import type { SendRequestOptions } from 'jira.js/core';
import type { JiraFetchInit } from '../jira/calls.ts';

/** The path of a call of jira.js, with its query. */
export function pathOf({ url, searchParams }: SendRequestOptions): string {
  const path = url.startsWith('/') ? url : `/${url}`;
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(searchParams ?? {})) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one === undefined || one === null) continue;
      query.append(name, typeof one === 'object' ? JSON.stringify(one) : String(one));
    }
  }
  if (query.size === 0) return path;
  return `${path}${path.includes('?') ? '&' : '?'}${query}`;
}

/** The body of a call of jira.js, and the headers that belong to it. */
export function bodyOf({ method, body }: SendRequestOptions): {
  body?: JiraFetchInit['body'];
  headers: Record<string, string>;
} {
  if (isEncoded(body)) return { body, headers: {} };
  const isPresent = body !== undefined && body !== null;
  const reads = method === undefined || method === 'GET' || method === 'HEAD';
  return {
    // A string alone is JSON, too: an account ID, a preference.
    ...(isPresent ? { body: JSON.stringify(body) } : undefined),
    // Jira refuses some requests without a body, and without this header, by 415.
    headers: isPresent || !reads ? { 'content-type': 'application/json' } : {},
  };
}

/** What has an encoding of its own: a form, bytes, a stream. */
function isEncoded(body: unknown): body is RequestInit['body'] {
  return (
    body instanceof FormData ||
    body instanceof URLSearchParams ||
    body instanceof Blob ||
    body instanceof ArrayBuffer ||
    ArrayBuffer.isView(body) ||
    (typeof body === 'object' && body !== null && Symbol.asyncIterator in body)
  );
}
