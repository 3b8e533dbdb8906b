import assert from 'node:assert/strict';
import { test } from 'node:test';
import { s2 } from 's2js';
import { blockRings, cellCorners, cellLevel, cellOfToken, cellToken, type Degrees } from '../src/index.js';

const SEED = Number(process.env['SEED'] ?? 1);

/** Numbers from 0 to 1, from a seed. */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) / 4294967296;
  };
}

function randomCell(random: () => number, level: number): bigint {
  const latitude = (Math.asin(2 * random() - 1) * 180) / Math.PI;
  const point = s2.LatLng.fromDegrees(latitude, 360 * random() - 180);
  return s2.cellid.parent(s2.cellid.fromLatLng(point), level);
}

function oracleCorners(id: bigint): Degrees[] {
  const cell = s2.Cell.fromCellID(id);
  return [0, 1, 2, 3].map((corner) => {
    const { lat, lng } = s2.LatLng.fromPoint(cell.vertex(corner));
    return [(lng * 180) / Math.PI, (lat * 180) / Math.PI];
  });
}

function assertNear(actual: Degrees[], expected: Degrees[], what: string): void {
  assert.equal(actual.length, expected.length, what);
  actual.forEach(([longitude, latitude], corner) => {
    const [x, y] = expected[corner]!;
    const apart = Math.abs(((longitude - x + 540) % 360) - 180);
    assert.ok(apart < 1e-9 || Math.abs(y) > 89.9999, `${what}: longitude ${longitude} is not ${x}`);
    assert.ok(Math.abs(latitude - y) < 1e-9, `${what}: latitude ${latitude} is not ${y}`);
  });
}

test('corners of random cells of every level agree with the S2 library', () => {
  const random = randomFrom(SEED);
  for (let round = 0; round < 6000; round += 1) {
    const id = randomCell(random, round % 31);
    const what = `seed ${SEED}, cell ${cellToken(id)}`;
    assert.equal(cellLevel(id), round % 31, what);
    assertNear(cellCorners(id), oracleCorners(id), what);
  }
});

test('a token names its cell', () => {
  const random = randomFrom(SEED);
  for (let round = 0; round < 1000; round += 1) {
    const id = randomCell(random, round % 31);
    assert.equal(cellToken(id), s2.cellid.toToken(id));
    assert.equal(cellOfToken(cellToken(id)), id);
  }
});

test('a block covers its cell and the neighbours that the S2 library names', () => {
  const random = randomFrom(SEED);
  let split = 0;
  for (let round = 0; round < 3000; round += 1) {
    const level = 2 + (round % 16);
    const id = randomCell(random, level);
    // At a corner of the cube three cells meet, and the library names one of them twice.
    const expected = [...new Set([id, ...s2.cellid.allNeighbors(id, level)])];
    const rings = blockRings(id);
    const what = `seed ${SEED}, block around ${cellToken(id)}`;
    if (rings.length === 1) {
      const corners = new Set(expected.flatMap((cell) => oracleCorners(cell)).map(key));
      for (const corner of rings[0]!) assert.ok(corners.has(key(corner)), what);
      continue;
    }
    split += 1;
    const middles = new Set(expected.map((cell) => oracleCorners(cell).map(key).sort().join()));
    assert.equal(rings.length, expected.length, what);
    for (const ring of rings) assert.ok(middles.has(ring.map(key).sort().join()), what);
  }
  assert.ok(split > 20, `blocks across an edge of the cube were among them: ${split}`);
});

function key([longitude, latitude]: Degrees): string {
  const turned = (((longitude % 360) + 540) % 360) - 180;
  return `${turned.toFixed(7)},${latitude.toFixed(7)}`.replaceAll('-180.0000000', '180.0000000').replaceAll('-0.0000000', '0.0000000');
}
