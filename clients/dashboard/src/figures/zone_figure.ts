import { cellToken, FigureState, millis, type PublishedAlert, type PublishedCount } from '@commonwatch/client';

/** The figures of one zone and period, of every class of partners beside each other. */
export interface ZoneFigure {
  /** `TOKEN@START`. */
  readonly id: string;
  readonly token: string;
  readonly cell: bigint;
  readonly latitude: number;
  readonly longitude: number;
  /** Milliseconds since 1970; the end is not included. */
  readonly start: number;
  readonly end: number;
  /** Shown where any of them is; no data where none of them has any. */
  readonly state: FigureState;
  /** Of those that are shown, together: classes count different persons. */
  readonly persons: number;
  readonly counts: readonly PublishedCount[];
  readonly alerts: readonly PublishedAlert[];
  readonly isPending: boolean;
}

/** `shown`, `hidden`, `none`: as style sheets and the map call them. */
export function kindOf(state: FigureState): 'shown' | 'hidden' | 'none' {
  return state === FigureState.SHOWN ? 'shown' : state === FigureState.NO_DATA ? 'none' : 'hidden';
}

/** A period as the address has it: the moment of its beginning, to the second. */
export function periodName(start: number): string {
  return `${new Date(start).toISOString().slice(0, 19)}Z`;
}

/** In no order. */
export function zoneFigures(counts: readonly PublishedCount[], alerts: readonly PublishedAlert[]): ZoneFigure[] {
  const byFigure = new Map(alerts.map((alert) => [alert.figure, alert]));
  const groups = new Map<string, PublishedCount[]>();
  for (const count of counts) {
    const key = `${count.cell}@${count.periodStart?.seconds}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [count]);
    else group.push(count);
  }
  return [...groups.values()].map((group) => together(group, byFigure));
}

function together(group: PublishedCount[], byFigure: ReadonlyMap<string, PublishedAlert>): ZoneFigure {
  const counts = group.sort((a, b) => (a.id < b.id ? -1 : 1));
  const { cell, latitude, longitude, periodStart, periodEnd } = counts[0]!;
  const start = periodStart === undefined ? 0 : millis(periodStart);
  const states = counts.map(({ state }) => state);
  const token = cellToken(cell);
  return {
    id: `${token}@${periodName(start)}`, token, cell, latitude, longitude, start,
    end: periodEnd === undefined ? start : millis(periodEnd),
    state: states.find((state) => state === FigureState.SHOWN)
      ?? (states.every((state) => state === FigureState.NO_DATA) ? FigureState.NO_DATA : FigureState.HIDDEN),
    persons: counts.reduce((sum, { persons }) => sum + persons, 0),
    counts,
    alerts: counts.flatMap(({ id }) => byFigure.get(id) ?? []),
    isPending: counts.some(({ revisionPending }) => revisionPending),
  };
}

const ORDER = [FigureState.SHOWN, FigureState.HIDDEN, FigureState.NO_DATA];

/** Of one period: the most persons first, then what is hidden, then where there are no data. */
export function byPersons(a: ZoneFigure, b: ZoneFigure): number {
  return ORDER.indexOf(a.state) - ORDER.indexOf(b.state) || b.persons - a.persons || (a.token < b.token ? -1 : 1);
}

/** Of one zone: the newest first. */
export function byPeriod(a: ZoneFigure, b: ZoneFigure): number {
  return b.start - a.start;
}
