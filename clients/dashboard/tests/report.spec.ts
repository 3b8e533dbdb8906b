import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { test, expect, type Browser, type BrowserContextOptions, type Page } from '@playwright/test';
import { BINARIES, Hub, SKIP } from '../../typescript/tests/hub_process.js';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const TOKEN = 'token-of-the-outreach-lead';
const CONFIGURATION = `[hotspot]\nnull_days = 3650\n[limits]\nheartbeat_ms = 2000\n
[[partner]]\nid = "street-team"\nkind = "outreach"\nenrol = true\ntoken_sha256 = ["${createHash('sha256').update(TOKEN).digest('hex')}"]\n`;
const HERE = { latitude: 40.1152, longitude: -75.3441, accuracy: 12 };

let hub: Hub;
test.beforeAll(async () => {
  test.skip(SKIP !== undefined, SKIP);
  hub = await new Hub().start(CONFIGURATION);
  writeFileSync(join(hub.directory, 'token'), TOKEN, { mode: 0o600 });
});
test.afterAll(async () => hub?.stop());

async function code(): Promise<string> {
  const answer = await fetch(`${hub.http}/v1/enrolment-codes`, { method: 'POST', headers: { Authorization: `Bearer ${TOKEN}` }, body: '{}' });
  return ((await answer.json()) as { code: string }).code;
}

/** A phone that has just been enrolled. */
async function phone(browser: Browser, options: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser.newContext({
    viewport: { width: 390, height: 844 }, hasTouch: true, geolocation: HERE, permissions: ['geolocation'], ...options,
  });
  const page = await context.newPage();
  page.on('console', (message) => expect(message.text()).not.toMatch(/content security policy/i));
  await page.goto(`${hub.http}/#/report`);
  await page.getByLabel('Code').fill(await code());
  await page.getByRole('button', { name: 'Enrol', exact: true }).click();
  await expect(page.locator('.report-source')).toContainText('street-team/phone-');
  return page;
}

async function report(page: Page, outcome: 'Alive' | 'Died' = 'Alive', doses = '1'): Promise<void> {
  const before = await page.locator('.sent').count();
  await page.getByRole('button', { name: 'I am there' }).click();
  await expect(page.locator('.place-text')).toContainText('40.11520');
  await page.getByRole('radio', { name: outcome }).check();
  await page.getByRole('radio', { name: doses, exact: true }).check();
  await page.getByRole('button', { name: 'Report', exact: true }).click();
  await expect(page.locator('.sent')).toHaveCount(before + 1);
}

interface Replayed { readonly source: string; readonly event: { recordId: string; revision?: number; overdose?: { outcome?: string; persons: { administrations?: object[] }[] } } }

/** Everything that this phone's source holds, as the hub replays it. */
function stored(source: string): Replayed[] {
  return hub.command('replay', '--mode', 'events', '--json', '--token-file', join(hub.directory, 'token'))
    .split('\n').filter((line) => line !== '')
    .flatMap((line) => {
      const message = JSON.parse(line) as { replayPage?: { events?: Replayed[] } } & Partial<Replayed>;
      return message.replayPage?.events ?? (message.event ? [message as Replayed] : []);
    }).filter((each) => each.source === source);
}

/** As an operator does when a phone is lost. */
function revoke(source: string): void {
  const run = (...words: string[]) => {
    const done = spawnSync(join(BINARIES, 'commonwatch-hub'), ['token', ...words, '--data', join(hub.directory, 'data')], { encoding: 'utf8' });
    expect(done.status, done.stderr).toBe(0);
    return done.stdout;
  };
  const line = run('list').split('\n').find((each) => each.includes(source))!;
  run('revoke', line.trim().split(/\s+/)[0]!);
}

const sourceOf = async (page: Page) => (await page.locator('.report-source').textContent())!.replace('Reports as ', '');
const allSent = (page: Page) => expect(page.getByRole('status').filter({ hasText: 'All sent.' })).toBeVisible();

test('a report is at the hub after a few taps, with what was entered and nothing else', async ({ browser }) => {
  const page = await phone(browser);
  await report(page, 'Died', '3');
  await allSent(page);
  const [only, ...more] = stored(await sourceOf(page));
  expect(more).toEqual([]);
  expect(only!.event.overdose?.outcome).toBe('OUTCOME_FATAL');
  expect(only!.event.overdose?.persons[0]?.administrations).toHaveLength(3);
  await page.context().close();
});

