import type { Sandbox } from 'countersign-sandbox';
import type { FrameLocator, Page } from 'playwright-core';
import { expect } from 'vitest';
import { installOnForge, type RunningExample, startExample } from '../issue-locator.ts';
import { startSite } from './app.ts';
import { browserTest, expectContrast, expectReadable, visit } from './browser.ts';
import { paleTexts } from './in-page.ts';

const FIELD = 'customfield_10042';

async function startOnForge(): Promise<{ site: Sandbox; app: RunningExample }> {
  const site = await startSite();
  const app = await startExample(site);
  await installOnForge(site, app);
  return { site, app };
}

/** The panel of an issue, as soon as it shows what the app answered. */
async function openPanel(page: Page, issueKey = 'XX-21'): Promise<FrameLocator> {
  await page.goto(`/browse/${issueKey}`);
  const panel = page.frameLocator('iframe[title="Location"]');
  await panel.locator('form:not([aria-busy])').waitFor();
  return panel;
}

browserTest('the panel on Forge saves a location, and the issue shows it', async () => {
  const { site } = await startOnForge();
  const { page, complaints } = await visit(site.url);
  const panel = await openPanel(page);
  await panel.getByText('Not set yet.').waitFor();
  await panel.getByLabel('Site location').selectOption('Lisbon');
  await panel.getByRole('button', { name: 'Save' }).click();
  await panel.getByText('Saved.').waitFor();
  expect(site.issue('XX-21')?.fields[FIELD]).toBe('Lisbon');

  await page.reload();
  await page.getByRole('definition').filter({ hasText: 'Lisbon' }).waitFor();
  await panel.locator('form:not([aria-busy])').waitFor();
  expect(await panel.getByLabel('Site location').inputValue()).toBe('Lisbon');
  // Another issue is offered what was chosen the last time.
  const other = await openPanel(page, 'XX-22');
  expect(await other.getByLabel('Site location').inputValue()).toBe('Lisbon');
  expect(complaints).toEqual([]);
});

browserTest('the panel on Connect does the same, by the same app', async () => {
  const site = await startSite();
  const app = await startExample(site);
  await site.install(`${app.url}/atlassian-connect.json`);
  const { page } = await visit(site.url);
  await page.goto('/browse/XX-21');
  const panel = page.frameLocator('iframe[title="Location"]');
  await panel.getByLabel('Site location').selectOption('Lisbon');
  await panel.getByRole('button', { name: 'Save' }).click();
  await panel.getByText('Saved.').waitFor();
  expect(site.issue('XX-21')?.fields[FIELD]).toBe('Lisbon');
});

browserTest('the panel is used by keyboard alone', async () => {
  const { site } = await startOnForge();
  const { page } = await visit(site.url);
  const panel = await openPanel(page);
  const select = panel.getByLabel('Site location');
  for (let steps = 0; steps < 30; steps += 1) {
    await page.keyboard.press('Tab');
    if (await panel.locator('select:focus').count()) break;
  }
  await page.keyboard.press('S');
  expect(await select.inputValue()).toBe('Sydney');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await panel.getByText('Saved.').waitFor();
  expect(site.issue('XX-21')?.fields[FIELD]).toBe('Sydney');
});

browserTest(
  'a panel that is there before the script of the page around it is answered too',
  async () => {
    const { site } = await startOnForge();
    const { page } = await visit(site.url);
    await page.route('**/forge-host.js', async (route) => {
      const frame = page.frameLocator('iframe[title="Location"]');
      await frame.getByText('Loading…').waitFor();
      await page.waitForTimeout(300);
      await route.continue();
    });
    const panel = await openPanel(page);
    await panel.getByText('Not set yet.').waitFor();
  },
);

browserTest('whoever looks is told what failed, and can try again', async () => {
  const { site, app } = await startOnForge();
  const { page } = await visit(site.url);
  const panel = await openPanel(page);
  await app.end();
  await panel.getByRole('button', { name: 'Save' }).click();
  await panel.getByRole('status').filter({ hasText: 'It was not saved. Try again.' }).waitFor();
  await page.reload();
  await panel.getByText('The app does not answer. Reload the page.').waitFor();
  expect(await panel.getByRole('button', { name: 'Save' }).isDisabled()).toBe(true);
});

for (const colorScheme of ['light', 'dark'] as const) {
  for (const width of [1200, 360]) {
    browserTest(`the panel is readable, ${colorScheme}, ${width} pixels wide`, async () => {
      const { site } = await startOnForge();
      const { page, complaints } = await visit(site.url, {
        colorScheme,
        viewport: { width, height: 700 },
      });
      const panel = await openPanel(page);
      await panel.getByRole('button', { name: 'Save' }).click();
      await panel.getByText('Saved.').waitFor();
      await expectReadable(page);
      await expectContrast(page);
      const frame = page.frames().find((each) => each.parentFrame() !== null);
      expect(await frame?.evaluate(paleTexts)).toEqual([]);
      // All of it is in sight: the frame need not be scrolled.
      const hidden =
        'document.documentElement.scrollWidth > innerWidth || document.documentElement.scrollHeight > innerHeight';
      expect(await frame?.evaluate(hidden)).toBe(false);
      expect(complaints).toEqual([]);
    });
  }
}
