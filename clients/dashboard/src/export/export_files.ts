import { millis, Severity, type Hotspot } from '@commonwatch/client';
import { zonePolygons } from '../map/cells.js';
import { type Board } from '../board/board.js';

export interface Shown {
  readonly board: Board;
  /** `Live`, `Replay`. */
  readonly title: string;
  /** The moment that is shown. */
  readonly at: number | undefined;
}

const COLUMNS = ['id', 'place', 'latitude', 'longitude', 'severity', 'window_hours', 'count', 'fatal', 'expected',
  'score_nats', 'interval_days', 'last_occurred_at', 'exposure_days', 'provisional'] as const;
type Row = Record<(typeof COLUMNS)[number], string | number | boolean>;

function rowOf(hotspot: Hotspot, place: string): Row {
  return {
    id: hotspot.id, place, latitude: hotspot.latitude, longitude: hotspot.longitude,
    severity: Severity[hotspot.severity].toLowerCase(), window_hours: hotspot.windowHours, count: hotspot.count,
    fatal: hotspot.fatal, expected: hotspot.expected, score_nats: hotspot.scoreNats, interval_days: hotspot.intervalDays,
    last_occurred_at: hotspot.lastOccurredAt === undefined ? '' : new Date(millis(hotspot.lastOccurredAt)).toISOString(),
    exposure_days: hotspot.exposureDays, provisional: hotspot.provisional,
  };
}

/** An RFC 7946 FeatureCollection of what is listed, with the moment and the link that shows the same. */
export function geojsonOf({ board, title, at }: Shown): string {
  const { hotspots, nameOf } = board.shown;
  const features = hotspots.map((hotspot) => {
    const coordinates = zonePolygons(hotspot);
    const geometry = coordinates.length > 0 ? { type: 'MultiPolygon', coordinates }
      : { type: 'Point', coordinates: [hotspot.longitude, hotspot.latitude] };
    return { type: 'Feature', id: hotspot.id, properties: rowOf(hotspot, nameOf(hotspot)), geometry };
  });
  const asOf = at === undefined ? null : new Date(at).toISOString();
  return JSON.stringify({ type: 'FeatureCollection', title, as_of: asOf, link: location.href, features }, undefined, 1);
}

/** RFC 4180, a header first. */
export function csvOf({ board }: Shown): string {
  const { hotspots, nameOf } = board.shown;
  const rows = hotspots.map((hotspot) => {
    const row = rowOf(hotspot, nameOf(hotspot));
    return COLUMNS.map((column) => csvCell(row[column]));
  });
  return [COLUMNS, ...rows].map((cells) => cells.join(',')).join('\r\n') + '\r\n';
}

/** Quoted where it must be. What begins like a formula is kept from being one in a spreadsheet. */
export function csvCell(value: string | number | boolean): string {
  if (typeof value !== 'string') return String(value);
  const harmless = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
