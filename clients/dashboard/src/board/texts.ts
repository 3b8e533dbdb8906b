import { PlaceTrend, Severity, ZoneKind, type Hotspot, type Zone } from '@commonwatch/client';

/** From here on the hub says no more than "over 10 years". */
const INTERVAL_DAYS_MAX = 3650;

export const SEVERITY_TEXT: Record<Severity, string> = {
  [Severity.UNSPECIFIED]: 'below note',
  [Severity.NOTE]: 'Note',
  [Severity.WATCH]: 'Watch',
  [Severity.ALERT]: 'Alert',
};

export const PLACE_TREND_TEXT: Record<PlaceTrend, string> = {
  [PlaceTrend.UNSPECIFIED]: 'too short to say',
  [PlaceTrend.NO_PATTERN]: 'no pattern',
  [PlaceTrend.NEW]: 'new',
  [PlaceTrend.CONSECUTIVE]: 'consecutive',
  [PlaceTrend.INTENSIFYING]: 'intensifying',
  [PlaceTrend.PERSISTENT]: 'persistent',
  [PlaceTrend.DIMINISHING]: 'diminishing',
  [PlaceTrend.SPORADIC]: 'sporadic',
  [PlaceTrend.OSCILLATING]: 'oscillating',
  [PlaceTrend.HISTORICAL]: 'historical',
};

/** How rarely chance alone comes so far. */
export function rarityText(days: number): string {
  if (days >= INTERVAL_DAYS_MAX) return 'by chance less than once in 10 years';
  return `by chance once in ${days < 730 ? `${Math.round(days)} days` : `${Math.round(days / 365)} years`}`;
}

/** A hotspot has at least one person; where the hub sends none, it keeps the figure back. */
export function countText(count: number): string {
  if (count === 0) return 'number withheld';
  return count === 1 ? '1 person' : `${count} persons`;
}

export function windowText(hours: number): string {
  return hours <= 48 ? `${hours} h` : `${hours / 24} days`;
}

// Made once: to make one costs as much as a hundred numbers.
const FORMATS = [0, 1, 2, 3, 4].map((maximumFractionDigits) => new Intl.NumberFormat('en-US', { maximumFractionDigits }));

export function numberText(value: number, digits: 0 | 1 | 2 | 3 | 4 = 2): string {
  return FORMATS[digits]!.format(value);
}

export function expectedText(value: number): string {
  return numberText(value, value < 1 ? 2 : 1);
}

export function coordinatesText(latitude: number, longitude: number): string {
  const part = (value: number, positive: string, negative: string) =>
    `${Math.abs(value).toFixed(3)}° ${value < 0 ? negative : positive}`;
  return `${part(latitude, 'N', 'S')}, ${part(longitude, 'E', 'W')}`;
}

const ZONE_TEXT: Record<ZoneKind, string> = {
  [ZoneKind.UNSPECIFIED]: 'zone',
  [ZoneKind.CELL]: 'cell',
  [ZoneKind.BLOCK]: 'block of 3 × 3 cells',
  [ZoneKind.AREA]: 'area',
  [ZoneKind.FACILITY]: 'facility',
};

export function zoneText(zone: Zone | undefined): string {
  return ZONE_TEXT[zone?.kind ?? ZoneKind.UNSPECIFIED];
}

/** What the hub calls a jurisdiction where no area is configured. */
const EVERYWHERE = 'all';

/** The name that the hub gives, of an area or a facility; cells have none. */
export function givenName({ zone }: Pick<Hotspot, 'zone'>): string {
  if (zone?.kind === ZoneKind.AREA && zone.name === EVERYWHERE) return 'The whole area';
  return zone?.name ?? '';
}
