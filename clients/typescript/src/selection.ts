import { type Alert, AlertState, type Hotspot, Severity } from './generated/commonwatch/v1/hotspot_pb.js';
import { type BoundingBox } from './generated/commonwatch/v1/stream_pb.js';
import { type HotspotState } from './hotspot_state.js';

/** What a viewer wants to see of a state. The hub selects tiles; the rest is cut here. */
export interface Selection {
  /** Hotspots of no longer windows than this, in hours; undefined: of all. */
  readonly windowHoursMax?: number;
  readonly severityMin?: Severity;
  readonly box?: Pick<BoundingBox, 'south' | 'west' | 'north' | 'east'>;
}

export function selects(selection: Selection, hotspot: Hotspot): boolean {
  const { windowHoursMax, severityMin, box } = selection;
  if (windowHoursMax !== undefined && hotspot.windowHours > windowHoursMax) return false;
  if (severityMin !== undefined && hotspot.severity < severityMin) return false;
  return box === undefined || contains(box, hotspot.longitude, hotspot.latitude);
}

/** The most alarming first: severity, score, count; equal ones by id. */
export function ranked(hotspots: Iterable<Hotspot>): Hotspot[] {
  return [...hotspots].sort(
    (a, b) => b.severity - a.severity || b.scoreNats - a.scoreNats || b.count - a.count || (a.id < b.id ? -1 : 1),
  );
}

export function select(state: HotspotState, selection: Selection): Hotspot[] {
  const chosen: Hotspot[] = [];
  for (const hotspot of state.hotspots()) if (selects(selection, hotspot)) chosen.push(hotspot);
  return ranked(chosen);
}

/** Open ones: those that nobody has answered first, then the most alarming. */
export function openAlerts(state: HotspotState): Alert[] {
  const score = (alert: Alert) => alert.hotspot?.scoreNats ?? 0;
  return state.alerts()
    .filter((alert) => alert.state === AlertState.OPEN)
    .sort((a, b) => Number(b.asks) - Number(a.asks) || score(b) - score(a) || (a.id < b.id ? -1 : 1));
}

function contains(box: NonNullable<Selection['box']>, longitude: number, latitude: number): boolean {
  if (latitude < box.south || latitude > box.north) return false;
  if (box.west <= box.east) return longitude >= box.west && longitude <= box.east;
  return longitude >= box.west || longitude <= box.east;
}
