import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect } from 'vitest';
import { browserTest, visit } from './browser.ts';

let asked = 0;
const server = createServer((_request, response) => {
  asked += 1;
  response.setHeader('content-type', 'text/html');
  response.setHeader('cache-control', 'max-age=3600');
  response.end(
    '<!doctype html><link rel="icon" href="data:,"><title>Page</title><a href="/">It</a>',
  );
});
let url: string;
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.close();
  server.closeAllConnections();
});

const traces = `[document.cookie, localStorage.length, sessionStorage.length, innerWidth,
  matchMedia('(prefers-color-scheme: dark)').matches, document.querySelectorAll('a:hover').length]`;

// Twice: the second one gets the page that the first one left.
browserTest.each([1, 2])('a page has nothing of the test before: %i', async () => {
  const { page, complaints, urls } = await visit(url, { viewport: { width: 700, height: 500 } });
  const before = asked;
  await page.goto('/one');
  expect(asked).toBe(before + 1);
  expect(urls).toEqual([`${url}/one`]);
  expect(await page.evaluate(traces)).toEqual(['', 0, 0, 700, false, 0]);
  expect(complaints).toEqual([]);
  await page.evaluate("document.cookie = 'a=b'; localStorage.a = sessionStorage.a = 'b'");
  await page.setViewportSize({ width: 300, height: 300 });
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.getByRole('link').hover();
  expect(await page.evaluate(traces)).toEqual(['a=b', 1, 1, 300, true, 1]);
  await page.evaluate("console.error('of this test')");
  await page.route('**/*', (route) => route.abort());
  await expect(page.goto('/two')).rejects.toThrow('ERR_FAILED');
  expect(complaints).toContain('of this test');
});
