// Makes the built-in map layer of the county and state lines in us-atlas (US Census Bureau, public
// domain): the states in one file, the counties of each state in one of its own, so that a page
// loads the few it shows. Coordinates keep four decimals, about ten metres.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { feature } from 'topojson-client';

const require = createRequire(import.meta.url);
const out = join(dirname(fileURLToPath(import.meta.url)), '../src/generated/basemap');
const read = (name) => JSON.parse(readFileSync(require.resolve(`us-atlas/${name}`), 'utf8'));
const round = (value) => (Array.isArray(value) ? value.map(round) : Math.round(value * 1e4) / 1e4);

function* positions(coordinates) {
  if (typeof coordinates[0] === 'number') yield coordinates;
  else for (const part of coordinates) yield* positions(part);
}

function boxOf(geometry) {
  const box = [180, 90, -180, -90];
  for (const [longitude, latitude] of positions(geometry.coordinates)) {
    box[0] = Math.min(box[0], longitude);
    box[1] = Math.min(box[1], latitude);
    box[2] = Math.max(box[2], longitude);
    box[3] = Math.max(box[3], latitude);
  }
  return box.map((value) => Math.round(value * 1e4) / 1e4);
}

function plain({ id, properties, geometry }) {
  return {
    type: 'Feature',
    properties: { fips: id, name: properties.name, box: boxOf(geometry) },
    geometry: { type: geometry.type, coordinates: round(geometry.coordinates) },
  };
}

function write(name, features) {
  writeFileSync(join(out, `${name}.json`), JSON.stringify({ type: 'FeatureCollection', features }));
}

rmSync(out, { recursive: true, force: true });
mkdirSync(join(out, 'counties'), { recursive: true });
const states = read('states-10m.json');
write('states', feature(states, states.objects.states).features.map(plain));
const counties = read('counties-10m.json');
const byState = new Map();
for (const county of feature(counties, counties.objects.counties).features) {
  const state = county.id.slice(0, 2);
  byState.set(state, [...(byState.get(state) ?? []), plain(county)]);
}
for (const [state, features] of byState) write(`counties/${state}`, features);