test('two phones of one agency, offline the same evening: every report arrives exactly once', async ({ browser }) => {
  const phones = [await phone(browser, { serviceWorkers: 'block' }), await phone(browser, { serviceWorkers: 'block' })];
  for (const page of phones) {
    await page.context().setOffline(true);
    for (const outcome of ['Alive', 'Alive', 'Died'] as const) await report(page, outcome);
    await expect(page.locator('.sent[data-state="waits"]')).toHaveCount(3);
  }
  // The first answer to each is lost on the way back: the hub has the reports, and the phone does not know.
  for (const page of phones) {
    let lost = 0;
    await page.route(/\/v1\/events\?/, async (route) => {
      if (lost > 0) return route.continue();
      lost += 1;
      await route.fetch();
      await route.abort();
    });
    await page.context().setOffline(false);
    await expect.poll(() => lost).toBe(1);
    await page.evaluate(() => dispatchEvent(new Event('online')));
    await allSent(page);
  }
  const sources = await Promise.all(phones.map(sourceOf));
  expect(new Set(sources).size).toBe(2);
  for (const source of sources) {
    const records = stored(source).map(({ event }) => event.recordId);
    expect(records).toHaveLength(3);
    expect(new Set(records).size).toBe(3);
    const position = await fetch(`${hub.http}/v1/sources/${source}`, { headers: { Authorization: `Bearer ${TOKEN}` } });
    expect(((await position.json()) as { lastSequence: string }).lastSequence).toBe('3');
  }
  for (const page of phones) await page.context().close();
});

test('undo takes out what was not sent, and retracts what was', async ({ browser }) => {
  const page = await phone(browser, { serviceWorkers: 'block' });
  await page.context().setOffline(true);
  await report(page);
  await page.getByRole('button', { name: /Undo/ }).click();
  await expect(page.locator('.sent')).toHaveCount(0);
  await page.context().setOffline(false);
  await report(page);
  await allSent(page);
  await page.getByRole('button', { name: /Undo/ }).click();
  await expect(page.locator('.sent-state')).toHaveText('Taken back');
  const source = await sourceOf(page);
  await expect.poll(() => stored(source).map(({ event }) => event.revision ?? 0)).toEqual([0, 1]);
  expect(new Set(stored(source).map(({ event }) => event.recordId)).size).toBe(1);
  await page.context().close();
});

test('a place that is not known well waits for a tap', async ({ browser }) => {
  const page = await phone(browser, { geolocation: { ...HERE, accuracy: 400 } });
  const send = page.getByRole('button', { name: 'Report', exact: true });
  await expect(send).toBeDisabled();
  await page.getByRole('button', { name: 'I am there' }).click();
  await expect(page.locator('.place .notice')).toContainText('400 m');
  await expect(send).toBeDisabled();
  await page.getByRole('button', { name: 'Yes, it was there' }).click();
  await expect(send).toBeEnabled();
  await page.context().close();
});

test('without a hub the page opens, takes reports, and sends them when it is back', async ({ browser }) => {
  const page = await phone(browser);
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready;
    while ((await (await caches.open('commonwatch-page-1')).keys()).length < 4) await new Promise((done) => setTimeout(done, 100));
  });
  const source = await sourceOf(page);
  await hub.kill();
  await page.reload();
  await expect(page.locator('.report-source')).toContainText(source);
  await report(page);
  await expect(page.locator('.sent[data-state="waits"]')).toHaveCount(1);
  await hub.start(CONFIGURATION);
  await page.evaluate(() => dispatchEvent(new Event('online')));
  await allSent(page);
  expect(stored(source)).toHaveLength(1);
  await page.context().close();
});

test('a hub that was restored from a backup is sent again what it lost', async ({ browser }) => {
  const page = await phone(browser, { serviceWorkers: 'block' });
  const [data, backup] = [join(hub.directory, 'data'), join(hub.directory, 'backup')];
  const source = await sourceOf(page);
  await report(page);
  await allSent(page);
  await hub.kill();
  cpSync(data, backup, { recursive: true, filter: (path) => !path.endsWith('.sock') });
  await hub.start(CONFIGURATION);
  await report(page, 'Died');
  await allSent(page);
  await hub.kill();
  rmSync(data, { recursive: true });
  renameSync(backup, data);
  await hub.start(CONFIGURATION);
  expect(stored(source)).toHaveLength(1);
  await report(page, 'Alive', '4');
  await allSent(page);
  expect(new Set(stored(source).map(({ event }) => event.recordId)).size).toBe(3);
  expect(stored(source)).toHaveLength(3);
  await page.context().close();
});

