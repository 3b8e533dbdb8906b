import { CORNERS, expect, isDrawn, isLive, test } from './fixtures.js';
import { FakeHub } from './fake_hub.js';
import { Site } from './site.js';

/** Of compressed transfer, until the list shows. */
const LIST_BYTES_MAX = 60_000;
const HOTSPOTS = 2000;
const UPDATES = 100;

test('the list is there before the map is asked for, with less than 60 kB', async ({ guarded: page, site, city }) => {
  city.report(CORNERS.east, 8);
  await page.addInitScript(() => {
    new MutationObserver((_, observer) => {
      if (document.querySelector('.row') === null) return;
      observer.disconnect();
      Object.assign(window, { listAt: performance.now() });
    }).observe(document, { childList: true, subtree: true });
  });
  await page.goto(site);
  await isDrawn(page);
  const loaded = await page.evaluate(() => {
    const { listAt } = window as unknown as { listAt: number };
    const entries = [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')] as PerformanceResourceTiming[];
    const before = entries.filter(({ startTime }) => startTime <= listAt);
    return {
      bytes: before.reduce((sum, { transferSize }) => sum + transferSize, 0),
      names: before.map(({ name }) => name),
      all: entries.map(({ name }) => name),
    };
  });
  expect(loaded.names.filter((name) => name.includes('hotspot_map'))).toEqual([]);
  expect(loaded.all.some((name) => name.includes('hotspot_map'))).toBe(true);
  expect(loaded.all.filter((name) => name.includes('figure'))).toEqual([]);
  expect(loaded.bytes).toBeGreaterThan(10_000);
  expect(loaded.bytes).toBeLessThan(LIST_BYTES_MAX);
  console.log(`until the list shows: ${loaded.bytes} bytes in ${loaded.names.length} responses`);
});

test(`${HOTSPOTS} hotspots that change ten times a second are drawn, and the page says what they cost`, async ({ page }) => {
  const hub = await FakeHub.start(HOTSPOTS);
  const site = await Site.start(hub.port);
  try {
    await page.setViewportSize({ width: 800, height: 600 });
    await page.goto(site.url);
    await isLive(page);
    await isDrawn(page);
    await expect(page.locator('h2', { hasText: `Hotspots: ${HOTSPOTS}` })).toBeVisible();
    const ids = await page.locator('.row').evaluateAll((rows) => rows.map((each) => (each as HTMLElement).dataset['id']!));
    const shown = () => page.locator('.map').evaluate((element, each) => {
      const { map } = element as unknown as { map: import('maplibre-gl').Map };
      return each.map((id) => map.getFeatureState({ source: 'zones', id })['step'] as number);
    }, ids);
    await expect.poll(async () => Math.max(...(await shown()))).toBeGreaterThan(0);
    const first = await shown();
    await expect.poll(shown).not.toEqual(first);
    const pace = async () => {
      await page.keyboard.press('?');
      const text = await page.locator('dialog[open] #pace').textContent();
      await page.keyboard.press('Escape');
      await expect(page.locator('dialog')).toHaveCount(0);
      return text ?? '';
    };
    await expect.poll(async () => Number(/of the last (\d+)/.exec(await pace())?.[1] ?? 0)).toBeGreaterThan(UPDATES);
    const text = await pace();
    console.log(text);
    expect(text).toMatch(/[\d.]+ ms in the median/);
  } finally {
    site.stop();
    hub.stop();
  }
});
