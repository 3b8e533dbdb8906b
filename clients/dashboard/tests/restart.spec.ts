import { CORNERS, expect, isLive, row, test } from './fixtures.js';

test('a hub that is killed is said to be gone, and resumed without a reload or a gap', async ({ guarded: page, site, city }) => {
  const before = city.report(CORNERS.east, 8);
  await page.goto(site);
  await isLive(page);
  await expect(row(page, CORNERS.east)).toContainText('8 persons');
  await page.evaluate(() => Object.assign(window, { stillHere: true }));
  await city.hub.kill();
  await expect(page.locator('#status')).toHaveAttribute('data-state', /reconnecting|offline/);
  await expect(page.locator('#status')).toContainText('showing');
  await expect(row(page, CORNERS.east)).toContainText('8 persons');
  await city.hub.start();
  const after = city.report(CORNERS.east, 3);
  await isLive(page);
  await expect(row(page, CORNERS.east)).toContainText('11 persons');
  expect(await page.evaluate(() => 'stillHere' in window)).toBe(true);
  city.retract([...before, ...after]);
  await expect(row(page, CORNERS.east)).toHaveCount(0);
});

test('a hub that is not there is no quiet city', async ({ guarded: page, site, city }) => {
  await page.routeWebSocket(/stream/, (socket) => socket.close({ code: 1012 }));
  await page.goto(site);
  await expect(page.locator('.empty')).toContainText('No data');
  await expect(page.locator('#status')).toHaveAttribute('data-state', /reconnecting|offline/);
  expect(city.hub.port).toBeGreaterThan(0);
});

test('a hub that hangs, with its connections open, is not called live', async ({ guarded: page, site, city }) => {
  await page.goto(site);
  await isLive(page);
  city.hub.freeze(true);
  try {
    await expect(page.locator('#status')).toHaveAttribute('data-state', /delayed|reconnecting|offline/);
    await expect(page.locator('#status')).toHaveAttribute('data-state', /reconnecting|offline/);
    await expect(page.locator('html')).toHaveAttribute('data-freshness', /reconnecting|offline/);
  } finally {
    city.hub.freeze(false);
  }
  await isLive(page);
});

test('paused, the page says all the same that the hub is gone', async ({ guarded: page, site, city }) => {
  await page.goto(site);
  await isLive(page);
  await page.getByRole('button', { name: /Pause/ }).click();
  await expect(page.locator('#status')).toContainText('Paused');
  city.hub.freeze(true);
  try {
    await expect(page.locator('#status')).toContainText(/Paused.*(delayed|reconnecting|offline)/);
  } finally {
    city.hub.freeze(false);
  }
  await expect(page.locator('#status')).not.toContainText(/delayed|reconnecting|offline/);
});

test('a part of the page that is gone, as after an upgrade, is named, and what is shown goes on', async ({ page, site, city }) => {
  city.report(CORNERS.east, 8);
  await page.goto(site);
  await expect(row(page, CORNERS.east)).toContainText('8 persons');
  await page.route('**/replay_view*.js', (route) => route.fulfill({ status: 404 }));
  await page.getByRole('link', { name: 'Replay' }).click();
  await expect(page.getByRole('alert')).toContainText('could not be loaded');
  city.report(CORNERS.east, 2);
  await expect(row(page, CORNERS.east)).toContainText('10 persons');
  await page.unroute('**/replay_view*.js');
  await page.getByRole('button', { name: 'Reload' }).click();
  await expect(page.locator('.replay-bar')).toBeVisible();
});
