import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { test, expect, type Page } from '@playwright/test';
import { Hub, SKIP } from '../../typescript/tests/hub_process.js';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const MONTH = '2024-03', YEAR_BEFORE = '2023-03';

interface Reported { readonly day: string; readonly outcome?: string; readonly persons?: number; readonly revision?: number; readonly retracted?: boolean }

let hub: Hub;
test.beforeAll(async () => {
  test.skip(SKIP !== undefined, SKIP);
  hub = await new Hub().start();
  publish('county-ems/cad', [
    { day: `${MONTH}-02`, outcome: 'OUTCOME_FATAL' }, { day: `${MONTH}-02`, outcome: 'OUTCOME_NONFATAL' },
    { day: `${MONTH}-15`, persons: 3 }, { day: `${MONTH}-20`, retracted: true },
    { day: '2024-02-29' }, { day: '2024-04-01' },
    { day: `${YEAR_BEFORE}-10`, outcome: 'OUTCOME_FATAL' }, { day: `${YEAR_BEFORE}-11` },
  ]);
  publish('police/desk', [{ day: `${MONTH}-15`, outcome: 'OUTCOME_NONFATAL' }]);
});
test.afterAll(async () => hub?.stop());

function publish(source: string, reports: readonly Reported[]): void {
  const location = { latitude: 40.115, longitude: -75.344, kind: 'LOCATION_KIND_SCENE' };
  const lines = reports.flatMap(({ day, outcome = 'OUTCOME_UNSPECIFIED', persons = 0, retracted }, index) => {
    const event = { recordId: `r-${index}`, occurredAt: `${day}T12:00:00Z`, location,
      overdose: { certainty: 'CERTAINTY_SUSPECTED', outcome, persons: Array.from({ length: persons }, () => ({})) } };
    // Taken back much later, so that the retraction itself is of another month.
    const back = { recordId: `r-${index}`, revision: 1, occurredAt: '2024-05-05T12:00:00Z', retraction: { reason: 'RETRACTION_REASON_DUPLICATE' } };
    return retracted === true ? [event, back] : [event];
  });
  const file = join(hub.directory, `${source.replace('/', '-')}.ndjson`);
  writeFileSync(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  hub.command('publish', '--source', source, file);
}

const cells = (page: Page, name: string) => page.getByRole('row', { name: new RegExp(`^${name}`) }).getByRole('cell').allTextContents();

async function open(page: Page, query = `month=${MONTH}`): Promise<void> {
  await page.goto(`${hub.http}/#/story?${query}`);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('March 2024');
  await expect(page.getByRole('table', { name: 'Key figures' })).toBeVisible();
}

test('a month is counted beside the year before: persons, outcomes, without what was taken back', async ({ page }) => {
  await open(page);
  expect(await cells(page, 'Overdoses reported')).toEqual(['6', '2', '+200 %']);
  expect(await cells(page, 'Fatal')).toEqual(['1', '1', '±0 %']);
  expect(await cells(page, 'Not fatal')).toEqual(['2', '0', '–']);
  expect(await cells(page, 'Outcome not stated')).toEqual(['3', '1', '+200 %']);
  expect(await cells(page, 'county-ems')).toEqual(expect.arrayContaining(['3', '5', '2 of 31']));
  expect(await cells(page, 'police')).toEqual(expect.arrayContaining(['1', '1', '1 of 31']));
});

test('rates need a population, and their absence is said', async ({ page }) => {
  await open(page);
  expect(await cells(page, 'Per 100,000')).toEqual(['–', '–', '–']);
  await expect(page.locator('.story')).toContainText('No population is stated');
  await page.getByLabel('Population').fill('200000');
  await page.getByLabel('Population').press('Tab');
  await expect.poll(() => cells(page, 'Per 100,000')).toEqual(['3', '1', '+200 %']);
  expect(page.url()).toContain('population=200000');
});

test('a month that nothing is kept of is no month without overdoses', async ({ page }) => {
  await page.goto(`${hub.http}/#/story?month=2019-01`);
  await expect(page.getByRole('table', { name: 'Key figures' })).toBeVisible();
  for (const name of ['Overdoses reported', 'Fatal', 'Alerts opened']) expect(await cells(page, name)).toEqual(['–', '–', '–']);
  await expect(page.locator('.story')).toContainText('Nothing was reported for January 2019');
});

test('who may not read reports is told so, and sees no zero', async ({ page }) => {
  const token = 'token-of-a-reader';
  const closed = await new Hub().start(`[[viewer]]\nid = "reader"\ngrants = ["subscribe"]\ntoken_sha256 = ["${createHash('sha256').update(token).digest('hex')}"]\n`);
  try {
    await page.goto(`${closed.http}/#/story?month=${MONTH}`);
    await page.getByRole('dialog').getByLabel('Token').fill(token);
    await page.getByRole('dialog').getByRole('button', { name: 'Sign in' }).click();
    await expect(page.getByRole('table', { name: 'Key figures' })).toBeVisible();
    expect(await cells(page, 'Overdoses reported')).toEqual(['–', '–', '–']);
    expect((await cells(page, 'Alerts opened')).slice(0, 2)).toEqual(['0', '0']);
    await expect(page.locator('.story')).toContainText('Reports are not shown');
  } finally {
    await closed.stop();
  }
});

for (const colorScheme of ['light', 'dark'] as const) {
  for (const width of [1100, 390]) {
    test(`axe finds nothing, ${colorScheme}, ${width} px wide`, async ({ page }) => {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 844 });
      await open(page, `month=${MONTH}&population=200000`);
      await page.evaluate(AXE);
      const found = await page.evaluate(async () => {
        const { axe } = window as unknown as { axe: { run(root: Document, options: object): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> } };
        return (await axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }))
          .violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
      });
      expect(found).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
      if (process.env['SCREENSHOTS']) await page.screenshot({ path: join(process.env['SCREENSHOTS'], `story-${colorScheme}-${width}.png`) });
    });
  }
}
