import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test as base, type Locator, type Page } from '@playwright/test';
import { Hub, SKIP } from '../../typescript/tests/hub_process.js';

/** A city with six weeks of past, so that what is usual is known. */
export class City {
  readonly hub: Hub;
  #reports = 0;
  readonly #standing = new Set<string>();

  private constructor(hub: Hub) {
    this.hub = hub;
  }

  static async start(): Promise<City> {
    const city = new City(await new Hub().start());
    city.hub.command('simulate', '--seed', '7', '--days', '42', '--speed', 'max', '--incidents-per-day', '30');
    await city.hub.calibrated();
    return city;
  }

  /** Overdoses of the last half hour at one corner; returns the names of the records. */
  report(corner: Corner, number: number): string[] {
    const names = Array.from({ length: number }, () => `test-${(this.#reports += 1)}`);
    for (const name of names) this.#standing.add(name);
    this.#publish(names.map((recordId, index) => ({
      recordId, occurredAt: new Date(Date.now() - (30 - index) * 60_000).toISOString(),
      location: { latitude: corner.latitude, longitude: corner.longitude, kind: 'LOCATION_KIND_SCENE' }, overdose: {},
    })));
    return names;
  }

  retract(names: readonly string[]): void {
    for (const name of names) this.#standing.delete(name);
    this.#publish(names.map((recordId) => ({
      recordId, revision: 1, occurredAt: new Date().toISOString(), retraction: { reason: 'RETRACTION_REASON_ENTERED_IN_ERROR' },
    })));
  }

  /** A test leaves the city as it found it, also when it fails. */
  clean(): void {
    if (this.#standing.size > 0) this.retract([...this.#standing]);
  }

  /** Whether the hub itself says over HTTP that there is a hotspot. */
  async shows(corner: Corner): Promise<boolean> {
    const answer = (await (await fetch(`${this.hub.http}/v1/hotspots`)).json()) as { hotspots: Corner[] };
    return answer.hotspots.some(({ latitude, longitude }) =>
      Math.abs(latitude - corner.latitude) < 0.02 && Math.abs(longitude - corner.longitude) < 0.02);
  }

  #publish(events: readonly object[]): void {
    const file = join(this.hub.directory, `events-${Date.now()}-${Math.random()}.ndjson`);
    writeFileSync(file, events.map((event) => `${JSON.stringify(event)}\n`).join(''));
    this.hub.command('publish', '--source', 'sim-ems/cad', file);
  }
}

export interface Corner {
  readonly latitude: number;
  readonly longitude: number;
  /** The middle of a cell around it, as a row shows it. */
  readonly text?: RegExp;
}
/** Apart from where the simulated city has its districts, and from each other. */
export const CORNERS = {
  east: { latitude: 39.97, longitude: -82.7, text: /39\.9[678]\d° N, 82\.(69|70|71)\d° W/ },
  south: { latitude: 39.72, longitude: -82.95, text: /39\.7[123]\d° N, 82\.9[456]\d° W/ },
  west: { latitude: 39.98, longitude: -83.32, text: /39\.9[789]\d° N, 83\.3[123]\d° W/ },
} satisfies Record<string, Corner>;

/** Everything that a page may not do: leave the site, break the policy, throw. */
function watch(page: Page, site: string): string[] {
  const faults: string[] = [];
  page.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(site) && !url.startsWith('data:') && !url.startsWith(`blob:${site}`)) faults.push(`off-site request: ${url}`);
  });
  page.on('websocket', (socket) => {
    if (!socket.url().startsWith(site.replace('http', 'ws'))) faults.push(`off-site socket: ${socket.url()}`);
  });
  page.on('pageerror', (error) => faults.push(`thrown: ${error.stack ?? error.message}`));
  page.on('console', (message) => {
    if (/content security policy/i.test(message.text())) faults.push(`policy: ${message.text()}`);
  });
  return faults;
}

export const test = base.extend<{ site: string; guarded: Page }, { city: City }>({
  city: [async ({}, use) => {
    test.skip(SKIP !== undefined, SKIP);
    const city = await City.start();
    await use(city);
    await city.hub.stop();
  }, { scope: 'worker', timeout: 180_000 }],
  site: async ({ city }, use) => {
    await use(`${city.hub.http}/`);
    city.clean();
  },
  guarded: async ({ page, site }, use) => {
    const faults = watch(page, site);
    await use(page);
    expect(faults).toEqual([]);
  },
});

export { expect };

export const row = (page: Page | Locator, corner: Required<Corner>) => page.locator('.row', { hasText: corner.text });

export async function isLive(page: Page): Promise<void> {
  await expect(page.locator('#status')).toHaveAttribute('data-state', 'live');
}

/** The map is there and has drawn. */
export async function isDrawn(page: Page): Promise<void> {
  await expect(page.locator('.board-map').first()).toHaveAttribute('data-map', 'drawn');
}