test('a tap on the map of the country waits for another one', async ({ browser }) => {
  const page = await phone(browser, { permissions: [] });
  await page.getByRole('button', { name: 'Tap on the map' }).click();
  await page.locator('.place-map canvas').click();
  await expect(page.locator('.place-text')).toContainText('km');
  await expect(page.getByRole('button', { name: 'Report', exact: true })).toBeDisabled();
  await page.context().close();
});

test('the map opens where the phone is, and a tap there is a place', async ({ browser }) => {
  const page = await phone(browser);
  await page.getByRole('button', { name: 'Tap on the map' }).click();
  const canvas = page.locator('.place-map canvas');
  await expect(async () => {
    await canvas.click({ position: { x: 100, y: 100 } });
    await expect(page.locator('.place-text')).toContainText(/^40\.1\d+, -75\.3\d+, within \d\d m$/, { timeout: 1000 });
  }).toPass();
  await page.getByRole('button', { name: 'Report', exact: true }).click();
  await allSent(page);
  // The next report begins without the place of the last one.
  await expect(page.locator('.maplibregl-marker')).toHaveCount(0);
  if (process.env['SCREENSHOTS']) await page.screenshot({ path: join(process.env['SCREENSHOTS'], 'report-map.png') });
  await page.context().close();
});

test('what is kept cannot be read, and goes with the token', async ({ browser }) => {
  const page = await phone(browser, { serviceWorkers: 'block' });
  await page.context().setOffline(true);
  await report(page);
  const kept = await page.evaluate(async () => {
    const database = await new Promise<IDBDatabase>((done) => {
      const asked = indexedDB.open('commonwatch-report');
      asked.onsuccess = () => done(asked.result);
    });
    const all = (name: string) => new Promise<unknown[]>((done) => {
      const asked = database.transaction(name).objectStore(name).getAll();
      asked.onsuccess = () => done(asked.result as unknown[]);
    });
    const [key] = (await all('keys')) as CryptoKey[];
    const held = [...(await all('entries')), ...(await all('device'))] as { sealed?: ArrayBuffer; content?: { sealed: ArrayBuffer } }[];
    const bytes = held.map((each) => String.fromCharCode(...new Uint8Array((each.content ?? each as { sealed: ArrayBuffer }).sealed))).join();
    return { extractable: key!.extractable, entries: held.length, text: JSON.stringify(held) + bytes };
  });
  expect(kept.extractable).toBe(false);
  expect(kept.entries).toBe(2);
  for (const word of ['40.115', 'cw_', 'OUTCOME', 'overdose', 'latitude']) expect(kept.text).not.toContain(word);
  revoke(await sourceOf(page));
  await page.context().setOffline(false);
  await expect(page.getByRole('alert').first()).toContainText('may no longer report');
  await page.reload();
  await expect(page.getByLabel('Code')).toBeVisible();
  await page.context().close();
});

test('what was not sent for 72 hours is gone', async ({ browser }) => {
  const page = await phone(browser, { serviceWorkers: 'block' });
  await page.context().setOffline(true);
  await report(page);
  const age = (hours: number) => page.evaluate((ms) => {
    const now = Date.now.bind(Date);
    Date.now = () => now() + ms;
    dispatchEvent(new Event('online'));
  }, hours * 3_600_000);
  await age(71);
  await expect(page.locator('.sent')).toHaveCount(1);
  await age(2);
  await expect(page.locator('.sent')).toHaveCount(0);
  await page.context().close();
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`axe finds nothing, and every target is large enough for a thumb, ${colorScheme}`, async ({ browser }) => {
    const page = await phone(browser, { colorScheme, geolocation: { ...HERE, accuracy: 400 } });
    const violations = async () => {
      await page.evaluate(AXE);
      return page.evaluate(async () => {
        const { axe } = window as unknown as { axe: { run(root: Document, options: object): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> } };
        const { violations: found } = await axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] });
        return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
      });
    };
    await page.getByRole('button', { name: 'I am there' }).click();
    await page.getByRole('button', { name: 'Yes, it was there' }).click();
    await page.getByRole('button', { name: 'Report', exact: true }).click();
    await allSent(page);
    await page.getByRole('button', { name: 'I am there' }).click();
    await expect(page.locator('.place .notice')).toBeVisible();
    expect(await violations()).toEqual([]);
    for (const target of await page.locator('.report button, .segments label').filter({ visible: true }).all()) {
      expect((await target.boundingBox())!.height).toBeGreaterThanOrEqual(32);
    }
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(width).toBeLessThanOrEqual(390);
    if (process.env['SCREENSHOTS']) await page.screenshot({ path: join(process.env['SCREENSHOTS'], `report-${colorScheme}.png`), fullPage: true });
    await page.context().close();
  });
}
