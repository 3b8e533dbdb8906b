import { expect, test } from '@playwright/test';
import { ProposalKind, ZoneKind, type HotspotState } from '@commonwatch/client';
import { facilityNear } from '../src/report/facilities.js';

const JAIL = { latitude: 40.1409, longitude: -75.4046 };
const at = (latitude: number, longitude: number) => ({ latitude, longitude, accuracyM: 10 });
const state = (kind: ZoneKind, proposal = ProposalKind.PLACEHOLDER) => ({
  hotspots: () => [{ ...JAIL, zone: { kind, name: 'County jail' } }],
  proposals: () => [{ latitude: 40.2, longitude: -75.5, kind: proposal }],
}) as unknown as HotspotState;

test('a place at a facility is told by its name, and one beyond 150 m is not', () => {
  expect(facilityNear(state(ZoneKind.FACILITY), at(40.1418, -75.4046))).toBe('County jail');
  expect(facilityNear(state(ZoneKind.FACILITY), at(40.1409, -75.4064))).toBeUndefined();
  expect(facilityNear(state(ZoneKind.BLOCK), at(40.1409, -75.4046))).toBeUndefined();
});

test('what only looks like a facility counts as one, and a placeholder does not', () => {
  expect(facilityNear(state(ZoneKind.BLOCK, ProposalKind.FACILITY), at(40.2, -75.5))).toContain('looks like');
  expect(facilityNear(state(ZoneKind.BLOCK), at(40.2, -75.5))).toBeUndefined();
});
