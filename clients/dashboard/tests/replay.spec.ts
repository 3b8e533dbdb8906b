import { CORNERS, expect, isLive, row, test, type City } from './fixtures.js';

/** What an hour ago brought and took: the moments when it was there and when it had gone. */
async function outbreak(city: City, page: import('@playwright/test').Page): Promise<{ from: number; during: number; to: number }> {
  const from = Date.now();
  const names = city.report(CORNERS.south, 10);
  await expect(row(page, CORNERS.south)).toContainText('10 persons');
  const during = Date.now();
  await page.waitForTimeout(1500);
  city.retract(names);
  await expect(row(page, CORNERS.south)).toHaveCount(0);
  await page.waitForTimeout(1500);
  return { from, during, to: Date.now() };
}

const link = (site: string, span: { from: number; to: number }, more = '') =>
  `${site}#/replay?from=${new Date(span.from - 2000).toISOString()}&to=${new Date(span.to).toISOString()}${more}`;

test('a replay shows what was live then, though it was taken back since', async ({ guarded: page, site, city }) => {
  await page.goto(site);
  await isLive(page);
  const span = await outbreak(city, page);
  await page.goto(link(site, span, '&speed=1'));
  await expect(page.locator('#status')).toHaveAttribute('data-state', 'replay');
  await expect(row(page, CORNERS.south)).toContainText('10 persons');
  await expect(page.locator('.replay-bar')).toContainText('byte for byte');
  await expect(row(page, CORNERS.south)).toHaveCount(0);

  // Back to the moment when it was there, though the replay had ended, and paused there.
  await page.getByRole('slider').fill(String(Math.round((span.during - span.from + 2000) / 1000)));
  await expect(row(page, CORNERS.south)).toContainText('10 persons');
  await page.getByRole('button', { name: /Pause/ }).click();
  await expect(page.locator('#status')).toContainText('Replay paused');
  await page.getByRole('link', { name: 'Back to live' }).click();
  await isLive(page);
  await expect(row(page, CORNERS.south)).toHaveCount(0);
});

test('as known now, what was taken back never was', async ({ guarded: page, site, city }) => {
  await page.goto(site);
  const span = await outbreak(city, page);
  await page.goto(link(site, span, '&speed=1&known=now'));
  await expect(page.locator('#status')).toContainText('as known now');
  await expect(page.locator('.replay-bar')).toContainText('byte for byte');
  await expect(row(page, CORNERS.south)).toHaveCount(0);
});

test('two periods stand side by side, at the same pace', async ({ guarded: page, site, city }) => {
  await page.goto(site);
  const span = await outbreak(city, page);
  await page.goto(link(site, span, `&speed=0.5&compare=${new Date(span.from - 60_000).toISOString()}`));
  await expect(page.locator('.board')).toHaveCount(2);
  await expect(row(page.locator('.board').nth(0), CORNERS.south)).toHaveCount(1);
  await expect(row(page.locator('.board').nth(1), CORNERS.south)).toHaveCount(0);
});

test('an audience that the viewer may not see is refused in words', async ({ guarded: page, site }) => {
  const now = Date.now();
  await page.goto(link(site, { from: now - 60_000, to: now }, '&audience=nobody-of-that-name'));
  await expect(page.locator('.replay-bar .notice')).toBeVisible();
  await expect(page.locator('.replay-bar .notice')).toHaveAttribute('data-tone', 'bad');
});
