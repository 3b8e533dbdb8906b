import { CORNERS, expect, isDrawn, isLive, row, test } from './fixtures.js';

test('a hotspot appears, changes, and vanishes, without a reload', async ({ guarded: page, site, city }) => {
  await page.goto(site);
  await isLive(page);
  await expect(row(page, CORNERS.east)).toHaveCount(0);
  const first = city.report(CORNERS.east, 8);
  await expect(row(page, CORNERS.east)).toContainText('8 persons');
  await expect(row(page, CORNERS.east)).toContainText('Alert');
  await expect(row(page, CORNERS.east)).toContainText('Licking, Ohio');
  const second = city.report(CORNERS.east, 4);
  await expect(row(page, CORNERS.east)).toContainText('12 persons');
  city.retract([...first, ...second]);
  await expect(row(page, CORNERS.east)).toHaveCount(0);
});

test('an alert shows its evidence, and who answered', async ({ guarded: page, site, city }) => {
  await page.goto(site);
  const names = city.report(CORNERS.south, 9);
  const alert = page.locator('.alert', { hasText: CORNERS.south.text });
  await expect(alert).toContainText('unanswered');
  await expect(page).toHaveTitle(/^\(\d+\) Live/);
  await alert.click();
  const panel = page.getByRole('complementary', { name: 'Evidence' });
  await expect(panel).toContainText('What it rests on');
  await expect(panel).toContainText('sim-ems: 9');
  await expect(panel).toContainText('a day');
  await panel.getByRole('button', { name: 'Taken' }).click();
  await expect(panel).toContainText('On disk at the hub');
  await expect(panel.getByRole('button', { name: 'Taken' })).toHaveAttribute('aria-pressed', 'true');
  await expect(alert).toContainText('taken');
  city.retract(names);
  await expect(panel).toContainText('withdrawn');
});

test('filters stand in the address, and what they hide is said', async ({ guarded: page, site, city }) => {
  city.report(CORNERS.west, 8);
  await page.goto(site);
  await expect(row(page, CORNERS.west)).toHaveCount(1);
  await page.getByRole('searchbox').fill('no such place');
  await expect(page.locator('.empty')).toContainText('Hidden by the filters');
  expect(page.url()).toContain('q=no+such+place');
  await page.reload();
  await expect(page.locator('.empty')).toContainText('Hidden by the filters');
  await page.getByRole('button', { name: 'Show all' }).click();
  await expect(row(page, CORNERS.west)).toHaveCount(1);
  await page.getByLabel('Severity').selectOption('alert');
  await expect(row(page, CORNERS.west)).toHaveCount(1);
});

test('paused, the page stays as it is and says so', async ({ guarded: page, site, city }) => {
  await page.goto(site);
  await isLive(page);
  await page.keyboard.press('p');
  await expect(page.locator('#status')).toContainText('Paused');
  city.report(CORNERS.west, 8);
  await expect.poll(() => city.shows(CORNERS.west)).toBe(true);
  await page.waitForTimeout(1500);
  await expect(row(page, CORNERS.west)).toHaveCount(0);
  await page.getByRole('button', { name: 'Go on' }).click();
  await expect(row(page, CORNERS.west)).toHaveCount(1);
  await isLive(page);
});

test('list and map choose each other, and the keyboard reaches everything', async ({ guarded: page, site, city }) => {
  city.report(CORNERS.west, 8);
  await page.goto(site);
  await isDrawn(page);
  await expect(row(page, CORNERS.west)).toHaveCount(1);
  await page.keyboard.press('j');
  await expect(page.locator('.row').first()).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('complementary', { name: 'Evidence' })).toBeVisible();
  const id = await page.locator('.row').first().getAttribute('data-id');
  const isChosen = () => page.locator('.map').evaluate((element, chosen) => {
    const { map } = element as unknown as { map: import('maplibre-gl').Map };
    return map.getFeatureState({ source: 'zones', id: chosen! })['chosen'];
  }, id);
  await expect.poll(isChosen).toBe(true);
  await page.keyboard.press('Escape');
  await expect(page.getByRole('complementary', { name: 'Evidence' })).toBeHidden();
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog')).toContainText('Keys and settings');
  await page.keyboard.press('Escape');
  await page.keyboard.press('/');
  await expect(page.getByRole('searchbox')).toBeFocused();
});
