import { millis, Severity, type Hotspot } from '@commonwatch/client';
import { type ShownHotspots } from '../board/any_board.js';
import { zonePolygons } from '../map/cells.js';
import { RAMP } from '../map/ramp.js';
import { type Table, type Value } from './table.js';

const COLUMNS = ['id', 'place', 'latitude', 'longitude', 'severity', 'window_hours', 'count', 'fatal', 'expected',
  'score_nats', 'interval_days', 'last_occurred_at', 'exposure_days', 'provisional'] as const;

function valuesOf(hotspot: Hotspot, place: string): Record<(typeof COLUMNS)[number], Value> {
  return {
    id: hotspot.id, place, latitude: hotspot.latitude, longitude: hotspot.longitude,
    severity: Severity[hotspot.severity].toLowerCase(), window_hours: hotspot.windowHours, count: hotspot.count,
    fatal: hotspot.fatal, expected: hotspot.expected, score_nats: hotspot.scoreNats, interval_days: hotspot.intervalDays,
    last_occurred_at: hotspot.lastOccurredAt === undefined ? '' : new Date(millis(hotspot.lastOccurredAt)).toISOString(),
    exposure_days: hotspot.exposureDays, provisional: hotspot.provisional,
  };
}

export function hotspotTable({ hotspots, nameOf }: ShownHotspots): Table {
  return {
    subject: `${hotspots.length} hotspots`, line: 'a hotspot', columns: COLUMNS, key: RAMP.slice(1),
    lines: hotspots.map((hotspot) => {
      const coordinates = zonePolygons(hotspot);
      return {
        id: hotspot.id, values: valuesOf(hotspot, nameOf(hotspot)),
        geometry: coordinates.length > 0 ? { type: 'MultiPolygon', coordinates }
          : { type: 'Point', coordinates: [hotspot.longitude, hotspot.latitude] },
      };
    }),
  };
}
