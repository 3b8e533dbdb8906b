import { fromBinary } from '@bufbuild/protobuf';
import { ServerMessageSchema, type ServerMessage } from '@commonwatch/client';
import { expect, test as base, type Browser, type Page } from '@playwright/test';
import { SKIP } from '../../typescript/tests/hub_process.js';
import { Coalition, ELSEWHERE, TODAY, tokenOf, type Viewer } from './coalition.js';
import { Site } from './site.js';

const HOUR_MS = 3_600_000;
/** Of the day before today. */
const YESTERDAY = 'Apr 10, 2026 ·';

const test = base.extend<object, { coalition: Coalition; site: Site }>({
  coalition: [async ({}, use) => {
    test.skip(SKIP !== undefined, SKIP);
    const coalition = await Coalition.start();
    await use(coalition);
    await coalition.hub.stop();
  }, { scope: 'worker', timeout: 300_000 }],
  site: [async ({ coalition }, use) => {
    const site = await Site.start(coalition.hub.port);
    await use(site);
    site.stop();
  }, { scope: 'worker' }],
});
test.describe.configure({ mode: 'serial' });

/** A page of somebody, and every message that the hub sent to it. */
async function pageOf(browser: Browser, viewer: Viewer, url: string): Promise<{ page: Page; frames: Buffer[] }> {
  const context = await browser.newContext({ timezoneId: 'UTC', viewport: { width: 1100, height: 760 } });
  await context.addInitScript((token) => sessionStorage.setItem('commonwatch.token', token), tokenOf(viewer));
  const page = await context.newPage();
  const frames: Buffer[] = [];
  page.on('websocket', (socket) => socket.on('framereceived', ({ payload }) => frames.push(Buffer.from(payload))));
  await page.goto(url);
  return { page, frames };
}

const bodies = (frames: readonly Buffer[]): ServerMessage['message'][] => frames.map((frame) => fromBinary(ServerMessageSchema, frame).message);
const rows = (page: Page) => page.locator('.row');

test('responders see hotspots, the police figures of the same reports, and neither is asked for a purpose', async ({ browser, coalition, site }) => {
  await coalition.report('county-ems', TODAY, 10);
  const desk = await pageOf(browser, 'desk', site.url);
  const police = await pageOf(browser, 'sergeant', site.url);
  await expect(desk.page.locator('.bar')).toContainText('audience: responders');
  await expect(rows(desk.page).first()).toContainText('expected');
  await expect(rows(desk.page).first()).toContainText('10 persons');
  await expect(police.page.locator('.bar')).toContainText('audience: police');
  await expect(police.page.locator('.figure-lead')).toContainText('figures, not the live picture');
  await expect(rows(police.page).first()).toContainText(YESTERDAY);
  // Today is not over: nothing of it is told, and nobody waits for it to be.
  await expect(police.page.getByLabel('Period')).toContainText('Apr 10, 2026 (newest)');
  await expect(police.page.locator('.board-list')).not.toContainText('10 persons');
  await expect(police.page.locator('.board-list')).not.toContainText('expected');
  await expect(police.page.getByRole('dialog')).toHaveCount(0);
  for (const body of bodies(police.frames)) {
    if (body.case !== 'tile' && body.case !== 'delta') continue;
    const { alerts, places, sources, comparisons, proposals } = body.value;
    const hotspots = body.case === 'tile' ? body.value.hotspots : body.value.changed;
    expect([hotspots, alerts, places, sources, comparisons, proposals].map(({ length }) => length)).toEqual([0, 0, 0, 0, 0, 0]);
  }
  await Promise.all([desk, police].map(({ page }) => page.context().close()));
});

test('a partner that shares nothing with the police changes nothing on their page, nor anything sent to it', async ({ browser, coalition, site }) => {
  const desk = await pageOf(browser, 'desk', site.url);
  const police = await pageOf(browser, 'sergeant', site.url);
  await expect(rows(police.page).first()).toContainText(YESTERDAY);
  const list = () => police.page.locator('.board-list').innerText();
  const before = await list();
  const sent = police.frames.length;
  await coalition.report('outreach', TODAY + 3 * HOUR_MS, 7);
  await expect(rows(desk.page).first()).toContainText('17 persons');
  const told = () => police.frames.slice(sent).filter((frame) => fromBinary(ServerMessageSchema, frame).message.case === 'progress').length;
  await expect.poll(told).toBeGreaterThan(1);
  expect(await list()).toBe(before);
  expect([...new Set(bodies(police.frames.slice(sent)).map((body) => body.case))]).toEqual(['progress']);
  const everything = Buffer.concat(police.frames).toString('latin1');
  for (const word of ['outreach', 'record-', 'past-']) expect(everything).not.toContain(word);
  await expect(police.page.locator('body')).not.toContainText('outreach');
  expect(Buffer.concat(desk.frames).toString('latin1')).toContain('outreach');
  await Promise.all([desk, police].map(({ page }) => page.context().close()));
});

test('when the day is over the police page shows its figure, of what is shared alone, without a reload', async ({ browser, coalition, site }) => {
  const { page } = await pageOf(browser, 'sergeant', site.url);
  await expect(page.getByLabel('Period')).toContainText('Apr 10, 2026 (newest)');
  await coalition.report('county-ems', TODAY + 20 * HOUR_MS, 1, ELSEWHERE);
  await coalition.report('county-ems', TODAY + 24 * HOUR_MS, 1);
  await expect(page.getByLabel('Period')).toContainText('Apr 11, 2026 (newest)');
  await expect(rows(page).first()).toContainText('10 persons');
  await expect(rows(page).first()).toContainText('shared with police');
  await expect(page.locator('.board-list')).not.toContainText('17 persons');
  // One person elsewhere is fewer than two, and looks like nobody.
  await expect(page.locator('.row[data-figure="hidden"]')).toHaveCount((await rows(page).count()) - 1);
  await expect(rows(page).last()).toContainText('hidden: few or none');
  await expect(page.locator('.detail', { hasText: 'Sources' })).not.toContainText('outreach');
  await page.context().close();
});

test('a replay shows the figures as they were: before the day was over, and after', async ({ browser, site }) => {
  const midnight = TODAY + 24 * HOUR_MS;
  const span = `from=${new Date(midnight - 5 * 60_000).toISOString()}&to=${new Date(midnight + 60_000).toISOString()}&speed=60`;
  const { page } = await pageOf(browser, 'sergeant', `${site.url}#/replay?${span}`);
  await expect(page.getByLabel('Period').last()).toContainText('Apr 10, 2026 (newest)');
  await expect(page.getByLabel('Period').last()).toContainText('Apr 11, 2026 (newest)');
  await expect(rows(page).first()).toContainText('10 persons');
  await expect(page.locator('.replay-bar')).toContainText('byte for byte');
  await page.context().close();
});
