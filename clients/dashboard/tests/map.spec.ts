import { chromium } from '@playwright/test';
import { CORNERS, expect, isDrawn, isLive, row, test } from './fixtures.js';

type WithMap = { map: import('maplibre-gl').Map };

/** Classes of the ramp as the map holds them, by hotspot. */
const states = (page: import('@playwright/test').Page) => page.locator('.map').evaluate((element) => {
  const { map } = element as unknown as WithMap;
  const ids = [...document.querySelectorAll<HTMLElement>('.row')].map((each) => each.dataset['id']!).filter((id) => !id.startsWith('area:'));
  return ids.map((id) => [id, map.getFeatureState({ source: 'zones', id })['step'] ?? 0] as const);
});

test('after the graphics driver was lost, the map shows the scores again', async ({ guarded: page, site, city }) => {
  city.report(CORNERS.east, 8);
  await page.goto(site);
  await isDrawn(page);
  await expect(row(page, CORNERS.east)).toHaveCount(1);
  await expect.poll(async () => (await states(page)).every(([, step]) => step > 0)).toBe(true);
  const before = await states(page);
  expect(before.length).toBeGreaterThan(0);
  await page.locator('.map').evaluate(async (element) => {
    const { map } = element as unknown as WithMap;
    const canvas = map.getCanvas();
    const extension = (canvas.getContext('webgl2') as WebGL2RenderingContext).getExtension('WEBGL_lose_context')!;
    const restored = new Promise((done) => map.once('style.load', done));
    await new Promise<void>((done) => {
      canvas.addEventListener('webglcontextlost', () => done(), { once: true });
      extension.loseContext();
    });
    // Meanwhile the hub goes on.
    setTimeout(() => extension.restoreContext(), 1000);
    await restored;
  });
  await expect.poll(() => states(page)).toEqual(before);
  const drawn = () => page.locator('.map').evaluate((element) =>
    (element as unknown as WithMap).map.queryRenderedFeatures({ layers: ['zone-fill', 'middle'] }).length);
  await expect.poll(drawn).toBeGreaterThan(0);
});

test('without WebGL the list is all there, and says why there is no map', async ({ city, site }, info) => {
  const { executablePath } = info.project.use.launchOptions ?? {};
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-3d-apis'] });
  try {
    city.report(CORNERS.east, 8);
    const page = await browser.newPage();
    await page.goto(site);
    await isLive(page);
    await expect(page.locator('.board-map')).toHaveAttribute('data-map', 'missing');
    await expect(page.locator('.map-missing')).toContainText('WebGL');
    await expect(row(page, CORNERS.east)).toContainText('8 persons');
    await row(page, CORNERS.east).click();
    await expect(page.getByRole('complementary', { name: 'Evidence' })).toContainText('What it rests on');
  } finally {
    await browser.close();
  }
});

test('the built-in layer brings states and counties, and nothing comes from elsewhere', async ({ guarded: page, site, city }) => {
  city.report(CORNERS.east, 8);
  await page.goto(site);
  await isDrawn(page);
  const lines = (layer: string) => page.locator('.map').evaluate((element, name) =>
    (element as unknown as WithMap).map.queryRenderedFeatures({ layers: [name] }).length, layer);
  await expect.poll(() => lines('land')).toBeGreaterThan(0);
  await expect.poll(() => lines('county-lines')).toBeGreaterThan(0);
});
