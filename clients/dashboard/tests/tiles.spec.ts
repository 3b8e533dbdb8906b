import { CORNERS, expect, isDrawn, isLive, test } from './fixtures.js';
import { tilesFile } from './tiles.js';

test("the operator's own map is drawn below the hotspots, read by ranges", async ({ guarded: page, site, city }) => {
  const file = tilesFile();
  const ranges: string[] = [];
  await page.route('**/tiles/', (route) => route.fulfill({ json: ['county.pmtiles'] }));
  await page.route('**/tiles/county.pmtiles', (route) => {
    const range = route.request().headers()['range'] ?? '';
    ranges.push(range);
    const [, first, last] = /bytes=(\d+)-(\d+)/.exec(range) ?? ['', '0', String(file.length - 1)];
    const body = file.subarray(Number(first), Number(last) + 1);
    return route.fulfill({
      status: 206, body,
      headers: { 'content-range': `bytes ${first}-${Number(first) + body.length - 1}/${file.length}`, etag: '"1"', 'accept-ranges': 'bytes' },
    });
  });
  city.report(CORNERS.east, 8);
  await page.goto(site);
  await isLive(page);
  await isDrawn(page);
  const drawn = (name: string) => page.locator('.map').evaluate((element, source) => {
    const { map } = element as unknown as { map: import('maplibre-gl').Map };
    return map.isStyleLoaded() ? map.queryRenderedFeatures().filter((feature) => feature.source === source).length : 0;
  }, name);
  await expect.poll(() => drawn('operator')).toBeGreaterThan(0);
  await expect.poll(() => drawn('middles')).toBeGreaterThan(0);
  expect(ranges.length).toBeGreaterThan(0);
  expect(ranges.every((range) => range.startsWith('bytes='))).toBe(true);
  await page.getByRole('button', { name: /^Colours/ }).click();
  await page.getByRole('button', { name: /^Colours/ }).click();
  await expect.poll(() => drawn('operator')).toBeGreaterThan(0);
  await expect.poll(() => drawn('middles')).toBeGreaterThan(0);
});
