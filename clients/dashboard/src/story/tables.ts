import { numberText } from '../board/texts.js';
import { h, s } from '../element.js';
import { age } from '../freshness.js';
import { NEAR_M, type AlertFigures, type ReportFigures } from './figures.js';
import { type Month } from './month.js';

/** A month's figures; what may not be read is undefined. */
export interface Figures {
  readonly month: Month;
  readonly reports: ReportFigures | undefined;
  readonly alerts: AlertFigures | undefined;
}

const NONE = '–';
const count = (value: number | undefined) => (value === undefined ? NONE : numberText(value, 0));
const span = (ms: number | undefined) => (ms === undefined ? NONE : age(Math.max(0, ms)));
const share = (part: number | undefined, whole: number | undefined) =>
  (!whole || part === undefined ? NONE : `${numberText((100 * part) / whole, 0)} % (${part} of ${whole})`);

function change(now: number | undefined, before: number | undefined): string {
  if (now === undefined || !before) return NONE;
  const percent = Math.round((100 * (now - before)) / before);
  return `${percent > 0 ? '+' : percent < 0 ? '−' : '±'}${Math.abs(percent)} %`;
}

function table(caption: string, heads: readonly string[], rows: readonly (readonly string[])[]): HTMLElement {
  return h('div', { class: 'card story-table', tabindex: '0', role: 'region', 'aria-label': caption }, h('table', {}, h('caption', {}, caption),
    h('thead', {}, h('tr', {}, ...heads.map((head) => h('th', { scope: 'col' }, head)))),
    h('tbody', {}, ...rows.map(([name, ...cells]) =>
      h('tr', {}, h('th', { scope: 'row' }, name), ...cells.map((cell) => h('td', { class: 'numeric' }, cell)))))));
}

export function keyFigures(now: Figures, before: Figures, population: number | undefined): HTMLElement {
  const rate = ({ reports }: Figures) => (reports && population ? numberText((1e5 * reports.persons) / population, 1) : NONE);
  const row = (name: string, of: (figures: Figures) => number | undefined) => [name, count(of(now)), count(of(before)), change(of(now), of(before))];
  return table('Key figures', ['Figure', now.month.title, before.month.title, 'Change'], [
    row('Overdoses reported, persons', ({ reports }) => reports?.persons),
    row('Fatal', ({ reports }) => reports?.fatal),
    row('Not fatal', ({ reports }) => reports?.nonfatal),
    row('Outcome not stated', ({ reports }) => reports?.unknown),
    ['Per 100,000 people', rate(now), rate(before), population ? change(now.reports?.persons, before.reports?.persons) : NONE],
    row('Alerts opened', ({ alerts }) => alerts?.alerts),
    ['From event to alert, median', span(now.alerts?.openMedian), span(before.alerts?.openMedian), NONE],
    ['Alerts answered', share(now.alerts?.answered, now.alerts?.alerts), share(before.alerts?.answered, before.alerts?.alerts), NONE],
    ['First answer after, median', span(now.alerts?.answerMedian), span(before.alerts?.answerMedian), NONE],
    ['Real, of those judged', share(now.alerts?.real, now.alerts?.graded), share(before.alerts?.real, before.alerts?.graded), NONE],
  ]);
}

export function partnerTable({ month, reports }: Figures): HTMLElement {
  return table('Partners', ['Partner', 'Reports', 'Persons', 'Days with reports', 'Delay, median', 'Delay, 9 in 10'],
    (reports?.partners ?? []).map(({ partner, reports: number, persons, days, delayMedian, delayP90 }) =>
      [partner, count(number), count(persons), `${days} of ${month.days}`, span(delayMedian), span(delayP90)]));
}

/** Persons a day: this month's columns, last year's as a line. */
export function dailyChart(now: Figures, before: Figures): HTMLElement {
  const width = 620, height = 120, [days, past] = [now.reports?.perDay ?? [], before.reports?.perDay ?? []];
  const top = Math.max(1, ...days, ...past);
  const step = width / Math.max(days.length, past.length, 1);
  const y = (value: number) => height - (value / top) * (height - 8);
  const line = past.map((value, day) => `${day === 0 ? 'M' : 'L'}${(day + 0.5) * step} ${y(value)}`).join('');
  return h('figure', { class: 'card story-chart' },
    s('svg', { viewBox: `0 0 ${width} ${height}`, role: 'img',
      'aria-label': `Persons a day in ${now.month.title}: from ${Math.min(...days, top)} to ${Math.max(0, ...days)}` },
      ...days.map((value, day) => s('rect', { x: day * step + 1, y: y(value), width: step - 2, height: height - y(value), rx: 1.5 })),
      s('path', { d: line === '' ? 'M0 0' : line })),
    h('figcaption', { class: 'small muted' }, `Persons a day, up to ${top}: columns ${now.month.title}, line ${before.month.title}`));
}

export function definitions(): HTMLElement {
  const entry = (term: string, text: string) => [h('dt', {}, term), h('dd', {}, text)];
  return h('section', { class: 'card story-definitions', 'aria-labelledby': 'definitions' }, h('h2', { id: 'definitions' }, 'What the figures mean'), h('dl', {},
    ...entry('Overdoses reported', 'Persons in the records that partners sent of suspected overdoses that happened in the month, each record in its last revision, none that was taken back. An overdose that two partners report counts with each of them, so that this is more than the number of overdoses; the map and the alerts count it once. Not confirmed by a laboratory or a coroner.'),
    ...entry('Fatal', 'As the reporting partner knew it. Deaths that were certified later are missing until the partner corrects its record.'),
    ...entry('Per 100,000 people', 'Persons reported in the month for every 100,000 of the population entered above. Not a yearly rate.'),
    ...entry('From event to alert', `From the time of the last report within ${NEAR_M / 1000} km that the hub held when the alert opened, to the opening. Alerts found late are left out.`),
    ...entry('Alerts answered', 'Those that somebody marked as seen, taken, real or not real.'),
    ...entry('Real, of those judged', 'Those whose last judgement is real, of all that were judged real or not real.'),
    ...entry('Delay', 'From when it happened to when the hub first held the record: half of the records, nine in ten, came as fast. Records that were corrected since are left out.'),
    ...entry('Days with reports', 'A day without any may be quiet or a partner that did not deliver.'),
    ...entry(NONE, 'Not known, nothing to compare with, or not yours to see. Never zero.')));
}
