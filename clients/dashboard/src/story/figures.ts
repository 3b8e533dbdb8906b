import { AlertAction, millis, Outcome, type Alert, type Event, type ReplayedEvent } from '@commonwatch/client';
import { type Month } from './month.js';

/** A report near an alert is taken for one of those that opened it; metres. */
export const NEAR_M = 5000;
const DEGREE_M = 111_195;

interface Counted {
  readonly partner: string;
  readonly event: Event;
  readonly occurredAt: number;
  /** Of a record that was never corrected: when the hub first held a corrected one is not told. */
  readonly firstRecordedAt: number | undefined;
}

export interface PartnerFigures {
  readonly partner: string;
  readonly reports: number;
  readonly persons: number;
  /** Days of the month with at least one report. */
  readonly days: number;
  /** From occurred to recorded, milliseconds. */
  readonly delayMedian: number | undefined;
  readonly delayP90: number | undefined;
}

export interface ReportFigures {
  readonly persons: number;
  readonly fatal: number;
  readonly nonfatal: number;
  readonly unknown: number;
  readonly perDay: readonly number[];
  readonly partners: readonly PartnerFigures[];
}

export interface AlertFigures {
  readonly alerts: number;
  readonly answered: number;
  readonly answerMedian: number | undefined;
  readonly graded: number;
  readonly real: number;
  /** From the last report near it to its opening; only where reports may be read. */
  readonly openMedian: number | undefined;
}

export function quantile(values: readonly number[], share: number): number | undefined {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted.length === 0 ? undefined : sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)]!;
}

function recordsOf(events: readonly ReplayedEvent[]): Counted[] {
  return events.flatMap(({ source, event, recordedAt }) => (event?.occurredAt === undefined ? [] : [{
    partner: source.split('/')[0]!, event, occurredAt: millis(event.occurredAt),
    firstRecordedAt: recordedAt !== undefined && event.revision === 0 ? millis(recordedAt) : undefined,
  }]));
}

function outcomesOf(event: Event): Outcome[] {
  if (event.report.case !== 'overdose') return [];
  const { persons, outcome } = event.report.value;
  return persons.length === 0 ? [outcome] : persons.map((person) => person.outcome || outcome);
}

export function countReports(events: readonly ReplayedEvent[], month: Month): ReportFigures {
  const records = recordsOf(events).filter(({ occurredAt }) => occurredAt >= month.from && occurredAt < month.to);
  const outcomes = records.flatMap(({ event }) => outcomesOf(event));
  const number = (wanted: Outcome) => outcomes.filter((outcome) => outcome === wanted).length;
  const perDay = Array.from({ length: month.days }, () => 0);
  for (const { event, occurredAt } of records) perDay[month.dayOf(occurredAt)]! += outcomesOf(event).length;
  const names = [...new Set(records.map(({ partner }) => partner))].sort();
  return {
    persons: outcomes.length, fatal: number(Outcome.FATAL), nonfatal: number(Outcome.NONFATAL),
    unknown: number(Outcome.UNSPECIFIED), perDay,
    partners: names.map((partner) => {
      const own = records.filter((record) => record.partner === partner);
      const delays = own.flatMap(({ occurredAt, firstRecordedAt }) => firstRecordedAt === undefined ? [] : [firstRecordedAt - occurredAt]);
      return {
        partner, reports: own.length, persons: own.flatMap(({ event }) => outcomesOf(event)).length,
        days: new Set(own.map(({ occurredAt }) => month.dayOf(occurredAt))).size,
        delayMedian: quantile(delays, 0.5), delayP90: quantile(delays, 0.9),
      };
    }),
  };
}

/** Alerts that opened in the month. `events`: of the same month, where they may be read. */
export function countAlerts(all: readonly Alert[], events: readonly ReplayedEvent[] | undefined, month: Month): AlertFigures {
  const alerts = all.filter(({ openedAt }) => openedAt && millis(openedAt) >= month.from && millis(openedAt) < month.to);
  const answers = alerts.flatMap(({ openedAt, acknowledgements: [first] }) =>
    first?.recordedAt && openedAt ? [millis(first.recordedAt) - millis(openedAt)] : []);
  const grades = alerts.flatMap(({ acknowledgements }) => acknowledgements
    .map(({ action }) => action).filter((action) => action === AlertAction.REAL || action === AlertAction.NOT_REAL).slice(-1));
  const records = recordsOf(events ?? []);
  return {
    alerts: alerts.length, answered: answers.length, answerMedian: quantile(answers, 0.5),
    graded: grades.length, real: grades.filter((grade) => grade === AlertAction.REAL).length,
    openMedian: quantile(alerts.flatMap((alert) => openingOf(alert, records) ?? []), 0.5),
  };
}

function openingOf({ openedAt, hotspot, foundLate }: Alert, records: readonly Counted[]): number | undefined {
  if (openedAt === undefined || hotspot === undefined || foundLate) return undefined;
  const opened = millis(openedAt);
  const near = records.filter(({ event: { location }, firstRecordedAt }) => location && (firstRecordedAt ?? Infinity) <= opened
    && Math.hypot(location.latitude - hotspot.latitude,
      (location.longitude - hotspot.longitude) * Math.cos((hotspot.latitude * Math.PI) / 180)) * DEGREE_M <= NEAR_M);
  const last = near.sort((a, b) => a.firstRecordedAt! - b.firstRecordedAt!).at(-1);
  return last && opened - last.occurredAt;
}
