import { existsSync } from 'node:fs';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { expect, onTestFinished, test as vitestTest } from 'vitest';
import { paleTexts, unreadableParts } from './in-page.ts';
import { takePage } from './kept-page.ts';

const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
const howToGetOne = `There is no browser at ${executablePath}: apt-get install chromium, or set CHROMIUM to the path of one.`;

// In CI a missing browser fails at launch, and is not skipped.
const missing = !existsSync(executablePath) && !process.env.CI;
if (missing) console.warn(howToGetOne);

/** A test that takes a browser. Without one it is skipped, and a line says how to get one. */
export const browserTest = vitestTest.skipIf(missing);

/** One for all files of a worker. Playwright ends it with the worker, in whatever way that ends. */
let running: Promise<Browser> | undefined;

function launch(): Promise<Browser> {
  if (!existsSync(executablePath)) throw new Error(howToGetOne);
  running ??= chromium.launch({
    executablePath,
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
  return running;
}

/** What a page did that no page of the site may do. */
export interface Visit {
  page: Page;
  /** Errors and warnings of the console, and what was asked of other hosts. */
  complaints: string[];
  /** Every URL that was asked for. */
  urls: string[];
}

/**
 * A page as in a browser of its own: no cookies, nothing kept. What it shows is left after the test, or it would go on
 * asking. What no page can be rid of, such as a clock of its own, needs `freshVisit`.
 */
export async function visit(siteUrl: string, options: BrowserContextOptions = {}): Promise<Visit> {
  const { page, giveBack } = await takePage(await launch(), siteUrl, options);
  onTestFinished(({ task }) => giveBack(task.result?.state === 'pass'));
  return watched(page, siteUrl);
}

/** A page in a context of its own, which is closed after the test. */
export async function freshVisit(
  siteUrl: string,
  options: BrowserContextOptions = {},
): Promise<Visit> {
  const browser = await launch();
  const context = await browser.newContext({ baseURL: siteUrl, ...options });
  onTestFinished(() => context.close());
  return watched(await context.newPage(), siteUrl);
}

function watched(page: Page, siteUrl: string): Visit {
  const complaints: string[] = [];
  const urls: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('request', (request) => {
    urls.push(request.url());
    const isOwn = request.url().startsWith(`${siteUrl}/`) || request.url().startsWith('data:');
    if (!isOwn) complaints.push(`asked another host: ${request.url()}`);
  });
  page.setDefaultTimeout(10_000);
  return { page, complaints, urls };
}

/** What a reader of the page without eyes needs: names for every field and link, headings in order, one main part. */
export async function expectReadable(page: Page): Promise<void> {
  // Without its style sheet a page is as wide as it likes.
  await page.waitForLoadState();
  expect(await page.evaluate(unreadableParts)).toEqual([]);
}

/** The colours of all text stand out from what is behind it: 4.5 to 1, as WCAG asks. */
export async function expectContrast(page: Page): Promise<void> {
  expect(await page.evaluate(paleTexts)).toEqual([]);
}
