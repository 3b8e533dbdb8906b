import { readFileSync } from 'node:fs';
import { CORNERS, expect, isDrawn, row, test } from './fixtures.js';
import { csvCell } from '../src/export/export_files.js';

test('what is on screen is saved as GeoJSON, CSV and image, with the filters that are set', async ({ guarded: page, site, city }) => {
  city.report(CORNERS.east, 8);
  await page.goto(`${site}#/live?severity=alert`);
  await isDrawn(page);
  await expect(row(page, CORNERS.east)).toHaveCount(1);
  const shown = await page.locator('.row').count();
  const save = async (name: RegExp): Promise<Buffer> => {
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('dialog').getByRole('button', { name }).click()]);
    return readFileSync(await download.path());
  };
  await page.keyboard.press('e');
  const geojson = JSON.parse((await save(/GeoJSON/)).toString()) as { features: { geometry: { type: string }; properties: { count: number; severity: string } }[] };
  expect(geojson.features).toHaveLength(shown);
  expect(geojson.features.every(({ properties }) => properties.severity === 'alert')).toBe(true);
  expect(geojson.features.some(({ properties, geometry }) => properties.count === 8 && geometry.type === 'MultiPolygon')).toBe(true);
  const lines = (await save(/CSV/)).toString().trim().split('\r\n');
  expect(lines).toHaveLength(shown + 1);
  expect(lines[0]).toContain('interval_days');
  const image = await save(/Image/);
  expect(image.subarray(1, 4).toString()).toBe('PNG');
  expect(image.length).toBeGreaterThan(5000);
});

test('on paper there is the list, the moment, and no buttons', async ({ guarded: page, site, city }) => {
  city.report(CORNERS.east, 8);
  await page.setViewportSize({ width: 720, height: 1000 });
  await page.goto(site);
  await isDrawn(page);
  await expect(row(page, CORNERS.east)).toHaveCount(1);
  await page.emulateMedia({ media: 'print' });
  await expect(page.locator('.on-paper')).toBeVisible();
  await expect(page.locator('.on-paper')).toContainText('as of');
  await expect(row(page, CORNERS.east)).toBeVisible();
  await expect(page.locator('.map canvas')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Pause' })).toBeHidden();
  await page.emulateMedia({ media: 'screen' });
});

test('a cell that a spreadsheet would run is only text', () => {
  expect(csvCell('=HYPERLINK("x")')).toBe('"\'=HYPERLINK(""x"")"');
  expect(csvCell('Franklin, Ohio')).toBe('"Franklin, Ohio"');
  expect(csvCell(-82.9)).toBe('-82.9');
});
