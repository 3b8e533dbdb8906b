import { ExpectationBand, FigureState, IntervalBand, type PublishedAlert, type PublishedCount } from '@commonwatch/client';
import { countText, SEVERITY_TEXT } from '../board/texts.js';
import { dayText, dayTime, isMidnight } from '../times.js';
import { NO_FIGURE } from '../map/figure_ramp.js';
import { type ZoneFigure } from './zone_figure.js';

/** How rarely chance alone brings as much: at least so seldom. */
export const INTERVAL_TEXT: Record<IntervalBand, string> = {
  [IntervalBand.INTERVAL_BAND_UNSPECIFIED]: 'how rare is not said',
  [IntervalBand.INTERVAL_BAND_30_DAYS]: 'by chance at most once in 30 days',
  [IntervalBand.INTERVAL_BAND_100_DAYS]: 'by chance at most once in 100 days',
  [IntervalBand.INTERVAL_BAND_1_YEAR]: 'by chance at most once a year',
  [IntervalBand.INTERVAL_BAND_10_YEARS]: 'by chance at most once in 10 years',
};

/** In multiples of k, the smallest number that this audience is ever shown. */
export const EXPECTATION_TEXT: Record<ExpectationBand, string> = {
  [ExpectationBand.UNSPECIFIED]: 'how many were to be expected is not said',
  [ExpectationBand.BELOW_K]: 'fewer than k expected',
  [ExpectationBand.FROM_K]: 'k or more expected',
  [ExpectationBand.FROM_2K]: '2 k or more expected',
  [ExpectationBand.FROM_5K]: '5 k or more expected',
};

export const K_NOTE = 'k is the smallest number of persons that this audience is ever shown.';

/** Zero is never told apart from few: a figure that is hidden has no number. */
export function stateText(state: FigureState, persons: number): string {
  if (state === FigureState.SHOWN) return countText(persons);
  return state === FigureState.NO_DATA ? NO_FIGURE.none.text : NO_FIGURE.hidden.text;
}

export function outcomeText({ fatal, other }: PublishedCount): string {
  return fatal === undefined || other === undefined ? '' : `${fatal} fatal, ${other} other`;
}

/** Of one class of partners: `shared with police: 12 persons, 2 fatal, 10 other`. */
export function classText(count: PublishedCount): string {
  const parts = [stateText(count.state, count.persons), outcomeText(count)].filter((part) => part !== '');
  return `shared with ${count.sharedWith}: ${parts.join(', ')}`;
}

export function alertText({ interval, expectation }: PublishedAlert): string {
  return `${INTERVAL_TEXT[interval]}, ${EXPECTATION_TEXT[expectation]}`;
}

export function severityText({ severity }: PublishedAlert): string {
  return SEVERITY_TEXT[severity];
}

/** Days of the hub's time zone: as days where the browser is in it too, else as moments. */
export function periodText({ start, end }: Pick<ZoneFigure, 'start' | 'end'>): string {
  if (!isMidnight(start) || !isMidnight(end)) return `${dayTime(start)} to ${dayTime(end)}`;
  const [first, last] = [dayText(start), dayText(end - 1)];
  return first === last ? first : `${first} to ${last}`;
}
