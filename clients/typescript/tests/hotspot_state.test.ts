import assert from 'node:assert/strict';
import { test } from 'node:test';
import { create, type MessageInitShape } from '@bufbuild/protobuf';
import {
  FigureState, HealthState, HotspotState, select, ServerMessageSchema, Severity, type Applied,
} from '../src/index.js';

type Body = NonNullable<MessageInitShape<typeof ServerMessageSchema>['message']>;

function apply(state: HotspotState, body: Body): Applied {
  return state.apply(create(ServerMessageSchema, { message: body }).message);
}

const snapshot = (version: bigint): Body => ({ case: 'snapshot', value: { position: { engineEpoch: 1n, version } } });
const tile = (version: bigint, ...ids: string[]): Body =>
  ({ case: 'tile', value: { tile: 5n, version, hotspots: ids.map((id) => ({ id, count: 3 })) } });
const progress = (version: bigint): Body =>
  ({ case: 'progress', value: { position: { engineEpoch: 1n, version }, asOf: { seconds: version } } });
const delta = (version: bigint, previous: bigint, changed: string[], removed: string[] = []): Body =>
  ({ case: 'delta', value: { tile: 5n, version, previous, changed: changed.map((id) => ({ id, count: 9 })), removed } });

function ids(state: HotspotState): string[] {
  return [...state.hotspots()].map(({ id }) => id).sort();
}

function started(): HotspotState {
  const state = new HotspotState();
  for (const body of [snapshot(10n), tile(8n, 'a', 'b'), progress(10n)]) apply(state, body);
  return state;
}

test('a snapshot is shown when it is whole, and not before', () => {
  const state = started();
  apply(state, snapshot(20n));
  apply(state, tile(19n, 'c'));
  assert.deepEqual(ids(state), ['a', 'b']);
  const applied = apply(state, progress(20n));
  assert.deepEqual(ids(state), ['c']);
  assert.ok(applied.kind === 'settled' && applied.change.whole);
});

test('half a snapshot is dropped with the connection, and the position stays', () => {
  const state = started();
  apply(state, snapshot(20n));
  apply(state, tile(19n, 'c'));
  state.dropIncoming();
  apply(state, delta(11n, 8n, ['d']));
  apply(state, progress(11n));
  assert.deepEqual(ids(state), ['a', 'b', 'd']);
  assert.equal(state.position?.version, 11n);
});

test('a delta replaces what it names and takes away what it removes; the change says which', () => {
  const state = started();
  apply(state, delta(12n, 8n, ['b', 'c'], ['a']));
  const applied = apply(state, progress(12n));
  assert.deepEqual(ids(state), ['b', 'c']);
  assert.equal(state.hotspot('b')?.count, 9);
  assert.ok(applied.kind === 'settled');
  assert.deepEqual([...applied.change.changed.keys()].sort(), ['b', 'c']);
  assert.deepEqual([...applied.change.removed], ['a']);
  assert.equal(applied.change.whole, false);
});

test('figures, their alerts and banded health are kept by id, replaced whole and taken away', () => {
  const state = new HotspotState();
  const count = (id: string, persons: number) => ({ id, persons, state: FigureState.SHOWN });
  apply(state, snapshot(10n));
  apply(state, { case: 'tile', value: { tile: 5n, version: 8n, publishedCounts: [count('c/1', 5), count('c/2', 7)], publishedAlerts: [{ id: 'alert:c/1' }, { id: 'alert:c/2' }] } });
  apply(state, { case: 'tile', value: { tile: 0n, version: 8n, bandedHealth: [{ id: 'health:', state: HealthState.ON_TIME }, { id: 'health:ems' }] } });
  apply(state, progress(10n));
  assert.deepEqual(state.publishedCounts().map(({ id, persons }) => [id, persons]), [['c/1', 5], ['c/2', 7]]);
  assert.ok(state.isOfFigures);
  assert.ok(!started().isOfFigures);
  apply(state, { case: 'delta', value: { tile: 5n, version: 12n, previous: 8n, publishedCounts: [count('c/2', 12), count('c/3', 9)], publishedAlerts: [{ id: 'alert:c/3' }], removed: ['c/1', 'alert:c/1'] } });
  apply(state, { case: 'delta', value: { tile: 0n, version: 12n, previous: 8n, bandedHealth: [{ id: 'health:', state: HealthState.SILENT }], removed: ['health:ems'] } });
  apply(state, progress(12n));
  assert.deepEqual(state.publishedCounts().map(({ id, persons }) => [id, persons]), [['c/2', 12], ['c/3', 9]]);
  assert.deepEqual(state.publishedAlerts().map(({ id }) => id), ['alert:c/2', 'alert:c/3']);
  assert.deepEqual(state.bandedHealth().map(({ id, state: band }) => [id, band]), [['health:', HealthState.SILENT]]);
  assert.deepEqual(ids(state), []);
});

test('a delta on a version that is not held is noticed', () => {
  const state = started();
  assert.equal(apply(state, delta(15n, 13n, ['c'])).kind, 'missed');
  assert.deepEqual(ids(state), ['a', 'b']);
});

test('deltas that come again after a break change nothing more', () => {
  const state = started();
  apply(state, delta(12n, 8n, ['c'], ['a']));
  apply(state, delta(12n, 8n, ['c'], ['a']));
  apply(state, progress(12n));
  assert.deepEqual(ids(state), ['b', 'c']);
});

test('a selection cuts windows, severity and box, and ranks what is left', () => {
  const state = new HotspotState();
  const hotspots = [
    { id: 'note', severity: Severity.NOTE, scoreNats: 9, windowHours: 6, latitude: 40, longitude: -75 },
    { id: 'watch', severity: Severity.WATCH, scoreNats: 5, windowHours: 24, latitude: 40, longitude: -75 },
    { id: 'alert', severity: Severity.ALERT, scoreNats: 4, windowHours: 168, latitude: 41, longitude: 179.5 },
  ];
  apply(state, snapshot(1n));
  apply(state, { case: 'tile', value: { tile: 5n, version: 1n, hotspots } });
  apply(state, progress(1n));
  const chosen = (selection: Parameters<typeof select>[1]) => select(state, selection).map(({ id }) => id);
  assert.deepEqual(chosen({}), ['alert', 'watch', 'note']);
  assert.deepEqual(chosen({ windowHoursMax: 24 }), ['watch', 'note']);
  assert.deepEqual(chosen({ severityMin: Severity.WATCH }), ['alert', 'watch']);
  assert.deepEqual(chosen({ box: { south: 39, west: -76, north: 42, east: -74 } }), ['watch', 'note']);
  assert.deepEqual(chosen({ box: { south: 39, west: 170, north: 42, east: -170 } }), ['alert']);
});
