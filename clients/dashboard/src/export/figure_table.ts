import {
  cellCorners, cellToken, ExpectationBand, FigureState, IntervalBand, millis, Severity, type PublishedAlert, type PublishedCount,
} from '@commonwatch/client';
import { type ShownFigures } from '../board/any_board.js';
import { periodText } from '../figures/figure_texts.js';
import { FIGURE_RAMP, NO_FIGURE } from '../map/figure_ramp.js';
import { type Table, type Value } from './table.js';

const COLUMNS = ['id', 'place', 'zone', 'latitude', 'longitude', 'shared_with', 'period_start', 'period_end', 'state',
  'persons', 'fatal', 'other', 'revision_pending', 'severity', 'interval', 'expectation'] as const;

function time(at: PublishedCount['periodStart']): string {
  return at === undefined ? '' : new Date(millis(at)).toISOString();
}

/** What is not shown is left empty: a zero would be a number. */
function valuesOf(count: PublishedCount, alert: PublishedAlert | undefined, place: string): Record<(typeof COLUMNS)[number], Value> {
  return {
    id: count.id, place, zone: cellToken(count.cell), latitude: count.latitude, longitude: count.longitude,
    shared_with: count.sharedWith, period_start: time(count.periodStart), period_end: time(count.periodEnd),
    state: FigureState[count.state].toLowerCase(),
    persons: count.state === FigureState.SHOWN ? count.persons : '', fatal: count.fatal ?? '', other: count.other ?? '',
    revision_pending: count.revisionPending,
    severity: alert === undefined ? '' : Severity[alert.severity].toLowerCase(),
    interval: alert === undefined ? '' : IntervalBand[alert.interval].toLowerCase(),
    expectation: alert === undefined ? '' : ExpectationBand[alert.expectation].toLowerCase(),
  };
}

/** One line a figure: the classes of a zone stand below each other. */
export function figureTable({ figures, nameOf }: ShownFigures): Table {
  const lines = figures.flatMap((figure) => {
    const ring = cellCorners(figure.cell);
    return figure.counts.map((count) => ({
      id: count.id,
      values: valuesOf(count, figure.alerts.find((alert) => alert.figure === count.id), nameOf(figure)),
      geometry: { type: 'Polygon' as const, coordinates: [[...ring, ring[0]!]] },
    }));
  });
  const periods = new Set(figures.map(periodText));
  const when = periods.size === 1 ? ` of ${[...periods][0]}` : '';
  return {
    subject: `${lines.length} ${lines.length === 1 ? 'figure' : 'figures'}${when}`, line: 'a figure', columns: COLUMNS, lines,
    key: [...FIGURE_RAMP, { ...NO_FIGURE.hidden, pattern: 'hidden' }, { ...NO_FIGURE.none, pattern: 'none' }],
  };
}
