import { type Hotspot } from '@commonwatch/client';

const POINTS_MAX = 40;
const TREND_SPAN_MS = 3_600_000;
/** What has been followed for less than this has no trend yet, in milliseconds of shown time. */
const TREND_MIN_MS = 120_000;

export interface Point {
  readonly at: number;
  readonly count: number;
}

export type Trend = 'new' | 'rising' | 'steady' | 'falling' | 'unknown';

/**
 * How the counts went while this page looked on: the hub sends states, not their past. In the time that
 * is shown, so that it also holds in a replay.
 */
export class History {
  readonly #points = new Map<string, Point[]>();
  #since: number | undefined;

  /** Where the page began to look on. */
  get since(): number | undefined {
    return this.#since;
  }

  add(hotspots: Iterable<Hotspot>, at: number): void {
    this.#since ??= at;
    for (const { id, count } of hotspots) {
      const points = this.#points.get(id);
      if (points === undefined) this.#points.set(id, [{ at, count }]);
      else if (points.at(-1)!.count !== count) {
        points.push({ at, count });
        if (points.length > POINTS_MAX) points.shift();
      }
    }
  }

  remove(ids: Iterable<string>): void {
    for (const id of ids) this.#points.delete(id);
  }

  /** After a jump in time nothing that was seen before tells a trend. */
  clear(): void {
    this.#points.clear();
    this.#since = undefined;
  }

  points(id: string): readonly Point[] {
    return this.#points.get(id) ?? [];
  }

  trend(id: string, now: number): Trend {
    const points = this.points(id);
    const first = points[0];
    if (first === undefined || this.#since === undefined) return 'unknown';
    if (first.at > this.#since && now - first.at < TREND_SPAN_MS) return 'new';
    if (now - first.at < TREND_MIN_MS) return 'unknown';
    const before = points.findLast(({ at }) => at <= now - TREND_SPAN_MS) ?? first;
    const difference = points.at(-1)!.count - before.count;
    return difference > 0 ? 'rising' : difference < 0 ? 'falling' : 'steady';
  }
}
