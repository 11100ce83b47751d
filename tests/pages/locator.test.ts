import type { Sandbox } from 'countersign-sandbox';
import type { FrameLocator, Page } from 'playwright-core';
import { expect } from 'vitest';
import { startExample } from '../issue-locator.ts';
import { startSite } from './app.ts';
import { browserTest, visit } from './browser.ts';
import { paleTexts } from './in-page.ts';

const FIELD = 'customfield_10042';

/** The site, and the app beside it, not installed yet. */
async function startBoth(): Promise<{ site: Sandbox; appUrl: string; descriptorUrl: string }> {
  const site = await startSite();
  const { url } = await startExample(site);
  return { site, appUrl: url, descriptorUrl: `${url}/atlassian-connect.json` };
}

async function openPanel(page: Page): Promise<FrameLocator> {
  await page.goto('/browse/XX-21');
  const panel = page.frameLocator('iframe[title="Location"]');
  await panel.locator('form:not([aria-busy])').waitFor();
  return panel;
}

browserTest(
  'the app is installed on the apps page, and a location is picked on the map, by mouse and keyboard',
  async () => {
    const { site, appUrl, descriptorUrl } = await startBoth();
    const { page, complaints } = await visit(site.url);
    await page.goto('/_sandbox/apps');
    await page.getByLabel('Descriptor URL').fill(descriptorUrl);
    await page.getByRole('button', { name: 'Install', exact: true }).first().click();
    await page.getByText('enabled', { exact: true }).waitFor();
    const panel = await openPanel(page);
    await panel.getByText('Not set yet.').waitFor();
    await panel.getByText('Sydney', { exact: true }).nth(0).click();
    expect(await panel.getByLabel('Site location').inputValue()).toBe('Sydney');
    await panel.getByRole('button', { name: 'Save' }).click();
    await panel.getByText('Saved.').waitFor();
    expect(site.issue('XX-21')?.fields[FIELD]).toBe('Sydney');
    // The issue around the panel shows it too, and the panel was not loaded anew.
    await page.getByRole('definition').filter({ hasText: 'Sydney' }).waitFor();
    expect(await panel.getByText('Saved.').isVisible()).toBe(true);

    const again = await openPanel(page);
    const pin = again.getByRole('radio', { name: 'Sydney' });
    expect(await pin.isChecked()).toBe(true);
    await pin.focus();
    await page.keyboard.press('ArrowRight');
    expect(await again.getByRole('radio', { name: 'Toronto' }).isChecked()).toBe(true);
    await page.keyboard.press('Tab');
    expect(await again.locator('select:focus').inputValue()).toBe('Toronto');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await again.getByText('Saved.').waitFor();
    expect(site.issue('XX-21')?.fields[FIELD]).toBe('Toronto');
    expect(complaints.filter((text) => !text.includes(`another host: ${appUrl}/`))).toEqual([]);
  },
);

browserTest(
  'whoever may not edit the issue is told so, on a narrow dark screen too, and nothing is written',
  async () => {
    const { site, descriptorUrl } = await startBoth();
    await site.install(descriptorUrl);
    const { page } = await visit(site.url, {
      colorScheme: 'dark',
      viewport: { width: 360, height: 700 },
    });
    await page.goto('/_sandbox/users');
    await page.getByRole('button', { name: 'Act as Robin Reader' }).click();
    const panel = await openPanel(page);
    await panel.getByLabel('Site location').selectOption('Lisbon');
    await panel.getByRole('button', { name: 'Save' }).click();
    await panel.getByText('You may not edit this issue.').waitFor();
    expect(site.issue('XX-21')?.fields[FIELD]).toBeNull();

    await panel.locator('html[data-color-mode=dark]').waitFor();
    const frame = page.frames().find((each) => each.parentFrame() !== null);
    expect(await frame?.evaluate(paleTexts)).toEqual([]);
    const hidden = 'document.documentElement.scrollWidth > innerWidth';
    expect(await frame?.evaluate(hidden)).toBe(false);
  },
);
