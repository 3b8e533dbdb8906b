import { readFileSync } from 'node:fs';
import { expect, test, type Page } from '@playwright/test';
import { cellToken, ExpectationBand, FigureState, HealthState, IntervalBand, Severity } from '@commonwatch/client';
import { AXE, violations } from './axe.js';
import { figure, FigureHub, zoneCell, type Published } from './fake_figures.js';
import { isDrawn } from './fixtures.js';
import { Site } from './site.js';

/** Of compressed transfer, until the list shows. */
const LIST_BYTES_MAX = 60_000;
const TOKEN = (zone: number) => cellToken(zoneCell(zone));

const MANY = figure(0, 1, 42, { fatal: 6, other: 36 });
const STANDING: Published = {
  counts: [
    MANY, figure(1, 1, 7), figure(2, 1, undefined), figure(3, 1, undefined, { state: FigureState.NO_DATA }),
    figure(0, 2, 5, { revisionPending: false }), figure(1, 2, undefined), figure(2, 2, 9), figure(3, 2, 12),
  ],
  alerts: [{
    id: `alert:${MANY.id}`, figure: MANY.id, cell: MANY.cell, persons: 42, severity: Severity.ALERT,
    interval: IntervalBand.INTERVAL_BAND_1_YEAR, expectation: ExpectationBand.FROM_K,
  }],
  health: [
    { id: 'health:', name: '', state: HealthState.ON_TIME, sources: 7 },
    { id: 'health:county-ems/cad', name: 'county-ems/cad', state: HealthState.SILENT, sources: 1 },
  ],
};

const row = (page: Page, zone: number) => page.locator(`.row[data-zone="${TOKEN(zone)}"]`);

async function withHub(standing: Published, run: (hub: FigureHub, url: string) => Promise<void>): Promise<void> {
  const hub = await FigureHub.start('police', standing);
  const site = await Site.start(hub.port);
  try {
    await run(hub, site.url);
  } finally {
    site.stop();
    hub.stop();
  }
}

test('a figure says persons, outcomes, alert and class; hidden and no data are no numbers', async ({ page }) => {
  await withHub(STANDING, async (_, url) => {
    await page.goto(url);
    await expect(page.locator('.row')).toHaveCount(4);
    await expect(page.locator('.row').first()).toContainText('42 persons, 6 fatal, 36 other');
    await expect(row(page, 0)).toContainText('by chance at most once a year, k or more expected');
    await expect(row(page, 0)).toContainText('Alert');
    await expect(row(page, 0)).toContainText('shared with police');
    await expect(row(page, 0)).toContainText('Franklin, Ohio');
    await expect(row(page, 0)).toContainText('may still be revised');
    await expect(row(page, 2)).toContainText('hidden: few or none');
    await expect(row(page, 3)).toContainText('no data: nobody delivered');
    for (const zone of [2, 3]) await expect(row(page, zone)).not.toContainText('person');
    await expect(page.locator('h2', { hasText: 'Figures: 2 of 4 zones with a number' })).toBeVisible();
    await expect(page.locator('.bar')).toContainText('audience: police');
    await expect(page.locator('#status')).toHaveAttribute('data-state', 'figures');
    await expect(page.locator('#status')).toContainText('not live');
    await expect(page).toHaveTitle('Figures · Commonwatch');
    await expect(page.getByLabel('Severity')).toBeHidden();
  });
});

test('classes of partners stand beside each other', async ({ page }) => {
  const counts = [figure(0, 1, 12), figure(0, 1, undefined, { sharedWith: 'public' }), figure(1, 1, 5), figure(1, 1, 6, { sharedWith: 'public' })];
  await withHub({ counts }, async (_, url) => {
    await page.goto(url);
    await expect(page.locator('.row')).toHaveCount(2);
    await expect(row(page, 0)).toContainText('shared with police: 12 persons · shared with public: hidden: few or none');
    await expect(row(page, 1)).toContainText('11 persons');
  });
});

