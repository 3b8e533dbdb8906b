import { millis, type Alert, type Evidence, type Hotspot } from '@commonwatch/client';
import { h } from '../element.js';
import { dayTime } from '../times.js';
import { ACTION_TEXT } from './alert_list.js';
import { expectedText, rarityText, numberText, windowText } from './texts.js';

type Fact = [term: string, ...lines: string[]];

function facts(rows: Fact[]): HTMLElement {
  return h('dl', { class: 'facts' }, ...rows.flatMap(([term, ...lines]) => [
    h('dt', {}, term), ...lines.map((line) => h('dd', { class: 'numeric' }, line)),
  ]));
}

/** What a hotspot states of itself. */
export function hotspotFacts(hotspot: Hotspot): HTMLElement {
  const rows: Fact[] = [
    ['Expected', `${expectedText(hotspot.expected)} persons in ${windowText(hotspot.windowHours)}`],
    ['How rare', rarityText(hotspot.intervalDays)],
    ['Score', `${numberText(hotspot.scoreNats, 3)} nats`],
    ['Rests on', `${hotspot.exposureDays} days of data${hotspot.provisional ? '; provisional, less than a year: read with care' : ''}`],
  ];
  if (hotspot.fatal > 0) rows.splice(1, 0, ['Fatal', `${hotspot.fatal} of them`]);
  if (hotspot.lastOccurredAt !== undefined) rows.push(['Last one', dayTime(millis(hotspot.lastOccurredAt))]);
  return facts(rows);
}

/** Every number that an alert rests on, so that it can be checked by hand. */
export function evidenceFacts(hotspot: Hotspot, evidence: Evidence): HTMLElement {
  const rate = evidence.exposureDays > 0 ? (evidence.baselinePersons + evidence.priorPersons) / evidence.exposureDays : 0;
  const expected = rate * evidence.profileDays * evidence.completeness * evidence.trend;
  const rows: Fact[] = [];
  if (evidence.windowStart !== undefined && evidence.windowEnd !== undefined) {
    rows.push(['Window', `${dayTime(millis(evidence.windowStart))} to ${dayTime(millis(evidence.windowEnd))}`]);
  }
  rows.push(
    ['Reported by', evidence.agencies.map(({ partner, persons }) => `${partner}: ${persons}`).join(', ') || 'nobody'],
    ['Silent', evidence.silent.length === 0 ? 'nobody' : `${evidence.silent.join(', ')}: what they know is not in the count`],
    ['Usual rate', `(${numberText(evidence.baselinePersons)} seen + ${numberText(evidence.priorPersons)} prior) / ${numberText(evidence.exposureDays, 1)} days = ${numberText(rate, 4)} a day`],
    ['Expected', `× ${numberText(evidence.profileDays, 3)} days of the week's rhythm`,
      `× ${numberText(evidence.completeness, 3)} reported by now`,
      `× ${numberText(evidence.trend, 3)} recent trend = ${numberText(expected, 3)} persons`],
    ['Thresholds', `note ${numberText(evidence.noteScoreNats)}, watch ${numberText(evidence.watchScoreNats)}, alert ${numberText(evidence.alertScoreNats)} nats; this one ${numberText(hotspot.scoreNats)}`],
  );
  if (evidence.permutationAll > 0) {
    const would = (evidence.permutationZone * evidence.permutationWindow) / evidence.permutationAll;
    rows.push(['Without a baseline', `${evidence.permutationZone} of the zone × ${evidence.permutationWindow} of the window / ${evidence.permutationAll} of all = ${numberText(would)} would be; ${numberText(evidence.permutationScoreNats)} nats`]);
  }
  return facts(rows);
}

/** What happened to an alert, oldest first. */
export function alertStory(alert: Alert): HTMLElement {
  const lines: [number, string][] = [];
  if (alert.openedAt !== undefined) {
    lines.push([millis(alert.openedAt), alert.foundLate ? 'opened by data that came late: nobody was woken' : 'opened']);
  }
  for (const { recordedAt, action, principal, alertVersion } of alert.acknowledgements) {
    const who = principal === '' ? 'somebody' : principal;
    // The hub computed everything anew since, and the alert asks for more than it did then.
    const what = alertVersion === 0 ? 'what was shown before' : `version ${alertVersion}`;
    if (recordedAt !== undefined) lines.push([millis(recordedAt), `${ACTION_TEXT[action]}, says ${who} of ${what}`]);
  }
  if (alert.closedAt !== undefined) lines.push([millis(alert.closedAt), 'over']);
  return h('ol', { class: 'story' }, ...lines.map(([at, text]) =>
    h('li', {}, h('time', { class: 'muted small numeric' }, dayTime(at)), ' ', text)));
}
