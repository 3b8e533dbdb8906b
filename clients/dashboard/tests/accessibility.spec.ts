import { AXE, violations } from './axe.js';
import { CORNERS, expect, isDrawn, isLive, row, test } from './fixtures.js';

for (const colorScheme of ['light', 'dark'] as const) {
  for (const width of [1100, 390]) {
    test(`axe finds nothing in any view, ${colorScheme}, ${width} px wide`, async ({ guarded: page, site, city }) => {
      await page.addInitScript(AXE);
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 800 });
      city.report(CORNERS.east, 8);
      await page.goto(site);
      await isLive(page);
      await isDrawn(page);
      await expect(row(page, CORNERS.east)).toHaveCount(1);
      expect(await violations(page), 'live').toEqual([]);
      await page.locator('.detail summary').first().click();
      await page.locator('.alert').first().click();
      expect(await violations(page), 'live with evidence').toEqual([]);
      await page.keyboard.press('Escape');
      await page.keyboard.press('?');
      expect(await violations(page), 'help').toEqual([]);
      await page.keyboard.press('Escape');
      await page.keyboard.press('e');
      await expect(page.getByRole('dialog')).toBeVisible();
      expect(await violations(page), 'export').toEqual([]);
      await page.keyboard.press('Escape');
      await page.goto(`${site}#/replay`);
      await expect(page.locator('.replay-bar')).toBeVisible();
      await expect(page.locator('.replay-bar')).toContainText('opened in this time');
      expect(await violations(page), 'replay').toEqual([]);
    });
  }
}

test('on the narrowest phone every view can be reached without scrolling', async ({ guarded: page, site }) => {
  await page.setViewportSize({ width: 360, height: 740 });
  await page.goto(site);
  await isLive(page);
  const nav = page.getByRole('navigation', { name: 'Views' });
  expect(await nav.evaluate((element) => element.scrollWidth - element.clientWidth)).toBe(0);
  for (const link of await nav.getByRole('link').all()) await expect(link).toBeInViewport({ ratio: 1 });
});

test('on a phone the list comes first, and map and targets are large enough', async ({ guarded: page, site, city }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  city.report(CORNERS.east, 8);
  await page.goto(site);
  await expect(row(page, CORNERS.east)).toBeVisible();
  const box = async (selector: string) => (await page.locator(selector).first().boundingBox())!;
  const list = await box('.board-list');
  expect(list.height).toBeGreaterThan(550);
  expect(list.width).toBeGreaterThan(380);
  await expect(page.locator('.board-map')).toBeHidden();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  for (const button of await page.locator('button:visible, a:visible, select:visible, summary:visible').all()) {
    const { width, height } = (await button.boundingBox())!;
    expect(Math.min(width, height), await button.evaluate((element) => element.outerHTML)).toBeGreaterThanOrEqual(24);
  }
  await page.getByRole('button', { name: 'Map' }).click();
  const map = await box('.board-map');
  expect(map.height).toBeGreaterThan(550);
  await expect(page.locator('.map canvas')).toBeVisible();
  await page.getByRole('button', { name: 'List' }).click();
  await row(page, CORNERS.east).click();
  const panel = await box('.panel');
  expect(panel.width).toBe(390);
  expect(panel.height).toBeGreaterThan(300);
});

test('changes are told to a screen reader, politely and seldom', async ({ guarded: page, site, city }) => {
  await page.goto(site);
  await isLive(page);
  const region = page.locator('[aria-live="polite"]');
  city.report(CORNERS.east, 8);
  await expect(region).toContainText(/hotspot/);
  await page.evaluate(() => {
    const said: number[] = [];
    Object.assign(window, { said });
    new MutationObserver(() => said.push(performance.now())).observe(document.querySelector('[aria-live="polite"]')!, { childList: true });
  });
  for (let round = 0; round < 4; round += 1) {
    const more = city.report(CORNERS.west, 8);
    await expect(row(page, CORNERS.west)).toHaveCount(1);
    city.retract(more);
    await expect(row(page, CORNERS.west)).toHaveCount(0);
  }
  await page.waitForTimeout(16_000);
  const times = await page.evaluate(() => (window as unknown as { said: number[] }).said);
  for (let index = 1; index < times.length; index += 1) expect(times[index]! - times[index - 1]!).toBeGreaterThan(14_000);
});

test('keys of one letter can be switched off', async ({ guarded: page, site }) => {
  await page.goto(site);
  await isLive(page);
  await page.keyboard.press('?');
  await page.getByLabel('Keys of one letter work').uncheck();
  await page.keyboard.press('Escape');
  await page.keyboard.press('p');
  await expect(page.locator('#status')).not.toContainText('Paused');
});