test('period and zone stand in the address, and the map chooses the zone', async ({ page }) => {
  await withHub(STANDING, async (_, url) => {
    await page.goto(url);
    await isDrawn(page);
    await page.getByLabel('Period').selectOption({ index: 1 });
    await expect(row(page, 0)).toContainText('5 persons');
    await expect(row(page, 0)).toContainText('final');
    await page.reload();
    await expect(row(page, 3)).toContainText('12 persons');
    await isDrawn(page);
    const drawn = () => page.locator('.map').evaluate((element) =>
      new Set((element as unknown as { map: import('maplibre-gl').Map }).map.queryRenderedFeatures({ layers: ['figure-shown', 'figure-hidden'] })
        .map(({ properties }) => properties['id'] as string)).size);
    await expect.poll(drawn).toBe(4);
    const { longitude, latitude } = figure(3, 2, 12);
    const at = await page.locator('.map').evaluate((element, middle) =>
      (element as unknown as { map: import('maplibre-gl').Map }).map.project(middle), [longitude, latitude] as [number, number]);
    await page.locator('.map canvas').click({ position: { x: at.x, y: at.y } });
    await expect(page.locator('.row')).toHaveCount(2);
    await expect(page.locator('.row').first()).toContainText('no data: nobody delivered');
    await expect(page.locator('.row[aria-current]')).toContainText('12 persons');
    expect(page.url()).toContain(`zone=${TOKEN(3)}`);
    await page.reload();
    await expect(page.locator('.row')).toHaveCount(2);
    await page.getByRole('button', { name: 'All zones' }).click();
    await expect(page.locator('.row')).toHaveCount(4);
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await expect(page.locator('.row')).toHaveCount(2);
    await page.keyboard.press('Escape');
    await expect(page.locator('.row')).toHaveCount(4);
  });
});

test('what is decided next comes without a reload, and what is forgotten goes', async ({ page }) => {
  await withHub(STANDING, async (hub, url) => {
    await page.goto(url);
    await expect(row(page, 1)).toContainText('7 persons');
    hub.publish({ counts: [figure(1, 1, 19), figure(1, 0, 3)], removed: [MANY.id, `alert:${MANY.id}`] });
    await expect(page.locator('.row')).toHaveCount(1);
    await expect(row(page, 1)).toContainText('3 persons');
    await page.getByLabel('Period').selectOption({ index: 1 });
    await expect(row(page, 1)).toContainText('19 persons');
    await expect(row(page, 0)).toHaveCount(0);
    await page.keyboard.press('p');
    hub.publish({ counts: [figure(1, 1, 30)] });
    await page.waitForTimeout(1000);
    await expect(row(page, 1)).toContainText('19 persons');
    await page.getByRole('button', { name: 'Go on' }).click();
    await expect(row(page, 1)).toContainText('30 persons');
  });
});

test('on the map what is shown, hidden and without data are drawn in ways of their own', async ({ page }) => {
  await withHub(STANDING, async (_, url) => {
    await page.goto(url);
    await isDrawn(page);
    const kinds = () => page.locator('.map').evaluate((element) => {
      const { map } = element as unknown as { map: import('maplibre-gl').Map };
      const of = (layer: string) => [...new Set(map.queryRenderedFeatures({ layers: [layer] }).map(({ properties }) => properties['id'] as string))].sort();
      return [of('figure-shown'), of('figure-hidden'), of('figure-none')];
    });
    await expect.poll(kinds).toEqual([[TOKEN(0), TOKEN(1)].sort(), [TOKEN(2)], [TOKEN(3)]]);
    const inks = () => page.locator('.map').evaluate((element) => {
      const { map } = element as unknown as { map: import('maplibre-gl').Map };
      return ['hidden', 'none'].map((name) => [...(map.getImage(name)?.data.data ?? [])].join());
    });
    const [hidden, none] = await inks();
    expect(hidden).not.toBe(none);
    await page.emulateMedia({ colorScheme: 'dark' });
    await expect.poll(async () => (await inks())[0]).not.toBe(hidden);
    await expect.poll(kinds).toEqual([[TOKEN(0), TOKEN(1)].sort(), [TOKEN(2)], [TOKEN(3)]]);
    await expect(page.locator('.legend')).toContainText('no data: nobody delivered');
  });
});

test('on a phone a tap on a zone of the map shows what is known of it', async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await withHub(STANDING, async (_, url) => {
    await page.goto(url);
    await isDrawn(page);
    await page.getByRole('button', { name: 'Map' }).click();
    const { longitude, latitude } = MANY;
    const drawn = () => page.locator('.map').evaluate((element) =>
      (element as unknown as { map: import('maplibre-gl').Map }).map.queryRenderedFeatures({ layers: ['figure-shown'] }).length);
    await expect.poll(drawn).toBeGreaterThan(0);
    const at = await page.locator('.map').evaluate((element, middle) =>
      (element as unknown as { map: import('maplibre-gl').Map }).map.project(middle), [longitude, latitude] as [number, number]);
    await page.locator('.map canvas').click({ position: { x: at.x, y: at.y } });
    await expect(page.locator('.row[aria-current]')).toContainText('42 persons');
    await expect(page.locator('.row[aria-current]')).toBeVisible();
  });
});

