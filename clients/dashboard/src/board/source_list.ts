import { HealthState, millis, type SourceHealth } from '@commonwatch/client';
import { age } from '../freshness.js';
import { DetailTable } from './detail_table.js';
import { numberText } from './texts.js';

export const STATE_TEXT: Record<HealthState, string> = {
  [HealthState.UNSPECIFIED]: 'unknown',
  [HealthState.STARTING]: 'starting',
  [HealthState.ON_TIME]: 'on time',
  [HealthState.LATE]: 'late',
  [HealthState.SILENT]: 'silent',
};
// In this order, so that trouble is read first.
const ORDER = [HealthState.SILENT, HealthState.LATE, HealthState.STARTING, HealthState.UNSPECIFIED, HealthState.ON_TIME];

/** How fresh what every partner delivers is: a quiet partner is not a quiet city. */
export class SourceList {
  readonly #table = new DetailTable('Sources', ['Source', 'State', 'Last heard', 'Complete up to', 'Events in 24 h', 'Usual']);
  readonly element = this.#table.element;

  draw(sources: readonly SourceHealth[], now: number): void {
    const sorted = byTrouble(sources);
    this.#table.draw(summary(sorted), sorted.map((source) => [
      source.name, STATE_TEXT[source.state], ago(source.lastReceivedAt, now), ago(source.watermark, now),
      String(source.received), source.expected > 0 ? numberText(source.expected, 0) : 'not known',
    ]), sorted.some(isInTrouble) ? 'warn' : 'calm');
  }
}

type Judged = Pick<SourceHealth, 'name' | 'state'>;

export function byTrouble<Source extends Judged>(sources: readonly Source[]): Source[] {
  return [...sources].sort((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state) || (a.name < b.name ? -1 : 1));
}

export function isInTrouble({ state }: Judged): boolean {
  return state === HealthState.SILENT || state === HealthState.LATE;
}

export function summary(sources: readonly Judged[]): string {
  if (sources.length === 0) return 'none is known yet';
  const worst = sources.filter(isInTrouble);
  if (worst.length > 0 && worst.length <= 2) {
    const named = worst.map(({ name, state }) => `${name} ${STATE_TEXT[state]}`).join(', ');
    return worst.length === sources.length ? named : `${named}; ${sources.length - worst.length} more`;
  }
  return ORDER.map((state) => ({ state, number: sources.filter((source) => source.state === state).length }))
    .filter(({ number }) => number > 0)
    .map(({ state, number }) => `${number} ${STATE_TEXT[state]}`)
    .join(', ');
}

function ago(time: SourceHealth['watermark'], now: number): string {
  return time === undefined ? 'never' : `${age(now - millis(time))} ago`;
}
