// A hub under agreements: the police are shown figures of one partner, responders the hotspots of two.
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Hub } from '../../typescript/tests/hub_process.js';

const DAY_MS = 86_400_000;
/** So many are needed until something can be unusual, and some more. */
const DAYS = 40;
const CITY = { south: 39.8, north: 40.12, west: -83.2, east: -82.76 };
const GRID = 0.02;

export const FIRST_DAY = Date.parse('2026-03-02T00:00:00Z');
/** The first day behind the past. */
export const TODAY = FIRST_DAY + DAYS * DAY_MS;
export const CORNER = { latitude: 39.96, longitude: -83.0 };
export const ELSEWHERE = { latitude: 39.9, longitude: -82.85 };

export type Partner = 'county-ems' | 'outreach';
export type Viewer = 'desk' | 'sergeant';
export const tokenOf = (id: Partner | Viewer): string => `token-of-${id}`;

const FIELDS = 'fields = ["occurred_at", "location", "overdose.persons"]';

function agreement(partner: Partner, ...audiences: string[]): string {
  const shares = audiences.map((audience) => `[[share]]\npartner = "${partner}"\naudience = "${audience}"\n${FIELDS}\npurposes = ["response"]\n`);
  return `[[agreement]]\npartner = "${partner}"\nsince = "2026-01-01T00:00:00Z"\nlegal_basis = "mou"\n${shares.join('')}`;
}

function account(kind: 'partner' | 'viewer', id: Partner | Viewer, audience: string): string {
  const hash = createHash('sha256').update(tokenOf(id)).digest('hex');
  return `[[${kind}]]\nid = "${id}"\naudience = "${audience}"\npurpose = "response"\ntoken_sha256 = ["${hash}"]\n`;
}

const CONFIGURATION = `
[hub]
clock = "events"
tick_ms = 60000
[hotspot]
null_days = 3650
[limits]
heartbeat_ms = 2000
[publication]
population = "population.csv"
coarsest_level = 9
settle_s = 0
revision_periods = 2
renewal_periods = 0
[[audience]]
id = "police"
content = "figures"
k = 2
population_floor = 1000
cell_level = 11
period_days = 1
[[audience]]
id = "responders"
content = "hotspots"
${agreement('county-ems', 'police', 'responders')}${agreement('outreach', 'responders')}
${account('partner', 'county-ems', 'responders')}${account('partner', 'outreach', 'responders')}
${account('viewer', 'desk', 'responders')}${account('viewer', 'sergeant', 'police')}`;

function population(): string {
  const lines = ['latitude,longitude,persons'];
  for (let latitude = CITY.south; latitude < CITY.north; latitude += GRID) {
    for (let longitude = CITY.west; longitude < CITY.east; longitude += GRID) lines.push(`${latitude.toFixed(3)},${longitude.toFixed(3)},400`);
  }
  return `${lines.join('\n')}\n`;
}

export class Coalition {
  readonly hub = new Hub();
  #reports = 0;

  /** With a past behind it, of both partners: what a source without one brings is not counted yet. */
  static async start(): Promise<Coalition> {
    const coalition = new Coalition();
    writeFileSync(join(coalition.hub.directory, 'population.csv'), population());
    await coalition.hub.start(CONFIGURATION);
    for (let day = 0; day < DAYS; day += 1) {
      await coalition.#publish('county-ems', coalition.#past(day, 12));
      await coalition.#publish('outreach', coalition.#past(day, 4));
    }
    return coalition;
  }

  /** A day's reports, all over the city. */
  #past(day: number, number: number): object[] {
    return Array.from({ length: number }, (_, index) => {
      const at = day * number + index;
      return this.#event('past', FIRST_DAY + (at * DAY_MS) / number, {
        latitude: CITY.south + 0.05 + ((at * 37) % 100) / 400, longitude: CITY.west + 0.05 + ((at * 61) % 100) / 300,
      });
    });
  }

  /** So many overdoses in one place, a minute apart from `at` on. */
  async report(partner: Partner, at: number, number: number, place = CORNER): Promise<void> {
    await this.#publish(partner, Array.from({ length: number }, (_, index) => this.#event(`${partner}-record`, at + index * 60_000, place)));
  }

  #event(name: string, at: number, { latitude, longitude }: typeof CORNER): object {
    this.#reports += 1;
    return {
      recordId: `${name}-${this.#reports}`, occurredAt: new Date(at).toISOString(),
      location: { latitude, longitude, kind: 'LOCATION_KIND_SCENE' }, overdose: {},
    };
  }

  async #publish(partner: Partner, events: readonly object[]): Promise<void> {
    const answer = await fetch(`${this.hub.http}/v1/events?source=${partner}/cad`, {
      method: 'POST', headers: { Authorization: `Bearer ${tokenOf(partner)}`, 'Content-Type': 'application/x-ndjson' },
      body: events.map((event) => JSON.stringify(event)).join('\n'),
    });
    const said = (await answer.json()) as { stored?: number };
    if (said.stored !== events.length) throw new Error(`${partner}: ${answer.status} ${JSON.stringify(said)}`);
  }
}