test('the health of sources is told in bands', async ({ page }) => {
  await withHub(STANDING, async (_, url) => {
    await page.goto(url);
    const sources = page.locator('.detail', { hasText: 'Sources' });
    await expect(sources).toContainText('county-ems/cad silent; 1 more');
    await sources.locator('summary').click();
    await expect(sources.getByRole('row', { name: /small sources of all partners/ })).toContainText('7 sources');
  });
});

test('before the first period is decided nothing is said of the city, and no number stands there', async ({ page }) => {
  await withHub({ counts: [] }, async (hub, url) => {
    await page.goto(url);
    await expect(page.locator('.empty')).toContainText('The audience police is shown nothing yet');
    await expect(page.locator('.empty')).toContainText('when a whole period is over');
    await expect(page.locator('.empty')).toHaveAttribute('data-tone', 'bad');
    hub.publish({ counts: [figure(0, 1, undefined)] });
    await expect(row(page, 0)).toContainText('hidden: few or none');
    hub.publish({ counts: [], removed: [figure(0, 1, undefined).id] });
    await expect(page.locator('.empty')).toContainText('No figures yet');
  });
});

test('figures are saved as they are shown, with nothing where there is no number', async ({ page }) => {
  await withHub(STANDING, async (_, url) => {
    await page.goto(url);
    await isDrawn(page);
    await expect(page.locator('.row')).toHaveCount(4);
    await page.keyboard.press('e');
    await expect(page.getByRole('dialog')).toContainText('4 figures');
    const save = async (name: RegExp): Promise<Buffer> => {
      const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('dialog').getByRole('button', { name }).click()]);
      return readFileSync(await download.path());
    };
    const geojson = JSON.parse((await save(/GeoJSON/)).toString()) as { features: { geometry: { type: string }; properties: Record<string, unknown> }[] };
    expect(geojson.features.map(({ properties }) => properties['persons'])).toEqual([42, 7, '', '']);
    expect(geojson.features.map(({ properties }) => properties['state'])).toEqual(['shown', 'shown', 'hidden', 'no_data']);
    expect(geojson.features[0]!.geometry.type).toBe('Polygon');
    const lines = (await save(/CSV/)).toString().trim().split('\r\n');
    expect(lines).toHaveLength(5);
    expect(lines[1]).toContain('42,6,36,true,alert,interval_band_1_year,from_k');
    expect(lines[3]).toContain('hidden,,,,true');
    const image = await save(/Image/);
    expect(image.subarray(1, 4).toString()).toBe('PNG');
    await page.keyboard.press('Escape');
    await page.emulateMedia({ media: 'print' });
    await expect(page.locator('.on-paper')).toContainText('figures for the audience police');
    await expect(row(page, 0)).toBeVisible();
  });
});

for (const colorScheme of ['light', 'dark'] as const) {
  for (const width of [1100, 390]) {
    test(`axe finds nothing in figures, ${colorScheme}, ${width} px wide`, async ({ page }) => {
      await page.addInitScript(AXE);
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 800 });
      await withHub(STANDING, async (_, url) => {
        await page.goto(url);
        await isDrawn(page);
        await expect(page.locator('.row')).toHaveCount(4);
        await page.locator('.detail summary').click();
        expect(await violations(page), 'all zones').toEqual([]);
        await page.locator('.row').first().click();
        await expect(page.locator('.row')).toHaveCount(2);
        expect(await violations(page), 'one zone').toEqual([]);
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
      });
    });
  }
}

test('figures are listed before the map is asked for, with less than 60 kB', async ({ page }) => {
  await withHub(STANDING, async (_, url) => {
    await page.addInitScript(() => {
      new MutationObserver((_, observer) => {
        if (document.querySelector('.row') === null) return;
        observer.disconnect();
        Object.assign(window, { listAt: performance.now() });
      }).observe(document, { childList: true, subtree: true });
    });
    await page.goto(url);
    await isDrawn(page);
    const before = await page.evaluate(() => {
      const { listAt } = window as unknown as { listAt: number };
      const entries = [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')] as PerformanceResourceTiming[];
      return entries.filter(({ startTime }) => startTime <= listAt).map(({ name, transferSize }) => ({ name, transferSize }));
    });
    const bytes = before.reduce((sum, { transferSize }) => sum + transferSize, 0);
    console.log(`until figures show: ${bytes} bytes in ${before.length} responses`);
    expect(before.filter(({ name }) => name.includes('_map'))).toEqual([]);
    expect(bytes).toBeGreaterThan(10_000);
    expect(bytes).toBeLessThan(LIST_BYTES_MAX);
  });
});
