import { type Address } from '../address.js';

const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;
/** 0.5 to 600 times as fast as it went. */
export const SPEEDS = [0.5, 1, 2, 8, 60, 600] as const;
const SPEED_DEFAULT = 60;

/** What a replay is of, as the address says it. Times are milliseconds since 1970, recorded time. */
export interface Span {
  readonly from: number;
  readonly to: number;
  readonly speed: number;
  readonly knowledge: 'then' | 'now';
  readonly audience: string;
  /** Where the period begins that is shown beside it; undefined: none is. */
  readonly compare: number | undefined;
}

/** What the address leaves out or misspells is the last day. */
export function spanOf(address: Address, now: number): Span {
  const to = timeOf(address.get('to')) ?? Math.floor(now / 1000) * 1000;
  const from = timeOf(address.get('from')) ?? to - DAY_MS;
  const speed = Number(address.get('speed'));
  return {
    from: Math.min(from, to - 1000),
    to,
    speed: SPEEDS.some((known) => known === speed) ? speed : SPEED_DEFAULT,
    knowledge: address.get('known') === 'now' ? 'now' : 'then',
    audience: address.get('audience') ?? '',
    compare: timeOf(address.get('compare')),
  };
}

export function addressOf(span: Span): Record<string, string | undefined> {
  return {
    from: new Date(span.from).toISOString(),
    to: new Date(span.to).toISOString(),
    speed: String(span.speed),
    known: span.knowledge === 'now' ? 'now' : undefined,
    audience: span.audience,
    compare: span.compare === undefined ? undefined : new Date(span.compare).toISOString(),
  };
}

export interface Preset {
  readonly text: string;
  span(now: number): { readonly from: number; readonly to: number };
}

export const PRESETS: readonly Preset[] = [
  { text: 'last hour', span: (now) => ({ from: now - HOUR_MS, to: now }) },
  { text: 'last 24 hours', span: (now) => ({ from: now - DAY_MS, to: now }) },
  {
    text: 'yesterday',
    span: (now) => {
      const to = new Date(now).setHours(0, 0, 0, 0);
      return { from: new Date(to - 1).setHours(0, 0, 0, 0), to };
    },
  },
  { text: 'last 7 days', span: (now) => ({ from: now - 7 * DAY_MS, to: now }) },
];

/** As an `<input type="datetime-local">` has it, in the time zone of the browser. */
export function localText(time: number): string {
  const shifted = new Date(time - new Date(time).getTimezoneOffset() * 60_000);
  return shifted.toISOString().slice(0, 16);
}

export function timeOf(text: string | undefined): number | undefined {
  if (text === undefined || text === '') return undefined;
  const time = Date.parse(text);
  return Number.isNaN(time) ? undefined : time;
}
